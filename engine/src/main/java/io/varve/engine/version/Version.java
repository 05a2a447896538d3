package io.varve.engine.version;

import io.varve.engine.bytes.Slice;
import io.varve.engine.key.BoundKind;
import io.varve.engine.key.KeyRange;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/// All tables of the tree at one moment: levels of runs, runs of tables.
///
/// Immutable, so that readers need no lock; counted by reference, so that files stay while somebody
/// reads them. A version is made with one reference, its maker's. Who reads takes one
/// ([#tryRetain()], on the version that [VersionSet#acquire()] hands out) and gives it back
/// ([#release()], which never waits and never touches the disk).
///
/// Level 0 holds flushes; every run of a level is younger than every run of the levels below. A
/// point read asks the runs from [#run(int)] 0 upwards and stops at the first that knows the key.
public final class Version {

  /// Levels there can be; a limit for decoders, not a target.
  public static final int LEVELS_MAX = 16;

  /// Called once, when the last reference is gone. Must be quick and must not throw.
  interface Owner {
    void unreferenced(Version version);
  }

  private static final Owner NOBODY = _ -> {};

  private final long number;
  private final List<List<Run>> levels;
  private final Run[] youngestFirst;
  private final int[] levelOfRun;
  private final Owner owner;
  private final AtomicInteger references = new AtomicInteger(1);

  /// Found out when first asked for.
  private volatile @Nullable ValueFileUses valueFileUses;

  private Version(long number, List<List<Run>> levels, Owner owner) {
    this.number = number;
    this.levels = levels;
    this.owner = owner;
    int runs = 0;
    for (List<Run> level : levels) {
      runs += level.size();
    }
    this.youngestFirst = new Run[runs];
    this.levelOfRun = new int[runs];
    int at = 0;
    for (int level = 0; level < levels.size(); level++) {
      for (Run run : levels.get(level)) {
        youngestFirst[at] = run;
        levelOfRun[at++] = level;
      }
    }
  }

  /// A version that belongs to no set, for planning on paper.
  ///
  /// @param levels runs of each level, in any order within a level
  public static Version of(List<? extends List<Run>> levels) {
    return new Version(0, sorted(levels), NOBODY);
  }

  private static List<List<Run>> sorted(List<? extends List<Run>> levels) {
    List<List<Run>> result = new ArrayList<>();
    for (List<Run> level : levels) {
      List<Run> runs = new ArrayList<>(level);
      runs.sort(Comparator.comparingLong(Run::id).reversed());
      result.add(Collections.unmodifiableList(runs));
    }
    while (!result.isEmpty() && result.getLast().isEmpty()) {
      result.removeLast();
    }
    return Collections.unmodifiableList(result);
  }

  /// Counts versions of a set upwards.
  public long number() {
    return number;
  }

  /// Levels up to the deepest that holds anything.
  public int levelCount() {
    return levels.size();
  }

  /// Runs of a level, youngest first; none for a level that is not there.
  public List<Run> level(int level) {
    return level < levels.size() ? levels.get(level) : List.of();
  }

  /// Runs of all levels.
  public int runCount() {
    return youngestFirst.length;
  }

  /// Runs by age, 0 the youngest. A loop over all of them allocates nothing.
  public Run run(int age) {
    return youngestFirst[age];
  }

  /// Level of the run at an age.
  public int levelOf(int age) {
    return levelOfRun[age];
  }

  /// All files that the version consists of, each once, with their sizes in bytes. For cold paths:
  /// looks at every table.
  public Map<DataFile, Long> files() {
    Map<DataFile, Long> files = new LinkedHashMap<>();
    for (Run run : youngestFirst) {
      for (TableMetadata table : run.tables()) {
        files.put(DataFile.table(table.fileNumber()), table.fileBytes());
        for (ValueFileShare share : table.valueFiles()) {
          files.put(DataFile.value(share.fileNumber()), share.fileBytes());
        }
      }
    }
    return files;
  }

  /// The value files, who refers to them, and how much of them is garbage. Looks at every table when
  /// first called.
  public ValueFileUses valueFiles() {
    ValueFileUses known = valueFileUses;
    if (known == null) {
      known = ValueFileUses.of(this);
      valueFileUses = known;
    }
    return known;
  }

