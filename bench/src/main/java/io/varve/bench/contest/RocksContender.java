package io.varve.bench.contest;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import org.rocksdb.BlockBasedTableConfig;
import org.rocksdb.BloomFilter;
import org.rocksdb.Cache;
import org.rocksdb.CompactRangeOptions;
import org.rocksdb.CompressionOptions;
import org.rocksdb.CompressionType;
import org.rocksdb.FlushOptions;
import org.rocksdb.HyperClockCache;
import org.rocksdb.InfoLogLevel;
import org.rocksdb.Options;
import org.rocksdb.PerfContext;
import org.rocksdb.PerfLevel;
import org.rocksdb.ReadOptions;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;
import org.rocksdb.RocksIterator;
import org.rocksdb.RocksObject;
import org.rocksdb.Statistics;
import org.rocksdb.StatsLevel;
import org.rocksdb.TickerType;
import org.rocksdb.WriteOptions;

/// RocksDB by way of rocksdbjni, with the buffers outside of the heap that are its quickest way.
///
/// As its tuning guide recommends: leveled with dynamic level sizes, index and filter blocks in the
/// cache and those of level 0 pinned there, the lock-free cache, a sync of background writes every MiB.
/// Sizes that hang together by default (a memtable of 64 MiB, tables of 64 MiB, a first level of
/// 256 MiB) keep their proportions to the memtable.
final class RocksContender implements Contender {

  private static final int LEVEL_BASE_MEMTABLES = 4;
  private static final long BYTES_PER_SYNC = 1 << 20;
  private static final int ZSTD_LEVEL = 1;
  private static final long POLL_NANOS = 2_000_000;
  private static final int QUIET_POLLS = 3;

  private static final String[] PENDING = {
    "rocksdb.mem-table-flush-pending",
    "rocksdb.num-running-flushes",
    "rocksdb.compaction-pending",
    "rocksdb.num-running-compactions"
  };

  private static final int LEVELS = 7;

  static {
    RocksDB.loadLibrary();
  }

  private final RocksDB db;
  private final Statistics statistics;
  private final List<RocksObject> owned;
  private final WriteOptions writeOptions;
  private final RocksWriter writer;

  private RocksContender(
      RocksDB db, Statistics statistics, List<RocksObject> owned, StoreOptions options) {
    this.db = db;
    this.statistics = statistics;
    this.owned = owned;
    this.writeOptions = new WriteOptions().setSync(options.sync() == StoreOptions.Sync.EACH_WRITE);
    this.writer = new RocksWriter(db, writeOptions);
  }

  @SuppressWarnings("MustBeClosedChecker") // closed with the store
  static RocksContender open(Path directory, StoreOptions setup) throws IOException {
    Files.createDirectories(directory);
    Statistics statistics = new Statistics();
    statistics.setStatsLevel(StatsLevel.EXCEPT_DETAILED_TIMERS);
    BloomFilter filter = new BloomFilter(StoreOptions.FILTER_BITS_PER_KEY);
    CompressionOptions fastest = new CompressionOptions().setLevel(ZSTD_LEVEL).setEnabled(true);
    BlockBasedTableConfig table =
        new BlockBasedTableConfig().setBlockSize(StoreOptions.BLOCK_BYTES).setFilterPolicy(filter);
    Options options =
        new Options()
            .setCreateIfMissing(true)
            .setStatistics(statistics)
            .setInfoLogLevel(InfoLogLevel.WARN_LEVEL)
            .setWriteBufferSize(setup.memtableBytes())
            .setMaxWriteBufferNumber(StoreOptions.SEALED_MEMTABLES_MAX + 1)
            .setTargetFileSizeBase(setup.memtableBytes())
            .setMaxBytesForLevelBase(LEVEL_BASE_MEMTABLES * setup.memtableBytes())
            .setLevelCompactionDynamicLevelBytes(true)
            .setMaxBackgroundJobs(setup.mergeThreads() + 1)
            .setBytesPerSync(BYTES_PER_SYNC);
    switch (setup.codec()) {
      case MIXED ->
          options
              .setCompressionType(CompressionType.LZ4_COMPRESSION)
              .setBottommostCompressionType(CompressionType.ZSTD_COMPRESSION)
              .setBottommostCompressionOptions(fastest);
      case ROCKSDB_LZ4 -> options.setCompressionType(CompressionType.LZ4_COMPRESSION);
      case NONE -> options.setCompressionType(CompressionType.NO_COMPRESSION);
    }
    List<RocksObject> owned;
    if (setup.cacheBytes() == 0) {
      // Index and filter stay with the open table: nothing but data blocks is read for a lookup.
      table.setNoBlockCache(true);
      owned = List.of(options, filter, fastest, statistics);
    } else {
      Cache cache = new HyperClockCache(setup.cacheBytes(), 0, -1, false);
      table
          .setBlockCache(cache)
          .setCacheIndexAndFilterBlocks(true)
          .setPinL0FilterAndIndexBlocksInCache(true);
      owned = List.of(options, cache, filter, fastest, statistics);
    }
    options.setTableFormatConfig(table);
    try {
      return new RocksContender(
          RocksDB.open(options, directory.toString()), statistics, owned, setup);
    } catch (RocksDBException e) {
      throw new IOException("RocksDB in " + directory, e);
    }
  }

