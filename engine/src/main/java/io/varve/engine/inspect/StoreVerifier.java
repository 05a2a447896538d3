package io.varve.engine.inspect;

import io.varve.engine.batch.BatchReader;
import io.varve.engine.batch.BatchVisitor;
import io.varve.engine.block.BlockCache;
import io.varve.engine.bytes.Slice;
import io.varve.engine.error.CorruptionException;
import io.varve.engine.error.EngineException;
import io.varve.engine.file.FileNames;
import io.varve.engine.file.FileNames.FileName;
import io.varve.engine.file.FileSystem;
import io.varve.engine.iterator.ReadContext;
import io.varve.engine.range.RangeTombstone;
import io.varve.engine.sstable.SstableProperties;
import io.varve.engine.sstable.SstableReader;
import io.varve.engine.sstable.TableBounds;
import io.varve.engine.value.ValueFiles;
import io.varve.engine.version.CurrentFile;
import io.varve.engine.version.DataFile;
import io.varve.engine.version.ManifestReader;
import io.varve.engine.version.Run;
import io.varve.engine.version.StoreState;
import io.varve.engine.version.TableMetadata;
import io.varve.engine.version.Version;
import io.varve.engine.version.VersionChecker;
import io.varve.engine.wal.WalReader;
import io.varve.engine.wal.WalReplay;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Reads everything that a store consists of and says what is wrong: `CURRENT`, the manifest, every
/// block of every table, every large value that a table refers to, every record of the log.
///
/// Goes on after a finding where that makes sense. Changes nothing, and takes no lock: the caller sees
/// to it that nobody has the store open, or lives with findings about files that come and go.
public final class StoreVerifier {

  /// Something that is not as it was written.
  ///
  /// @param file name of the file
  /// @param offset byte offset in it, 0 if it concerns the file as a whole
  public record Finding(String file, long offset, String detail) {
    @Override
    public String toString() {
      return file + " at offset " + offset + ": " + detail;
    }
  }

  /// What was looked at and what was found.
  ///
  /// @param findings empty if the store is sound
  /// @param notes worth knowing, and no fault: files that the next open deletes, how the log ends
  /// @param tables tables read
  /// @param tableBytes bytes of them
  /// @param entries versions of keys in them
  /// @param largeValues values read from value files
  /// @param walBatches batches that a recovery would replay
  public record Report(
      List<Finding> findings,
      List<String> notes,
      long tables,
      long tableBytes,
      long entries,
      long largeValues,
      long walBatches) {

    public Report {
      findings = List.copyOf(findings);
      notes = List.copyOf(notes);
    }

    public boolean isSound() {
      return findings.isEmpty();
    }
  }

  /// Hears how far it is.
  @FunctionalInterface
  public interface Progress {
    /// @param file what is read next
    /// @param bytesDone bytes of tables read so far
    /// @param bytesTotal bytes of all tables
    void reading(String file, long bytesDone, long bytesTotal);
  }

  /// Tables are read past it; it serves the opening of them.
  private static final long CACHE_BYTES = 1L << 20;

  private static final int OPEN_VALUE_FILES_MAX = 64;

  private static final BatchVisitor IGNORE =
      new BatchVisitor() {
        @Override
        public void put(Slice key, Slice value) {}

        @Override
        public void delete(Slice key) {}

        @Override
        public void deleteRange(Slice start, Slice end) {}
      };

  private final FileSystem files;
  private final Path directory;
  private final Progress progress;
  private final List<Finding> findings = new ArrayList<>();
  private final List<String> notes = new ArrayList<>();
  private long tables;
  private long tableBytes;
  private long entries;
  private long largeValues;
  private long walBatches;

  private StoreVerifier(FileSystem files, Path directory, Progress progress) {
    this.files = files;
    this.directory = directory;
    this.progress = progress;
  }

  /// Reads a store from end to end.
  public static Report verify(FileSystem files, Path directory, Progress progress) {
    StoreVerifier verifier = new StoreVerifier(files, directory, progress);
    verifier.verify();
    return new Report(
        verifier.findings,
        verifier.notes,
        verifier.tables,
        verifier.tableBytes,
        verifier.entries,
        verifier.largeValues,
        verifier.walBatches);
  }

  private void verify() {
    @Nullable StoreState state = readManifest();
    if (state == null) {
      return;
    }
    VersionChecker.check(state.version(), state.nextFileNumber(), state.lastSequence())
        .forEach(detail -> findings.add(new Finding("MANIFEST", 0, detail)));
    verifyTables(state.version());
    verifyLog(state);
    noteOrphans(state.version());
  }

  private @Nullable StoreState readManifest() {
    try {
      long number = CurrentFile.read(files, directory);
      progress.reading(FileNames.nameOf(FileNames.manifest(directory, number)), 0, 0);
      return ManifestReader.read(files, directory, number);
    } catch (EngineException e) {
      report(FileNames.nameOf(FileNames.current(directory)), e);
      return null;
    }
  }

