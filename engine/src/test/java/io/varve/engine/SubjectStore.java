package io.varve.engine;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// What the steps of a [MetamorphicTest] act on: a sorted map, or a store under some options. Answers
/// are texts, to be compared.
interface SubjectStore {

  /// A change of one batch.
  ///
  /// @param value null for a delete
  /// @param expiryMillis 0 for never
  /// @param rangeEnd if not null, all keys from `key` up to this one, exclusive, are deleted
  record Change(String key, @Nullable String value, long expiryMillis, @Nullable String rangeEnd) {
    Change(String key, @Nullable String value, long expiryMillis) {
      this(key, value, expiryMillis, null);
    }
  }

  void write(List<Change> changes);

  /// Lets time go by.
  void pass(long millis);

  /// Takes a snapshot under a name, in place of the one that had it before.
  void takeSnapshot(int name);

  void dropSnapshot(int name);

  /// @param snapshot a name, or -1 for now; a name that is not taken means now
  String get(int snapshot, String key);

  /// Keys and values from one key up to another, at most so many.
  String scan(int snapshot, String from, String to, int limit);

  /// The same from the end.
  String scanDescending(int snapshot, String from, String to, int limit);

  /// Does something that no answer may show.
  void disturb(Disturbance disturbance);

  /// What a store goes through without its content changing.
  enum Disturbance {
    SEAL,
    FLUSH,
    MERGE_ALL,
    AWAIT_QUIET,
    /// Closes and opens; snapshots end.
    REOPEN,
    /// Loses power and opens; snapshots end.
    POWER_CUT,
    /// Copies itself, goes on with the copy; snapshots end.
    MOVE_TO_CHECKPOINT
  }
}
