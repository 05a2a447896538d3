package io.varve.server.types;

import io.varve.engine.bytes.Slice;
import io.varve.server.keyspace.Database;
import io.varve.server.keyspace.KeyEntry;
import io.varve.server.keyspace.ListLimits;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A list as a lookup has found it, ready to be read or to be changed once.
///
/// Short lists lie in their header ([InlineList]), others have an element for each position
/// ([SpreadList]). A list that has been spread stays so until it is gone. Indexes count from the left, from
/// 0. After a change a list is looked up anew.
public abstract sealed class ListValue permits InlineList, SpreadList {

  final Database db;
  final Slice key;

  /// What the lookup has found; null for a list that is not stored yet.
  final @Nullable KeyEntry entry;

  final ListLimits limits;
  private int encoding;

  ListValue(Database db, Slice key, @Nullable KeyEntry entry) {
    this.db = db;
    this.key = key;
    this.entry = entry;
    this.limits = db.access().keyspace().listLimits();
    this.encoding = entry == null ? ListEncoding.LISTPACK : entry.encoding();
  }

  public abstract long length();

  /// Points a slice at an element, valid until something is written.
  ///
  /// @param index 0 to `length() - 1`
  public abstract void get(long index, Slice into);

  /// Walks over neighbours; the caller closes it.
  ///
  /// @param index of the first
  /// @param count how many at most; the list need not have as many
  /// @param forward whether to the right
  public abstract ListWalk walk(long index, long count, boolean forward);

  /// Adds elements at one end, one after the other, and stores the list. Returns the new length.
  public abstract long push(ListEnd end, List<Slice> added);

  /// Takes elements from both ends and stores what is left, or removes the key if that is nothing.
  ///
  /// @param left how many at the left end
  /// @param right how many at the right end
  public abstract void trim(long left, long right);

  /// Takes elements from one end that have just been read. As [#trim(long, long)], but knows what it takes.
  public void pop(ListEnd end, long count) {
    trim(end == ListEnd.LEFT ? count : 0, end == ListEnd.RIGHT ? count : 0);
  }

  /// Replaces an element and stores the list.
  public abstract void set(long index, Slice element);

  /// Adds an element in front of another, or at the end, and stores the list. A spread list moves the
  /// shorter side of its elements: O(N) with the distance to the nearer end.
  ///
  /// @param index 0 to `length()`
  public abstract void insert(long index, Slice element);

  /// Takes elements out and stores what is left, or removes the key if that is nothing. A spread list
  /// moves what lies beyond the gaps, on the side where that is less.
  ///
  /// @param indexes ascending
  /// @param count how many of them count, at least one
  public abstract void remove(long[] indexes, int count);

  /// Moves the element of one end to the other, and stores the list.
  public abstract void rotate(ListEnd from);

  /// Bytes that the elements would take in a listpack, without its frame.
  abstract long packedBytes();

  /// What the stored list is called from now on.
  final int encoding() {
    return encoding;
  }

  final long expiryMillis() {
    return entry == null ? KeyEntry.NO_EXPIRY : entry.expiryMillis();
  }

  /// Notes that elements are about to be added. As in Redis their bare bytes decide, and a replaced
  /// element counts beside the new one.
  final void growing(List<Slice> added) {
    if (encoding == ListEncoding.LISTPACK) {
      long bytes = Listpack.FRAME_BYTES + packedBytes();
      for (int i = 0; i < added.size(); i++) {
        bytes += added.get(i).length();
      }
      if (limits.isBeyondListpack(bytes, length() + added.size())) {
        encoding = ListEncoding.QUICKLIST;
      }
    }
  }

  /// Notes what is left of a list after elements were taken away or replaced.
  final void shrunk(long packedBytes, long count) {
    if (encoding == ListEncoding.QUICKLIST
        && limits.isListpackAgain(Listpack.FRAME_BYTES + packedBytes, count)) {
      encoding = ListEncoding.LISTPACK;
    }
  }

  final void removeKey() {
    if (entry != null) {
      db.remove(key, entry);
    }
  }
}
