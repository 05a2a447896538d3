package io.varve.bench.contest;

import io.varve.bench.contest.StoreOptions.Codec;
import io.varve.bench.contest.StoreOptions.Sync;
import io.varve.bench.figures.Machine;
import io.varve.bench.folder.Folders;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.rocksdb.RocksDB;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/// `bench against-rocksdb`: the engine beside RocksDB.
@Command(
    name = "against-rocksdb",
    mixinStandardHelpOptions = true,
    description = {
      "Puts Varve's engine beside RocksDB: both embedded in this process, in rounds that take turns.",
      "Then measures what the design promises. Options in bytes take the suffixes k, m and g."
    })
public final class RocksDbCommand implements Callable<Integer> {

  /// What `--quick` does: enough to see that all works, not to believe a figure.
  private static final long QUICK_KEYS = 100_000;

  @Spec private @Nullable CommandSpec spec;

  @Option(names = "--keys", description = "Keys of a store (1,000,000).")
  private @Nullable Long keys;

  @Option(
      names = "--key-bytes",
      defaultValue = "16",
      description = "Bytes of a key (${DEFAULT-VALUE}).")
  private int keyBytes;

  @Option(
      names = "--value-bytes",
      defaultValue = "100",
      description = "Bytes of a value (${DEFAULT-VALUE}).")
  private int valueBytes;

  @Option(
      names = "--random-part",
      defaultValue = "0.5",
      description = "Part of a value that does not compress (${DEFAULT-VALUE}).")
  private double randomPart;

  @Option(
      names = "--memtable-bytes",
      defaultValue = "4m",
      converter = ByteCount.class,
      description = "Memory of a memtable (${DEFAULT-VALUE}).")
  private long memtableBytes;

  @Option(
      names = "--cache-bytes",
      defaultValue = "32m",
      converter = ByteCount.class,
      description = "Block cache, index and filter blocks included (${DEFAULT-VALUE}).")
  private long cacheBytes;

  @Option(
      names = "--merge-threads",
      defaultValue = "1",
      description = "Threads that merge, beside one that flushes (${DEFAULT-VALUE}).")
  private int mergeThreads;

  @Option(
      names = "--codec",
      defaultValue = "MIXED",
      description = {
        "How tables are compressed (${DEFAULT-VALUE}). MIXED: LZ4, and zstd on the deepest level, on both",
        "sides. ROCKSDB_LZ4: RocksDB with LZ4 everywhere, Varve as it is. NONE: neither compresses."
      })
  private Codec codec = Codec.MIXED;

  @Option(names = "--sync", description = "Every write waits until it is on the disk.")
  private boolean sync;

  @Option(names = "--rounds", description = "Times that each row runs on each side (3).")
  private @Nullable Integer rounds;

  @Option(names = "--seconds", description = "Bound of a row on a side, fills excepted (6).")
  private @Nullable Integer seconds;

  @Option(
      names = "--threads",
      defaultValue = "1",
      description = "Threads that read (${DEFAULT-VALUE}).")
  private int threads;

  @Option(
      names = "--write-rate",
      defaultValue = "20000",
      description = "Writes per second beside readers, 0 for as many as can be (${DEFAULT-VALUE}).")
  private long writeRate;

  @Option(names = "--burst-seconds", description = "Length of the burst of writes (60).")
  private @Nullable Integer burstSeconds;

  @Option(
      names = "--memtables",
      split = ",",
      paramLabel = "COUNT",
      description = "Memtables of data that are overwritten for the targets (100,300).")
  private List<Integer> memtables = new ArrayList<>();

  @Option(
      names = "--small-memtable-bytes",
      defaultValue = "256k",
      converter = ByteCount.class,
      description = "Memory of a memtable there (${DEFAULT-VALUE}).")
  private long smallMemtableBytes;

  @Option(names = "--range-keys", description = "Keys of the deleted range (10,000,000).")
  private @Nullable Long rangeKeys;

  @Option(
      names = "--only",
      split = ",",
      paramLabel = "ROW",
      description = "Rows and targets to run; all unless given. Names: ${COMPLETION-CANDIDATES}.",
      completionCandidates = Selection.Names.class)
  private List<String> only = new ArrayList<>();

  @Option(names = "--quick", description = "A look of less than a minute; believe no figure of it.")
  private boolean quick;

  @Option(
      names = "--dir",
      description = "Where the stores go while this runs; a temporary directory unless given.")
  private @Nullable Path directory;

  @Option(
      names = "--json",
      paramLabel = "FILE",
      description = "Where to write the result as JSON, besides the table.")
  private @Nullable Path json;

  @Override
  public Integer call() throws IOException, InterruptedException {
    Setup setup = setup();
    Selection selection = selection();
    Path own =
        directory == null
            ? Files.createTempDirectory("varve-rocksdb")
            : Files.createTempDirectory(Files.createDirectories(directory), "varve-rocksdb");
    try {
      ContestReport report = run(own, setup, selection);
      System.out.print(ContestTable.of(report));
      if (json != null) {
        Files.writeString(json, report.toJson() + "\n");
      }
      return report.failures() == 0 ? 0 : 1;
    } finally {
      Folders.delete(own);
    }
  }

  static ContestReport run(Path directory, Setup setup, Selection selection)
      throws IOException, InterruptedException {
    String started = Instant.now().truncatedTo(ChronoUnit.SECONDS).toString();
    Machine machine = Machine.here();
    List<RowResult> rows =
        selection.rows().isEmpty()
            ? List.of()
            : new Comparison(directory, setup, selection.rows(), RocksDbCommand::tell).run();
    List<TargetResult> targets =
        new Targets(directory, setup, RocksDbCommand::tell).run(selection.targets());
    return new ContestReport(
        started, machine, RocksDB.rocksdbVersion().toString(), setup, rows, targets);
  }

  private Setup setup() {
    try {
      return new Setup(
          orElse(keys, quick ? QUICK_KEYS : 1_000_000),
          keyBytes,
          valueBytes,
          randomPart,
          memtableBytes,
          cacheBytes,
          mergeThreads,
          codec,
          sync ? Sync.EACH_WRITE : Sync.NEVER,
          (int) orElse(rounds, quick ? 1 : 3),
          (int) orElse(seconds, quick ? 1 : 6),
          threads,
          writeRate,
          (int) orElse(burstSeconds, quick ? 5 : 60),
          memtables.isEmpty() ? (quick ? List.of(30) : List.of(100, 300)) : memtables,
          smallMemtableBytes,
          orElse(rangeKeys, quick ? 300_000 : 10_000_000));
    } catch (IllegalArgumentException e) {
      throw wrongUsage(String.valueOf(e.getMessage()));
    }
  }

  private static long orElse(@Nullable Number given, long otherwise) {
    return given == null ? otherwise : given.longValue();
  }

  private Selection selection() {
    try {
      return Selection.of(only);
    } catch (IllegalArgumentException e) {
      throw wrongUsage(String.valueOf(e.getMessage()));
    }
  }

  private RuntimeException wrongUsage(String message) {
    CommandSpec known = spec;
    return known == null
        ? new IllegalArgumentException(message)
        : new ParameterException(known.commandLine(), message);
  }

  private static void tell(String what) {
    System.err.println(what);
  }
}
