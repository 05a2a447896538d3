package io.varve.engine.version;

import io.varve.engine.file.FileNames;
import io.varve.engine.file.FileSystem;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/// Says what is wrong with a version: the invariants that reads and merges rely on.
///
/// Tests run it after every edit (behind `assert`), the verifier on a store at rest.
public final class VersionChecker {

  private VersionChecker() {}

  /// What is wrong with the structure; empty if nothing is.
  ///
  /// @param nextFileNumber numbers from here on were never given out
  /// @param lastSequence greatest sequence number that may occur
  public static List<String> check(Version version, long nextFileNumber, long lastSequence) {
    List<String> findings = new ArrayList<>();
    Set<Long> seen = new HashSet<>();
    long youngerId = Long.MAX_VALUE;
    for (int age = 0; age < version.runCount(); age++) {
      Run run = version.run(age);
      int level = version.levelOf(age);
      if (run.id() >= youngerId) {
        findings.add(
            "level " + level + ": " + run + " is not older than run " + youngerId + " before it");
      }
      youngerId = run.id();
      if (run.id() >= nextFileNumber) {
        findings.add(run + " has an id that was never given out, next is " + nextFileNumber);
      }
      checkTables(run, level, nextFileNumber, lastSequence, seen, findings);
    }
    checkFlushOrder(version, findings);
    checkValueFiles(version, nextFileNumber, seen, findings);
    return findings;
  }

  private static void checkTables(
      Run run,
      int level,
      long nextFileNumber,
      long lastSequence,
      Set<Long> seen,
      List<String> findings) {
    for (int i = 0; i < run.tableCount(); i++) {
      TableMetadata table = run.table(i);
      if (i > 0 && run.table(i - 1).overlaps(table)) {
        findings.add("level " + level + ": " + table + " overlaps its neighbour in " + run);
      }
      if (!seen.add(table.fileNumber())) {
        findings.add(table + " occurs twice, the second time at level " + level);
      }
      if (table.fileNumber() >= nextFileNumber) {
        findings.add(table + " has a number that was never given out, next is " + nextFileNumber);
      }
      if (table.largestSequence() > lastSequence) {
        findings.add(
            table
                + " holds sequence number "
                + table.largestSequence()
                + ", the last one is "
                + lastSequence);
      }
    }
  }

  private static void checkValueFiles(
      Version version, long nextFileNumber, Set<Long> tables, List<String> findings) {
    for (ValueFileUses.Use use : version.valueFiles().all()) {
      long number = use.fileNumber();
      if (number >= nextFileNumber || tables.contains(number)) {
        findings.add(
            "value file " + number + " has the number of a table or one that was never given out");
      }
      for (TableMetadata table : use.tables()) {
        for (ValueFileShare share : table.valueFiles()) {
          if (share.fileNumber() == number
              && (share.valueBytes() != use.valueBytes() || share.fileBytes() != use.fileBytes())) {
            findings.add(table + " gives value file " + number + " another size than others do");
          }
        }
      }
      if (use.liveBytes() > use.valueBytes()) {
        findings.add(
            "tables refer to "
                + use.liveBytes()
                + " bytes of value file "
                + number
                + ", which holds "
                + use.valueBytes());
      }
    }
  }

  /// Flushes come in the order of writes, so the sequence numbers of level 0 never interleave. Deeper
  /// down, a move past runs that do not overlap may mix them.
  private static void checkFlushOrder(Version version, List<String> findings) {
    List<Run> flushes = version.level(0);
    for (int i = 1; i < flushes.size(); i++) {
      Run younger = flushes.get(i - 1);
      Run older = flushes.get(i);
      if (older.largestSequence() >= younger.smallestSequence()) {
        findings.add(
            "level 0: "
                + younger
                + " starts at sequence number "
                + younger.smallestSequence()
                + ", older "
                + older
                + " reaches "
                + older.largestSequence());
      }
    }
  }

  /// Which files of a version are missing or not as long as they were.
  public static List<String> checkFiles(FileSystem files, Path directory, Version version) {
    List<String> findings = new ArrayList<>();
    version
        .files()
        .forEach(
            (file, bytes) -> {
              Path path = file.path(directory);
              if (!files.exists(path)) {
                findings.add(FileNames.nameOf(path) + " is missing");
              } else if (files.size(path) != bytes) {
                findings.add(
                    FileNames.nameOf(path)
                        + " has "
                        + files.size(path)
                        + " bytes, the manifest says "
                        + bytes);
              }
            });
    return findings;
  }
}