  /// Bytes of all tables.
  public long bytes() {
    long sum = 0;
    for (Run run : youngestFirst) {
      sum += run.bytes();
    }
    return sum;
  }

  /// Bytes of a level's tables.
  public long bytes(int level) {
    long sum = 0;
    for (Run run : level(level)) {
      sum += run.bytes();
    }
    return sum;
  }

  /// Bytes of all tables and of the values apart that they refer to.
  public long totalBytes() {
    long sum = 0;
    for (Run run : youngestFirst) {
      sum += run.totalBytes();
    }
    return sum;
  }

  /// Bytes of a level's tables and of the values apart that they refer to.
  public long totalBytes(int level) {
    long sum = 0;
    for (Run run : level(level)) {
      sum += run.totalBytes();
    }
    return sum;
  }

  /// Tables of all levels.
  public int tableCount() {
    int count = 0;
    for (Run run : youngestFirst) {
      count += run.tableCount();
    }
    return count;
  }

  /// Versions of keys in all tables, tombstones and shadowed versions included.
  public long entryCount() {
    long count = 0;
    for (Run run : youngestFirst) {
      count += run.entryCount();
    }
    return count;
  }

  /// Greatest sequence number in any table, 0 if there is none.
  public long largestSequence() {
    long largest = 0;
    for (Run run : youngestFirst) {
      largest = Math.max(largest, run.largestSequence());
    }
    return largest;
  }

  /// Whether any table overlaps a range, both ends inclusive.
  public boolean overlaps(Slice smallest, Slice largest) {
    for (Run run : youngestFirst) {
      if (run.overlaps(smallest, largest)) {
        return true;
      }
    }
    return false;
  }

  /// The table of a file number at a level, or null. For cold paths: looks at every table.
  public @Nullable TableMetadata findTable(int level, long fileNumber) {
    for (Run run : level(level)) {
      for (TableMetadata table : run.tables()) {
        if (table.fileNumber() == fileNumber) {
          return table;
        }
      }
    }
    return null;
  }

  /// What this version becomes by an edit; this one does not change.
  ///
  /// @throws IllegalArgumentException if the edit removes what is not there, adds what is there, or
  ///     makes the tables of a run overlap
  public Version apply(VersionEdit edit) {
    return apply(edit, number + 1, NOBODY);
  }

  Version apply(VersionEdit edit, long newNumber, Owner newOwner) {
    if (edit.added().isEmpty() && edit.removed().isEmpty()) {
      return new Version(newNumber, levels, newOwner);
    }
    return new Version(newNumber, sorted(new VersionBuilder(this).apply(edit)), newOwner);
  }

  /// Takes a reference, unless the last one is already gone.
  public boolean tryRetain() {
    int count = references.get();
    while (count > 0) {
      if (references.compareAndSet(count, count + 1)) {
        return true;
      }
      count = references.get();
    }
    return false;
  }

  /// Takes a further reference; the caller holds one already.
  public Version retain() {
    if (!tryRetain()) {
      throw new IllegalStateException("version " + number + " is already released");
    }
    return this;
  }

  /// Gives a reference back.
  public void release() {
    int left = references.decrementAndGet();
    if (left == 0) {
      owner.unreferenced(this);
    } else if (left < 0) {
      throw new IllegalStateException("version " + number + " was released too often");
    }
  }

  /// References held right now, for tests and dumps.
  public int referenceCount() {
    return references.get();
  }

  /// The levels as text, a line per run: what the compaction scripts and dumps show.
  public String describe() {
    StringBuilder text = new StringBuilder();
    for (int level = 0; level < levels.size(); level++) {
      for (Run run : levels.get(level)) {
        text.append('L').append(level).append(" run ").append(run.id()).append(':');
        for (TableMetadata table : run.tables()) {
          text.append(' ')
              .append(table.fileNumber())
              .append('[')
              .append(table.smallestKey())
              .append("..")
              .append(KeyRange.describeEnd(table.largestKey()))
              .append(table.largestKind() == BoundKind.INCLUSIVE ? "]x" : ")x")
              .append(table.fileBytes());
        }
        text.append('\n');
      }
    }
    return text.toString();
  }

  @Override
  public String toString() {
    return "version " + number + " (" + runCount() + " runs, " + tableCount() + " tables)";
  }
}
