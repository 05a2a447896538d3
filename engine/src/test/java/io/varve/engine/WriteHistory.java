package io.varve.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.varve.engine.batch.WriteBatch;
import io.varve.engine.bytes.Slice;
import io.varve.engine.iterator.KeyValueIterator;
import io.varve.engine.iterator.ReadContext;
import io.varve.engine.key.Lookup;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// All that was ever written to a store, by sequence number: what any prefix of it must look like.
///
/// The test's thread adds; checks come after, or from threads that look at what is there already.
final class WriteHistory {

  private static final int KEYS = 80;

  /// @param end if not null, all keys from `key` up to it, exclusive, are deleted
  private record Operation(String key, @Nullable String end, @Nullable String value) {}

  private final List<Operation> operations = new ArrayList<>();
  private final Set<Long> batchEnds = new HashSet<>(Set.of(0L));
  private final SplittableRandom random;
  private final int valueBytesMax;
  private final WriteBatch batch = new WriteBatch();

  WriteHistory(long seed, int valueBytesMax) {
    this.random = new SplittableRandom(seed);
    this.valueBytesMax = valueBytesMax;
  }

  static String key(int index) {
    return "key" + index;
  }

  /// A batch of a few random puts and deletes.
  synchronized WriteBatch nextBatch() {
    batch.clear();
    for (int i = random.nextInt(4); i >= 0; i--) {
      String key = key(random.nextInt(KEYS));
      if (random.nextInt(25) == 0) {
        // Short ones, or little would be left to look at; keys sort as text.
        batch.deleteRange(Slice.of(key), Slice.of(key + (char) ('0' + random.nextInt(10))));
      } else if (random.nextInt(5) == 0) {
        batch.delete(Slice.of(key));
      } else {
        batch.put(Slice.of(key), Slice.of(value(key)));
      }
    }
    return batch;
  }

  private String value(String key) {
    String unit = key + "/" + random.nextInt() + "/";
    return unit + "x".repeat(random.nextInt(valueBytesMax));
  }

  /// Writes a random batch. Not in the history if the store refuses it.
  ///
  /// @return its last sequence number
  long write(Engine engine) {
    WriteBatch next = nextBatch();
    long last = engine.write(next);
    record(next, last);
    return last;
  }

  private synchronized void record(WriteBatch written, long last) {
    assertEquals(operations.size() + written.count(), last, "sequence numbers have no holes");
    written.visit(
        new io.varve.engine.batch.BatchVisitor() {
          @Override
          public void put(Slice key, Slice value) {
            operations.add(new Operation(key.toUtf8(), null, value.toUtf8()));
          }

          @Override
          public void delete(Slice key) {
            operations.add(new Operation(key.toUtf8(), null, null));
          }

          @Override
          public void deleteRange(Slice start, Slice end) {
            operations.add(new Operation(start.toUtf8(), end.toUtf8(), null));
          }
        });
    batchEnds.add(last);
  }

  /// Forgets what a reopened store did not keep.
  synchronized void cutAt(long sequence) {
    while (operations.size() > sequence) {
      batchEnds.remove((long) operations.size());
      operations.removeLast();
    }
  }

  synchronized long lastSequence() {
    return operations.size();
  }

  /// What the store holds after the write of a sequence number.
  synchronized Map<String, String> contentAt(long sequence) {
    TreeMap<String, String> content = new TreeMap<>();
    for (Operation operation : operations.subList(0, (int) sequence)) {
      if (operation.end() != null) {
        content.subMap(operation.key(), operation.end()).clear();
      } else if (operation.value() == null) {
        content.remove(operation.key());
      } else {
        content.put(operation.key(), operation.value());
      }
    }
    return content;
  }

  /// A store that was opened again holds a prefix of whole batches, with all that was acknowledged.
  void assertHoldsPrefix(Engine engine, long acknowledged, String hint) {
    long survived = engine.durableSequence();
    assertTrue(
        survived >= acknowledged,
        () -> hint + ": acknowledged up to " + acknowledged + ", left up to " + survived);
    assertTrue(survived <= lastSequence(), () -> hint + ": " + survived + " was never written");
    synchronized (this) {
      assertTrue(batchEnds.contains(survived), () -> hint + ": half a batch at " + survived);
    }
    assertReads(engine, survived, hint);
  }

  /// Every key and a whole walk give what they should at a sequence number.
  void assertReads(Engine engine, long sequence, String hint) {
    Map<String, String> expected = contentAt(sequence);
    String at = hint + " at sequence " + sequence;
    ReadContext reads = new ReadContext();
    try (ReadView view = engine.acquireView()) {
      Slice value = new Slice();
      for (int i = 0; i < KEYS; i++) {
        String key = key(i);
        Lookup found = engine.get(view, Slice.of(key), sequence, reads, value);
        assertEquals(expected.get(key), found == Lookup.FOUND ? value.toUtf8() : null, at);
        reads.reset();
      }
      TreeMap<String, String> walked = new TreeMap<>();
      try (KeyValueIterator iterator = engine.iterator(view, sequence, reads)) {
        for (iterator.seekToFirst(); iterator.isValid(); iterator.next()) {
          walked.put(iterator.key().toUtf8(), iterator.value().toUtf8());
        }
      }
      assertEquals(expected, walked, at);
    } finally {
      reads.reset();
    }
  }
}
