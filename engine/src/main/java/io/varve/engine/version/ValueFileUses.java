package io.varve.engine.version;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The value files of a version: who refers to them, and how much of them is garbage. Immutable.
public final class ValueFileUses {

  /// One value file.
  ///
  /// @param fileNumber of the value file
  /// @param fileBytes size of the file
  /// @param valueBytes bytes of all values in it
  /// @param liveBytes bytes of values that tables refer to, shadowed versions included
  /// @param tables the tables with a share, in no order
  public record Use(
      long fileNumber,
      long fileBytes,
      long valueBytes,
      long liveBytes,
      List<TableMetadata> tables) {

    /// Bytes of values that nothing refers to.
    public long garbageBytes() {
      return Math.max(0, valueBytes - liveBytes);
    }
  }

  private final Map<Long, Use> uses;
  private final long fileBytes;
  private final long liveBytes;
  private final long garbageBytes;

  private ValueFileUses(Map<Long, Use> uses) {
    this.uses = uses;
    long files = 0;
    long live = 0;
    long garbage = 0;
    for (Use use : uses.values()) {
      files += use.fileBytes();
      live += use.liveBytes();
      garbage += use.garbageBytes();
    }
    this.fileBytes = files;
    this.liveBytes = live;
    this.garbageBytes = garbage;
  }

  static ValueFileUses of(Version version) {
    Map<Long, Use> uses = new LinkedHashMap<>();
    for (int age = 0; age < version.runCount(); age++) {
      for (TableMetadata table : version.run(age).tables()) {
        for (ValueFileShare share : table.valueFiles()) {
          uses.merge(
              share.fileNumber(),
              new Use(
                  share.fileNumber(),
                  share.fileBytes(),
                  share.valueBytes(),
                  share.bytes(),
                  List.of(table)),
              ValueFileUses::add);
        }
      }
    }
    return new ValueFileUses(Collections.unmodifiableMap(uses));
  }

  private static Use add(Use sum, Use one) {
    List<TableMetadata> tables = new ArrayList<>(sum.tables());
    tables.addAll(one.tables());
    return new Use(
        sum.fileNumber(),
        sum.fileBytes(),
        sum.valueBytes(),
        sum.liveBytes() + one.liveBytes(),
        tables);
  }

  public @Nullable Use find(long fileNumber) {
    return uses.get(fileNumber);
  }

  public Collection<Use> all() {
    return uses.values();
  }

  public int count() {
    return uses.size();
  }

  /// Bytes of all value files.
  public long fileBytes() {
    return fileBytes;
  }

  /// Bytes of values that tables refer to.
  public long liveBytes() {
    return liveBytes;
  }

  /// Bytes of values that nothing refers to.
  public long garbageBytes() {
    return garbageBytes;
  }
}
