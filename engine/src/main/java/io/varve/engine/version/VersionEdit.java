package io.varve.engine.version;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// The difference between two versions, and the numbers that have to be durable along with it.
///
/// Immutable; encoded by [VersionEditCodec]. Removals come before additions, so that an edit can
/// move a table from one level to another.
///
/// @param added tables that appear
/// @param removed tables that disappear
/// @param nextFileNumber numbers below are taken, or [#UNCHANGED]
/// @param lastSequence greatest sequence number that the tables of this version may hold, or
///     [#UNCHANGED]
/// @param walSegment number of the first WAL segment that a recovery has to replay, or [#UNCHANGED]
/// @param properties of the store as a whole, such as `keyspace.layout`, to be set
public record VersionEdit(
    List<AddedTable> added,
    List<RemovedTable> removed,
    long nextFileNumber,
    long lastSequence,
    long walSegment,
    Map<String, String> properties) {

  /// Stands for a number that the edit leaves as it is.
  public static final long UNCHANGED = -1;

  /// An edit that changes nothing.
  public static final VersionEdit EMPTY = builder().build();

  /// A table that joins a run; the first table of a new run id founds it.
  public record AddedTable(int level, long runId, TableMetadata table) {
    public AddedTable {
      if (level < 0 || level >= Version.LEVELS_MAX || runId <= 0) {
        throw new IllegalArgumentException("no run " + runId + " can be at level " + level);
      }
    }
  }

  /// A table that leaves its level.
  public record RemovedTable(int level, long fileNumber) {
    public RemovedTable {
      if (level < 0 || level >= Version.LEVELS_MAX) {
        throw new IllegalArgumentException("there is no level " + level);
      }
    }
  }

  public VersionEdit {
    added = List.copyOf(added);
    removed = List.copyOf(removed);
    properties = Map.copyOf(properties);
  }

  public static Builder builder() {
    return new Builder();
  }

  /// A builder that starts with what this edit says.
  public Builder toBuilder() {
    Builder builder = new Builder();
    builder.added.addAll(added);
    builder.removed.addAll(removed);
    builder.nextFileNumber = nextFileNumber;
    builder.lastSequence = lastSequence;
    builder.walSegment = walSegment;
    builder.properties.putAll(properties);
    return builder;
  }

  /// One line for logs.
  @Override
  public String toString() {
    return "edit +"
        + added.stream().map(a -> "L" + a.level() + ":" + a.table().fileNumber()).toList()
        + " -"
        + removed.stream().map(r -> "L" + r.level() + ":" + r.fileNumber()).toList();
  }

  /// Collects an edit. Not thread-safe.
  public static final class Builder {

    private final List<AddedTable> added = new ArrayList<>();
    private final List<RemovedTable> removed = new ArrayList<>();
    private final Map<String, String> properties = new LinkedHashMap<>();
    private long nextFileNumber = UNCHANGED;
    private long lastSequence = UNCHANGED;
    private long walSegment = UNCHANGED;

    private Builder() {}

    public Builder add(int level, long runId, TableMetadata table) {
      added.add(new AddedTable(level, runId, table));
      return this;
    }

    public Builder remove(int level, long fileNumber) {
      removed.add(new RemovedTable(level, fileNumber));
      return this;
    }

    public Builder nextFileNumber(long number) {
      nextFileNumber = number;
      return this;
    }

    public Builder lastSequence(long sequence) {
      lastSequence = sequence;
      return this;
    }

    public Builder walSegment(long segment) {
      walSegment = segment;
      return this;
    }

    public Builder property(String name, String value) {
      properties.put(name, value);
      return this;
    }

    public VersionEdit build() {
      return new VersionEdit(added, removed, nextFileNumber, lastSequence, walSegment, properties);
    }
  }
}
