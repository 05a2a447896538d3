package io.varve.server.keyspace;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.varve.engine.Engine;
import io.varve.engine.EngineOptions;
import io.varve.engine.ReadView;
import io.varve.engine.bytes.Slice;
import io.varve.engine.iterator.ReadContext;
import io.varve.engine.wal.CommitMode;
import io.varve.engine.wal.SyncPolicy;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What a value is spread over: found, walked and deleted as a sorted map would have it, within an
/// execution and across them.
class ElementsTest {

  private static final Slice KEY = Slice.of("key");

  @TempDir private Path directory;
  private Engine engine;
  private Keyspace keyspace;
  private KeyspaceAccess access;

  @BeforeEach
  void open() {
    engine =
        Engine.open(
            directory,
            EngineOptions.builder()
                .syncPolicy(SyncPolicy.NEVER)
                .commitMode(CommitMode.INLINE)
                .memtableBytes(64 << 10)
                .tableBytes(64 << 10)
                .walSegmentBytes(256 << 10)
                .reserveBytes(0)
                .build());
    keyspace = new Keyspace(engine, KeyspaceOptions.DEFAULTS);
    access = keyspace.newWriterAccess();
  }

  @AfterEach
  void close() {
    keyspace.close();
    engine.close();
  }

  @Test
  void elementsAreASortedMapInAndAcrossExecutions() {
    long seed = System.nanoTime();
    System.out.println("ElementsTest seed " + seed);
    SplittableRandom random = new SplittableRandom(seed);
    TreeMap<String, String> model = new TreeMap<>();
    execute(db -> createObject(db, KEY));
    long object = objectOf(KEY);
    for (int round = 0; round < 200; round++) {
      execute(
          db -> {
            Elements elements = db.elements(object);
            for (int step = random.nextInt(30); step > 0; step--) {
              change(elements, model, random);
            }
            assertEquals(List.copyOf(model.entrySet()), ascending(elements));
            assertEquals(List.copyOf(model.descendingMap().entrySet()), descending(elements));
            zigzag(elements, model, random);
          });
    }
    execute(db -> assertEquals(List.copyOf(model.entrySet()), ascending(db.elements(object))));
  }

  @Test
  void elementsGoWithTheirHeaderAndNoOtherObjectsElementsDo() {
    execute(
        db -> {
          for (String key : List.of("a", "b", "c", "d")) {
            createObject(db, Slice.of(key));
          }
        });
    long removed = objectOf(Slice.of("a"));
    long replaced = objectOf(Slice.of("b"));
    long overwritten = objectOf(Slice.of("c"));
    long kept = objectOf(Slice.of("d"));
    execute(
        db -> {
          for (long object : new long[] {removed, replaced, overwritten, kept}) {
            db.elements(object).put(Slice.of("x"), Slice.of("1"));
          }
        });
    execute(
        db -> {
          KeyEntry entry = new KeyEntry();
          assertTrue(db.findForWrite(Slice.of("a"), entry));
          db.remove(Slice.of("a"), entry);
          assertTrue(db.findForWrite(Slice.of("b"), entry));
          db.beginValue(ValueType.STRING, StringEncoding.PLAIN, KeyEntry.NO_EXPIRY);
          db.replace(Slice.of("b"), entry);
          db.beginValue(ValueType.STRING, StringEncoding.PLAIN, KeyEntry.NO_EXPIRY);
          db.overwrite(Slice.of("c"));
          assertFalse(db.elements(removed).find(Slice.of("x"), new Slice()));
        });
    execute(
        db -> {
          assertEquals(List.of(), ascending(db.elements(removed)));
          assertEquals(List.of(), ascending(db.elements(replaced)));
          assertEquals(List.of(), ascending(db.elements(overwritten)));
          assertEquals(1, ascending(db.elements(kept)).size());
        });
  }

  @Test
  void aRolledBackObjectLeavesNothingAndItsIdMayComeAgainButNeverThatOfALivingOne() {
    execute(
        db -> {
          int mark = access.mark();
          createObject(db, Slice.of("gone"));
          access.rollbackTo(mark);
          createObject(db, Slice.of("first"));
          createObject(db, Slice.of("second"));
        });
    execute(db -> createObject(db, Slice.of("third")));
    assertNotEquals(objectOf(Slice.of("first")), objectOf(Slice.of("second")));
    assertNotEquals(objectOf(Slice.of("second")), objectOf(Slice.of("third")));
    assertTrue(objectOf(Slice.of("third")) > objectOf(Slice.of("second")));
    execute(db -> assertFalse(db.find(Slice.of("gone"), new KeyEntry())));
  }

