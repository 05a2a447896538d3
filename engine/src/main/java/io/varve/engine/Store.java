package io.varve.engine;

import io.varve.engine.batch.WriteBatch;
import io.varve.engine.bytes.Slice;
import io.varve.engine.error.StorageException;
import io.varve.engine.iterator.ReadContext;
import io.varve.engine.key.KeyRange;
import io.varve.engine.key.Lookup;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// The engine as a library: an ordered, durable map of byte arrays in a directory, for any number of
/// threads.
///
/// Keys have up to 65,536 bytes and are ordered as unsigned bytes. Each write returns when it is
/// durable according to [EngineOptions#syncPolicy()]; a batch is written as a whole or not at all, and
/// is seen as a whole or not at all. Writers of several threads share syncs. Reads never wait for
/// writes. Chapter: `docs/embedding.md`.
///
/// ```
/// try (Store store = Store.open(Path.of("store"))) {
///   store.put("city".getBytes(UTF_8), "Uppsala".getBytes(UTF_8));
///   byte[] city = store.get("city".getBytes(UTF_8)); // null if there is none
/// }
/// ```
///
/// The [Engine] underneath has one writer and no lock: this class is the lock. Every method throws an
/// [io.varve.engine.error.EngineException] if the disk fails or what lies there is damaged, and
/// `IllegalStateException` once the store is closed.
public final class Store implements AutoCloseable {

  /// Writes that may go into one commit while others still wait to be written.
  private static final int COMMIT_WRITES_MAX = 64;

  private final Engine engine;
  private final EngineOptions options;
  private final ReentrantLock writeLock = new ReentrantLock();

  /// For single operations; under the lock.
  private final WriteBatch single = new WriteBatch();

  /// Writes since the last commit; under the lock.
  private int uncommitted;

  private final ThreadLocal<ReadContext> contexts = ThreadLocal.withInitial(ReadContext::new);

  private Store(Engine engine, EngineOptions options) {
    this.engine = engine;
    this.options = options;
  }

  /// Opens the store of a directory with defaults, creating both if they are not there.
  ///
  /// @throws StorageException if another process, or this one, has it open
  /// @throws io.varve.engine.error.CorruptionException if anything that counts is damaged
  public static Store open(Path directory) {
    return open(directory, EngineOptions.defaults());
  }

  /// As [#open(Path)], with options.
  public static Store open(Path directory, EngineOptions options) {
    return new Store(Engine.open(directory, options), options);
  }

  /// Gives a key a value.
  ///
  /// @throws StorageException if it is not written, as when the disk is full; then it will not be
  ///     there after a restart either
  public void put(byte[] key, byte[] value) {
    requireRoom();
    write((long) key.length + value.length, batch -> batch.put(Slice.of(key), Slice.of(value)));
  }

  /// Gives a key a value for a time; then the key is gone, and its space comes back with merges.
  ///
  /// @param timeToLive positive, kept in milliseconds
  public void put(byte[] key, byte[] value, Duration timeToLive) {
    if (timeToLive.toMillis() <= 0) {
      throw new IllegalArgumentException("a time to live of " + timeToLive + " is not positive");
    }
    requireRoom();
    long expiry = Math.addExact(options.clock().millis(), timeToLive.toMillis());
    write(
        (long) key.length + value.length,
        batch -> batch.put(Slice.of(key), Slice.of(value), expiry));
  }

  /// Removes a key; nothing happens if it is not there.
  public void delete(byte[] key) {
    write(key.length, batch -> batch.delete(Slice.of(key)));
  }

  /// Removes all keys from one up to another, however many: the call takes as long as one `delete`,
  /// and the space comes back in the background.
  ///
  /// @param from first key, null for the very first
  /// @param to end, not included, null for none
  /// @throws IllegalArgumentException if `from` is not before `to`
  public void deleteRange(byte @Nullable [] from, byte @Nullable [] to) {
    Slice start = from == null ? new Slice() : Slice.of(from);
    KeyRange range = new KeyRange(start, to == null ? KeyRange.END : Slice.of(to));
    write(0, batch -> batch.deleteRange(range));
  }

  /// Writes a batch as one: all of it or nothing, in the order of its operations. The batch may be
  /// used again.
  public void write(WriteBatch batch) {
    requireRoom();
    writeUnderLock(batch.byteSize(), () -> batch);
  }

