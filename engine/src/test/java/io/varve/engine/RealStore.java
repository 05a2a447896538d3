package io.varve.engine;

import io.varve.engine.batch.WriteBatch;
import io.varve.engine.bytes.Slice;
import io.varve.engine.file.CrashingFileSystem;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// A store under some options, on a disk in memory, whose clock is turned by hand.
final class RealStore implements SubjectStore, AutoCloseable {

  /// When every history begins, in milliseconds since 1970.
  static final long START_MILLIS = 1_000_000;

  private final EngineOptions given;
  private final Map<Integer, StoreSnapshot> snapshots = new HashMap<>();
  private CrashingFileSystem disk;
  private Path directory = Path.of("store");
  private Store store;
  private long nowMillis = START_MILLIS;
  private int incarnation;

  /// @param given its file system is a [CrashingFileSystem]
  RealStore(EngineOptions given) {
    this.given = given;
    this.disk = (CrashingFileSystem) given.fileSystem();
    this.store = open();
  }

  private Store open() {
    EngineOptions options =
        given.toBuilder().fileSystem(disk).clock(() -> Instant.ofEpochMilli(nowMillis)).build();
    return Store.open(directory, options);
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  @Override
  public void write(List<Change> changes) {
    WriteBatch batch = new WriteBatch();
    for (Change change : changes) {
      Slice key = Slice.of(change.key());
      String value = change.value();
      String rangeEnd = change.rangeEnd();
      if (rangeEnd != null) {
        batch.deleteRange(key, Slice.of(rangeEnd));
      } else if (value == null) {
        batch.delete(key);
      } else if (change.expiryMillis() == 0) {
        batch.put(key, Slice.of(value));
      } else {
        batch.put(key, Slice.of(value), change.expiryMillis());
      }
    }
    store.write(batch);
  }

  @Override
  public void pass(long millis) {
    nowMillis += millis;
  }

  @Override
  public void takeSnapshot(int name) {
    dropSnapshot(name);
    snapshots.put(name, store.snapshot());
  }

  @Override
  public void dropSnapshot(int name) {
    StoreSnapshot dropped = snapshots.remove(name);
    if (dropped != null) {
      dropped.close();
    }
  }

  @Override
  public String get(int snapshot, String key) {
    @Nullable StoreSnapshot kept = snapshots.get(snapshot);
    byte[] value = kept == null ? store.get(bytes(key)) : kept.get(bytes(key));
    return value == null ? "(nil)" : new String(value, StandardCharsets.UTF_8);
  }

  @Override
  public String scan(int snapshot, String from, String to, int limit) {
    @Nullable StoreSnapshot kept = snapshots.get(snapshot);
    return text(
        kept == null ? store.scan(bytes(from), bytes(to)) : kept.scan(bytes(from), bytes(to)),
        limit);
  }

  @Override
  public String scanDescending(int snapshot, String from, String to, int limit) {
    @Nullable StoreSnapshot kept = snapshots.get(snapshot);
    return text(
        kept == null
            ? store.scanDescending(bytes(from), bytes(to))
            : kept.scanDescending(bytes(from), bytes(to)),
        limit);
  }

  private static String text(Scan scan, int limit) {
    try (scan) {
      StringBuilder text = new StringBuilder();
      for (int i = 0; i < limit && scan.next(); i++) {
        text.append(scan.key().toUtf8()).append('=').append(scan.value().toUtf8()).append(' ');
      }
      return text.toString();
    }
  }

  @Override
  public void disturb(Disturbance disturbance) {
    switch (disturbance) {
      case SEAL -> store.engine().sealMemtable();
      case FLUSH -> flush();
      case MERGE_ALL -> {
        flush();
        store.engine().compactAll();
      }
      case AWAIT_QUIET -> store.engine().awaitQuiet();
      case REOPEN -> {
        endSnapshots();
        store.close();
        store = open();
      }
      case POWER_CUT -> cutPower();
      case MOVE_TO_CHECKPOINT -> {
        endSnapshots();
        Path copy = Path.of("store" + ++incarnation);
        store.checkpoint(copy);
        store.close();
        directory = copy;
        store = open();
      }
    }
  }

  private void flush() {
    store.engine().sealMemtable();
    store.engine().awaitFlushed();
  }

  private void cutPower() {
    CrashingFileSystem after =
        disk.crashClone(new CrashingFileSystem.Survival.Drawn(++incarnation, 50));
    endSnapshots();
    store.close();
    disk = after;
    store = open();
  }

  private void endSnapshots() {
    snapshots.values().forEach(StoreSnapshot::close);
    snapshots.clear();
  }

  @Override
  public void close() {
    endSnapshots();
    store.close();
  }
}
