package io.varve.engine.iterator;

import io.varve.engine.bytes.Slice;
import io.varve.engine.error.NotInMemoryException;
import io.varve.engine.key.InternalKey;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// A source of versions over a sorted map that takes every liberty the contract gives: what it
/// handed out turns to rubbish as soon as it moves, and any move may fail for want of a block.
final class FakeSource implements EntryIterator {

  /// One version, in internal order.
  record Version(byte[] key, long trailer) {
    static final Comparator<Version> ORDER =
        Comparator.<Version, byte[]>comparing(Version::key, Arrays::compareUnsigned)
            .thenComparing(Version::trailer, (a, b) -> Long.compareUnsigned(b, a));
  }

  private final NavigableMap<Version, byte[]> entries;
  private final Slice key = new Slice();
  private final Slice value = new Slice();
  private Map.@Nullable Entry<Version, byte[]> at;
  private byte[] handedKey = new byte[0];
  private byte[] handedValue = new byte[0];
  private boolean closed;
  private int moves;
  private int failAtMove = -1;

  FakeSource(NavigableMap<Version, byte[]> entries) {
    this.entries = entries;
  }

  static NavigableMap<Version, byte[]> noEntries() {
    return new TreeMap<>(Version.ORDER);
  }

  /// The `count`-th move from now on throws, once.
  void failAfter(int count) {
    failAtMove = moves + count;
  }

  int moves() {
    return moves;
  }

  boolean isClosed() {
    return closed;
  }

  @Override
  public boolean isValid() {
    return at != null;
  }

  @Override
  public void seekToFirst() {
    stand(entries.firstEntry());
  }

  @Override
  public void seekToLast() {
    stand(entries.lastEntry());
  }

  @Override
  public void seek(Slice userKey, long trailer) {
    stand(entries.ceilingEntry(new Version(userKey.toByteArray(), trailer)));
  }

  @Override
  public void seekForPrev(Slice userKey, long trailer) {
    stand(entries.floorEntry(new Version(userKey.toByteArray(), trailer)));
  }

  @Override
  public void next() {
    stand(entries.higherEntry(current().getKey()));
  }

  @Override
  public void prev() {
    stand(entries.lowerEntry(current().getKey()));
  }

  @Override
  public Slice userKey() {
    current();
    return key;
  }

  @Override
  public long trailer() {
    return current().getKey().trailer();
  }

  @Override
  public Slice value() {
    current();
    return value;
  }

  @Override
  public void close() {
    spoil();
    at = null;
    closed = true;
  }

  private Map.Entry<Version, byte[]> current() {
    if (at == null) {
      throw new AssertionError("asked while standing nowhere");
    }
    return at;
  }

  private void stand(Map.@Nullable Entry<Version, byte[]> entry) {
    if (closed) {
      throw new AssertionError("moved after close");
    }
    spoil();
    at = null;
    if (moves++ == failAtMove) {
      throw NotInMemoryException.INSTANCE;
    }
    if (entry != null) {
      at = entry;
      handedKey = entry.getKey().key().clone();
      handedValue = entry.getValue().clone();
      key.set(Slice.of(handedKey));
      value.set(Slice.of(handedValue));
    }
  }

  private void spoil() {
    Arrays.fill(handedKey, (byte) 0xee);
    Arrays.fill(handedValue, (byte) 0xee);
  }

  static long newest() {
    return InternalKey.seekTrailer(InternalKey.SEQUENCE_MAX);
  }
}