  /// The value of a key, or null.
  public byte @Nullable [] get(byte[] key) {
    return get(key, Long.MAX_VALUE);
  }

  /// Walks the keys from one up to another in ascending order, as they are now.
  ///
  /// @param from first key, null for the very first
  /// @param to end, not included, null for none
  public Scan scan(byte @Nullable [] from, byte @Nullable [] to) {
    return newScan(Scan.Order.ASCENDING, from, to, Long.MAX_VALUE);
  }

  /// [#scan(byte[], byte[])] from the end to the start: the same keys in descending order.
  public Scan scanDescending(byte @Nullable [] from, byte @Nullable [] to) {
    return newScan(Scan.Order.DESCENDING, from, to, Long.MAX_VALUE);
  }

  /// What is visible now, kept readable while later writes go on. Close it.
  public StoreSnapshot snapshot() {
    return new StoreSnapshot(this, engine.snapshot());
  }

  /// Makes a store of its own in another directory of the same file system, out of hard links and
  /// a copy of the log's tail: all that was written before the call. Takes no flush.
  ///
  /// @param target must not exist, or be empty
  public void checkpoint(Path target) {
    sync();
    engine.checkpoint(target);
  }

  /// Makes durable against a power cut all that was written before the call, whatever the policy.
  public void sync() {
    writeLock.lock();
    try {
      engine.commit();
    } finally {
      commitAndUnlock();
    }
    engine.sync();
  }

  /// Shape and counters.
  public EngineStats stats() {
    return engine.stats();
  }

  /// The engine underneath, for what is rarer: compaction, filters, listeners. Its writer is this
  /// store: do not write to it.
  public Engine engine() {
    return engine;
  }

  /// Makes everything durable and lets go of directory, threads and memory. Scans and snapshots must
  /// be closed before.
  @Override
  public void close() {
    writeLock.lock();
    try {
      engine.close();
    } finally {
      writeLock.unlock();
    }
  }

  /// @param sequence newest sequence number to see, or more for all that is durable
  byte @Nullable [] get(byte[] key, long sequence) {
    ReadContext reads = contexts.get().setNowMillis(options.clock().millis());
    try (ReadView view = engine.acquireView()) {
      long visible = Math.min(sequence, engine.durableSequence());
      Slice value = new Slice();
      Lookup found = engine.get(view, Slice.of(key), visible, reads, value);
      return found == Lookup.FOUND ? value.toByteArray() : null;
    } finally {
      engine.account(reads);
      reads.reset();
    }
  }

  Scan newScan(Scan.Order order, byte @Nullable [] from, byte @Nullable [] to, long sequence) {
    ReadContext reads = new ReadContext().setNowMillis(options.clock().millis());
    ReadView view = engine.acquireView();
    try {
      long visible = Math.min(sequence, engine.durableSequence());
      return new Scan(engine, view, visible, reads, order, from, to);
    } catch (RuntimeException | Error e) {
      view.close();
      throw e;
    }
  }

  /// Writes one operation as a batch of its own.
  ///
  /// @param creditBytes bytes to pay for, 0 for what costs nothing
  private void write(long creditBytes, Consumer<WriteBatch> operation) {
    writeUnderLock(
        creditBytes,
        () -> {
          single.clear();
          operation.accept(single);
          return single;
        });
  }

  /// Pays, writes the batch that is made under the lock, and waits until it is durable.
  private void writeUnderLock(long creditBytes, Supplier<WriteBatch> batch) {
    engine.awaitCredit(creditBytes);
    writeLock.lock();
    long last;
    try {
      last = engine.write(batch.get());
    } finally {
      commitAndUnlock();
    }
    engine.awaitDurable(last);
  }

  private void requireRoom() {
    String shortage = engine.findRoomShortage();
    if (shortage != null) {
      throw new StorageException("write", engine.directory().toString(), "refused: " + shortage);
    }
  }

  /// Who finds others waiting to write leaves the commit to them, and so one sync serves them all;
  /// every holder of the lock comes through here, so the last one commits.
  private void commitAndUnlock() {
    try {
      if (!writeLock.hasQueuedThreads() || ++uncommitted >= COMMIT_WRITES_MAX) {
        uncommitted = 0;
        engine.commit();
      }
    } finally {
      writeLock.unlock();
    }
  }
}