  private void verifyTables(Version version) {
    long total = version.bytes();
    try (BlockCache cache = new BlockCache(CACHE_BYTES);
        ValueFiles valueFiles =
            new ValueFiles(
                files, number -> FileNames.value(directory, number), cache, OPEN_VALUE_FILES_MAX)) {
      ValueVerifier values = new ValueVerifier(valueFiles, findings::add);
      for (int age = 0; age < version.runCount(); age++) {
        Run run = version.run(age);
        for (TableMetadata table : run.tables()) {
          Path path = FileNames.sstable(directory, table.fileNumber());
          progress.reading(FileNames.nameOf(path), tableBytes, total);
          verifyTable(path, table, version.levelOf(age), cache, values);
          tables++;
          tableBytes += table.fileBytes();
        }
      }
      largeValues = values.valueCount();
    }
  }

  private void verifyTable(
      Path path, TableMetadata expected, int level, BlockCache cache, ValueVerifier values) {
    String name = FileNames.nameOf(path);
    ReadContext context = new ReadContext();
    try {
      if (!files.exists(path)) {
        findings.add(new Finding(name, 0, "the file is missing"));
        return;
      }
      SstableReader reader =
          SstableReader.open(files, path, expected.fileNumber(), cache, context, level);
      try {
        int before = findings.size();
        compare(name, expected, reader);
        reader.verify(
            finding ->
                findings.add(new Finding(finding.file(), finding.offset(), finding.detail())));
        entries += reader.properties().entryCount();
        if (findings.size() == before) {
          // A table that cannot be walked was reported; its entries lead nowhere.
          values.verify(expected, reader, context);
        }
      } finally {
        reader.release();
      }
    } catch (EngineException e) {
      report(name, e);
    } finally {
      context.releasePins();
    }
  }

  /// What the manifest says of a table against what the table says of itself, which the table's own
  /// check holds against its entries.
  private void compare(String name, TableMetadata expected, SstableReader reader) {
    SstableProperties found = reader.properties();
    compare(name, "bytes", expected.fileBytes(), reader.fileBytes());
    compare(name, "entry count", expected.entryCount(), found.entryCount());
    compare(name, "tombstone count", expected.tombstoneCount(), found.tombstoneCount());
    compare(
        name, "range tombstone count", expected.rangeTombstoneCount(), found.rangeTombstoneCount());
    long smallest = found.entryCount() > 0 ? found.smallestSequence() : Long.MAX_VALUE;
    long largest = found.largestSequence();
    for (RangeTombstone tombstone : reader.rangeTombstones().toList()) {
      smallest = Math.min(smallest, tombstone.sequence());
      largest = Math.max(largest, tombstone.sequence());
    }
    compare(name, "smallest sequence number", expected.smallestSequence(), smallest);
    compare(name, "largest sequence number", expected.largestSequence(), largest);
    TableBounds bounds = reader.bounds();
    compare(name, "smallest key", expected.smallestKey(), bounds.smallest());
    compare(name, "largest key", expected.largestKey(), bounds.largest());
    compare(name, "kind of the largest key", expected.largestKind(), bounds.largestKind());
  }

  private void compare(String name, String what, Object expected, Object found) {
    if (!expected.equals(found)) {
      findings.add(
          new Finding(
              name, 0, what + ": the manifest says " + expected + ", the table says " + found));
    }
  }

  private void verifyLog(StoreState state) {
    try {
      WalReplay replay =
          WalReader.replay(
              files,
              directory,
              state.walSegment(),
              state.lastSequence(),
              (segment, _, batch) -> {
                progress.reading(
                    FileNames.nameOf(FileNames.wal(directory, segment)), tableBytes, tableBytes);
                BatchReader.read(batch, IGNORE);
              });
      walBatches = replay.batches();
      notes.addAll(replay.tails());
    } catch (EngineException e) {
      report("WAL", e);
    }
  }

  private void noteOrphans(Version version) {
    Set<DataFile> known = version.files().keySet();
    for (String name : files.list(directory)) {
      @Nullable FileName file = FileNames.parse(name);
      if (file == null) {
        notes.add(name + " is no file of a store");
      } else if (file.kind() == FileNames.Kind.TEMPORARY
          || ((file.kind() == FileNames.Kind.SSTABLE || file.kind() == FileNames.Kind.VALUE)
              && !known.contains(new DataFile(file.kind(), file.number())))) {
        notes.add(name + " belongs to no version; the next open deletes it");
      }
    }
  }

  private void report(String file, EngineException e) {
    String detail = String.valueOf(e.getMessage());
    if (e instanceof CorruptionException damage) {
      findings.add(new Finding(damage.file(), damage.offset(), detail));
    } else {
      findings.add(new Finding(file, 0, detail));
    }
  }
}