  @Test
  void changesOfElementsAndEventsReachThoseWhoListenOnCommitOnly() {
    List<String> heard = new ArrayList<>();
    keyspace.addChangeListener(
        new KeyChangeListener() {
          @Override
          public boolean isListening() {
            return true;
          }

          @Override
          public void changed(int logical, Slice key, boolean deleted) {
            heard.add("changed " + key.toUtf8() + " " + deleted);
          }

          @Override
          public void flushed(int logical) {
            heard.add("flushed " + logical);
          }

          @Override
          public void swapped(int logical) {
            heard.add("swapped " + logical);
          }
        });
    keyspace.listenToEvents(
        new KeyEventListener() {
          @Override
          public boolean wants(KeyEventClass eventClass) {
            return eventClass == KeyEventClass.HASH;
          }

          @Override
          public void happened(int logical, KeyEventClass eventClass, String event, Slice key) {
            heard.add(event + " " + key.toUtf8() + " " + logical);
          }
        });
    execute(db -> createObject(db, KEY));
    heard.clear();
    long object = objectOf(KEY);
    execute(
        db -> {
          db.elements(object).put(Slice.of("f"), Slice.of("1"));
          db.touch(KEY);
          db.event(KeyEventClass.HASH, "hset", KEY);
          db.event(KeyEventClass.LIST, "lpush", KEY);
          int mark = access.mark();
          db.event(KeyEventClass.HASH, "undone", KEY);
          db.touch(Slice.of("undone"));
          access.rollbackTo(mark);
        });
    assertEquals(List.of("changed key false", "hset key 0"), heard);
  }

  private static void createObject(Database db, Slice key) {
    db.beginValue(ValueType.HASH, 1, KeyEntry.NO_EXPIRY, db.newObjectId());
    db.create(key);
  }

  private long objectOf(Slice key) {
    long[] object = new long[1];
    execute(
        db -> {
          KeyEntry entry = new KeyEntry();
          assertTrue(db.find(key, entry));
          object[0] = entry.objectId();
        });
    return object[0];
  }

  private static void change(
      Elements elements, NavigableMap<String, String> model, SplittableRandom random) {
    String subkey = randomSubkey(random);
    switch (random.nextInt(8)) {
      case 0, 1 -> {
        elements.remove(Slice.of(subkey));
        model.remove(subkey);
      }
      case 2 -> {
        String to = randomSubkey(random);
        elements.removeRange(Slice.of(subkey), Slice.of(to));
        if (subkey.compareTo(to) < 0) {
          model.subMap(subkey, to).clear();
        }
      }
      default -> {
        String value = "value " + random.nextInt();
        elements.put(Slice.of(subkey), Slice.of(value));
        model.put(subkey, value);
      }
    }
    String other = randomSubkey(random);
    Slice value = new Slice();
    @Nullable String found = elements.find(Slice.of(other), value) ? value.toUtf8() : null;
    assertEquals(model.get(other), found);
  }

  private static String randomSubkey(SplittableRandom random) {
    return String.format("%03d", random.nextInt(200));
  }

  private static List<Map.Entry<String, String>> ascending(Elements elements) {
    List<Map.Entry<String, String>> all = new ArrayList<>();
    try (ElementWalk walk = elements.walk()) {
      for (walk.seekToFirst(); walk.isValid(); walk.next()) {
        all.add(entryOf(walk));
      }
    }
    return all;
  }

  private static List<Map.Entry<String, String>> descending(Elements elements) {
    List<Map.Entry<String, String>> all = new ArrayList<>();
    try (ElementWalk walk = elements.walk()) {
      for (walk.seekToLast(); walk.isValid(); walk.prev()) {
        all.add(entryOf(walk));
      }
    }
    return all;
  }

  /// Turns again and again in the middle of a walk.
  private static void zigzag(
      Elements elements, NavigableMap<String, String> model, SplittableRandom random) {
    try (ElementWalk walk = elements.walk()) {
      String at = randomSubkey(random);
      @Nullable String expected;
      if (random.nextBoolean()) {
        walk.seek(Slice.of(at));
        expected = model.ceilingKey(at);
      } else {
        walk.seekForPrev(Slice.of(at));
        expected = model.floorKey(at);
      }
      for (int i = 0; i < 20 && expected != null; i++) {
        assertEquals(expected, walk.key().toUtf8());
        assertEquals(model.get(expected), walk.value().toUtf8());
        if (random.nextBoolean()) {
          walk.next();
          expected = model.higherKey(expected);
        } else {
          walk.prev();
          expected = model.lowerKey(expected);
        }
      }
      assertEquals(expected != null, walk.isValid());
    }
  }

  private static Map.Entry<String, String> entryOf(ElementWalk walk) {
    return Map.entry(walk.key().toUtf8(), walk.value().toUtf8());
  }

  private void execute(Consumer<Database> task) {
    ReadContext context = new ReadContext();
    try (ReadView view = engine.acquireView()) {
      access.begin(view, engine.lastSequence(), context, true, 1_800_000_000_000L);
      try {
        task.accept(access.select(0));
        if (access.hasWrites()) {
          engine.write(access.batch());
        }
        access.commit();
      } catch (RuntimeException | Error failed) {
        access.abort();
        throw failed;
      } finally {
        context.releasePins();
      }
    }
    keyspace.writeDirtyCounts();
    engine.commit();
  }
}