  private static IllegalStateException failed(RocksDBException cause) {
    return new IllegalStateException("RocksDB: " + cause.getMessage(), cause);
  }

  @Override
  public Writer writer() {
    return writer;
  }

  @Override
  public Reader newReader() {
    return new RocksReader(db);
  }

  @Override
  public Figures figures() {
    try {
      int runs = (int) levelTables(0);
      for (int level = 1; level < LEVELS; level++) {
        runs += levelTables(level) > 0 ? 1 : 0;
      }
      return new Figures(
          statistics.getTickerCount(TickerType.FLUSH_WRITE_BYTES),
          statistics.getTickerCount(TickerType.COMPACT_WRITE_BYTES),
          statistics.getTickerCount(TickerType.WAL_FILE_BYTES),
          db.getLongProperty("rocksdb.total-sst-files-size"),
          runs);
    } catch (RocksDBException e) {
      throw failed(e);
    }
  }

  private long levelTables(int level) throws RocksDBException {
    return Long.parseLong(db.getProperty("rocksdb.num-files-at-level" + level));
  }

  @Override
  public void settle() {
    try (FlushOptions flush = new FlushOptions().setWaitForFlush(true)) {
      db.flush(flush);
      // A merge that ends may call for another: quiet is what lasts.
      int quiet = 0;
      while (quiet < QUIET_POLLS) {
        LockSupport.parkNanos(POLL_NANOS);
        long pending = 0;
        for (String property : PENDING) {
          pending += db.getLongProperty(property);
        }
        quiet = pending == 0 ? quiet + 1 : 0;
      }
    } catch (RocksDBException e) {
      throw failed(e);
    }
  }

  @Override
  public void compactAll() {
    settle();
    try (CompactRangeOptions all =
        new CompactRangeOptions()
            .setBottommostLevelCompaction(
                CompactRangeOptions.BottommostLevelCompaction.kForceOptimized)) {
      db.compactRange(db.getDefaultColumnFamily(), null, null, all);
    } catch (RocksDBException e) {
      throw failed(e);
    }
    settle();
  }

  @Override
  public boolean canDeleteRanges() {
    return true;
  }

  @Override
  public void close() {
    db.close();
    writeOptions.close();
    owned.forEach(RocksObject::close);
  }

  private static final class RocksWriter implements Writer {

    private final RocksDB db;
    private final WriteOptions options;

    RocksWriter(RocksDB db, WriteOptions options) {
      this.db = db;
      this.options = options;
    }

    @Override
    public void put(Key key, Value value) {
      try {
        db.put(options, key.buffer(), value.buffer());
      } catch (RocksDBException e) {
        throw failed(e);
      }
    }

    @Override
    public void deleteRange(Key start, Key end) {
      try {
        db.deleteRange(options, start.slice().toByteArray(), end.slice().toByteArray());
      } catch (RocksDBException e) {
        throw failed(e);
      }
    }
  }

  private static final class RocksReader implements Reader {

    /// Larger than any key or value here.
    private final ByteBuffer scratch = ByteBuffer.allocateDirect(1 << 20);

    private final RocksDB db;
    private final ReadOptions options = new ReadOptions();

    /// Counts of the thread, not of the reader.
    private final PerfContext perf;

    private final BlockReads before;

    /// Keeps what is looked at from being optimized away.
    private long seenBytes;

    RocksReader(RocksDB db) {
      this.db = db;
      db.setPerfLevel(PerfLevel.ENABLE_COUNT);
      this.perf = db.getPerfContext();
      this.before = ofThread();
    }

    @Override
    public int get(Key key, Value into) {
      try {
        return db.get(options, key.buffer(), into.buffer());
      } catch (RocksDBException e) {
        throw failed(e);
      }
    }

    @Override
    public int scan(Key key, int limit) {
      int count = 0;
      try (RocksIterator iterator = db.newIterator(options)) {
        iterator.seek(key.buffer());
        while (iterator.isValid()) {
          iterator.key(scratch.clear());
          seenBytes += scratch.get(0) & 0xff;
          iterator.value(scratch.clear());
          seenBytes += scratch.get(0) & 0xff;
          if (++count == limit) {
            break;
          }
          iterator.next();
        }
        iterator.status();
      } catch (RocksDBException e) {
        throw failed(e);
      }
      return count;
    }

    @Override
    public BlockReads blockReads() {
      return ofThread().minus(before);
    }

    private BlockReads ofThread() {
      long index = perf.getIndexBlockReadCount();
      long filter = perf.getFilterBlockReadCount();
      return new BlockReads(perf.getBlockReadCount() - index - filter, index, filter);
    }

    @Override
    public void close() {
      options.close();
      if (seenBytes < 0) {
        throw new IllegalStateException("bytes are not negative");
      }
    }
  }
}
