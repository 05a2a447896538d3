package io.varve.bench.contest;

import io.varve.engine.Engine;
import io.varve.engine.EngineOptions;
import io.varve.engine.EngineStats;
import io.varve.engine.ReadView;
import io.varve.engine.batch.WriteBatch;
import io.varve.engine.block.Compression;
import io.varve.engine.bytes.Slice;
import io.varve.engine.iterator.KeyValueIterator;
import io.varve.engine.iterator.ReadContext;
import io.varve.engine.iterator.ReadReason;
import io.varve.engine.key.Lookup;
import io.varve.engine.wal.SyncPolicy;
import java.nio.file.Path;

/// Varve's engine, without a server.
final class VarveContender implements Contender {

  private static final long LOG_SEGMENT_BYTES_MIN = 256 << 10;

  private final Engine engine;
  private final VarveWriter writer;

  private VarveContender(Engine engine) {
    this.engine = engine;
    this.writer = new VarveWriter(engine);
  }

  static VarveContender open(Path directory, StoreOptions options) {
    return new VarveContender(Engine.open(directory, engineOptions(options)));
  }

  private static EngineOptions engineOptions(StoreOptions options) {
    SyncPolicy syncPolicy =
        switch (options.sync()) {
          case NEVER -> SyncPolicy.NEVER;
          case EACH_WRITE -> SyncPolicy.ALWAYS;
        };
    Compression compression =
        switch (options.codec()) {
          case MIXED, ROCKSDB_LZ4 -> Compression.LZ4;
          case NONE -> Compression.NONE;
        };
    // Values stay in the tables, as RocksDB has them without blob files.
    return EngineOptions.builder()
        .syncPolicy(syncPolicy)
        .memtableBytes(options.memtableBytes())
        .sealedMemtablesMax(StoreOptions.SEALED_MEMTABLES_MAX)
        .blockCacheBytes(options.cacheBytes())
        .blockBytes(StoreOptions.BLOCK_BYTES)
        .compression(compression)
        .largeValueBytes(0)
        .bloomBitsPerKey(StoreOptions.FILTER_BITS_PER_KEY)
        // As RocksDB prepares its logs: a little more than a memtable.
        .walSegmentBytes(Math.max(LOG_SEGMENT_BYTES_MIN, options.memtableBytes() * 5 / 4))
        .mergeThreads(options.mergeThreads())
        .build();
  }

  @Override
  public Writer writer() {
    return writer;
  }

  @Override
  public Reader newReader() {
    return new VarveReader(engine);
  }

  @Override
  public Figures figures() {
    EngineStats stats = engine.stats();
    return new Figures(
        stats.compaction().flushBytes(),
        stats.compaction().mergeBytesWritten(),
        stats.wal().writtenBytes(),
        stats.tableBytes(),
        stats.runs());
  }

  @Override
  public void settle() {
    engine.sealMemtable();
    engine.awaitFlushed();
    engine.awaitQuiet();
  }

  @Override
  public void compactAll() {
    settle();
    engine.compactAll();
    engine.awaitQuiet();
  }

  @Override
  public boolean canDeleteRanges() {
    return true;
  }

  @Override
  public void close() {
    engine.close();
  }

  /// How a program that embeds the engine writes: it waits while the engine asks for patience.
  private static final class VarveWriter implements Writer {

    private final Engine engine;
    private final WriteBatch batch = new WriteBatch();
    private final Object room = new Object();

    VarveWriter(Engine engine) {
      this.engine = engine;
      engine.addRoomListener(this::roomAgain);
    }

    @Override
    public void put(Key key, Value value) {
      batch.clear();
      batch.put(key.slice(), value.slice());
      if (engine.isBacklogged()) {
        awaitRoom();
      }
      engine.writeDurably(batch);
    }

    @Override
    public void deleteRange(Key start, Key end) {
      batch.clear();
      batch.deleteRange(start.slice(), end.slice());
      if (engine.isBacklogged()) {
        awaitRoom();
      }
      engine.writeDurably(batch);
    }

    private void roomAgain() {
      synchronized (room) {
        room.notifyAll();
      }
    }

    private void awaitRoom() {
      synchronized (room) {
        while (engine.isBacklogged()) {
          try {
            room.wait(100);
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while writing", e);
          }
        }
      }
    }
  }

  private static final class VarveReader implements Reader {

    /// A scan lets go of the blocks it has passed when they are so many.
    private static final long PINNED_BYTES_MAX = 1 << 20;

    private final Engine engine;
    private final ReadContext reads = new ReadContext();
    private final Slice found = new Slice();
    private ReadView view;
    private long data;
    private long index;
    private long filter;

    /// Keeps what is looked at from being optimized away.
    private long seenBytes;

    VarveReader(Engine engine) {
      this.engine = engine;
      this.view = engine.acquireView();
    }

    @Override
    public int get(Key key, Value into) {
      view = engine.refresh(view);
      Lookup lookup = engine.get(view, key.slice(), engine.durableSequence(), reads, found);
      int length = -1;
      if (lookup == Lookup.FOUND) {
        length = found.length();
        found.copyTo(into.segment(), 0);
      }
      endRead();
      return length;
    }

    @Override
    public int scan(Key key, int limit) {
      view = engine.refresh(view);
      int count = 0;
      try (KeyValueIterator iterator = engine.iterator(view, engine.durableSequence(), reads)) {
        iterator.seek(key.slice());
        while (iterator.isValid()) {
          seenBytes += iterator.key().getUnsigned(0) + iterator.value().getUnsigned(0);
          if (++count == limit) {
            break;
          }
          if (reads.pinnedBytes() > PINNED_BYTES_MAX) {
            reads.releasePins();
          }
          iterator.next();
        }
      }
      endRead();
      return count;
    }

    private void endRead() {
      engine.account(reads);
      if (reads.bytesRead() > 0) {
        for (int level = 0; level < ReadContext.LEVELS_COUNTED; level++) {
          data += reads.readIos(level, ReadReason.DATA);
          index += reads.readIos(level, ReadReason.INDEX);
          filter += reads.readIos(level, ReadReason.FILTER);
        }
      }
      reads.reset();
    }

    @Override
    public BlockReads blockReads() {
      return new BlockReads(data, index, filter);
    }

    @Override
    public void close() {
      view.close();
      if (seenBytes < 0) {
        throw new IllegalStateException("bytes are not negative");
      }
    }
  }
}
