package io.varve.server.types;

import io.varve.engine.bytes.ByteCursor;
import io.varve.engine.bytes.GrowableBuffer;
import io.varve.engine.bytes.Slice;
import io.varve.server.keyspace.Database;
import io.varve.server.keyspace.EncodingLimits;
import io.varve.server.keyspace.KeyEntry;
import io.varve.server.keyspace.KeyEventClass;
import io.varve.server.keyspace.ValueType;
import org.jspecify.annotations.Nullable;

/// Changes a set: any number of changes, then [#finish()].
///
/// A set is an `intset` while all members are numbers, a `listpack` after that, a `hashtable` once one
/// of Redis' limits is passed; it never goes back. It lies in its header while it is one of the first
/// two, or small all the same; then it is spread over elements for the rest of its life.
public final class SetEditor {

  private final Database db;
  private final Slice key;
  private final @Nullable KeyEntry old;
  private final EncodingLimits limits;
  private final long expiryMillis;
  private final Slice ignored = new Slice();
  private int encoding;
  private boolean changed;

  // Exactly one of these three holds the members.
  private Intset.@Nullable Numbers numbers;
  private @Nullable PackedMembers packed;
  private @Nullable HashedElements elements;

  private long objectId;

  /// Members over elements, and as many as there were when the set was opened.
  private long spreadSize;

  private long spreadSizeBefore;

  /// @param fresh whether the set begins empty, with an expiry of its own, whatever was found
  private SetEditor(
      Database db, Slice key, @Nullable KeyEntry old, boolean fresh, long freshExpiryMillis) {
    this.db = db;
    this.key = key;
    this.old = old;
    this.limits = db.access().keyspace().encodingLimits();
    if (old == null || fresh) {
      encoding = SetFormat.INTSET;
      numbers = Intset.Numbers.empty();
      expiryMillis = freshExpiryMillis;
      objectId = KeyEntry.NO_OBJECT;
      return;
    }
    encoding = old.encoding();
    expiryMillis = old.expiryMillis();
    objectId = old.objectId();
    if (encoding == SetFormat.INTSET) {
      numbers = Intset.Numbers.of(old.payload());
    } else if (old.isSpread()) {
      spreadSize = new ByteCursor(old.payload()).readVarint();
      spreadSizeBefore = spreadSize;
      elements = new HashedElements(db.elements(objectId));
    } else {
      packed = PackedMembers.of(old.payload());
    }
  }

  /// Opens the set of a key, an empty one if there is none.
  ///
  /// @param entry for the lookup; used until the end, so no other lookup may have it
  /// @throws io.varve.server.keyspace.RefusedException if the key holds something else
  public static SetEditor open(Database db, Slice key, KeyEntry entry) {
    KeyEntry old = db.findForWrite(key, entry) ? entry : null;
    return new SetEditor(db, key, Sets.checked(old), false, KeyEntry.NO_EXPIRY);
  }

  /// A new set in place of what a lookup has found, of any type.
  static SetEditor inPlaceOf(Database db, Slice key, @Nullable KeyEntry old) {
    return new SetEditor(db, key, old, true, KeyEntry.NO_EXPIRY);
  }

  /// A new set for a key of which a lookup has shown that it holds nothing.
  ///
  /// @param expiryMillis milliseconds since the epoch, or [KeyEntry#NO_EXPIRY]
  public static SetEditor create(Database db, Slice key, long expiryMillis) {
    return new SetEditor(db, key, null, true, expiryMillis);
  }

  /// Says what is about to be added: a new set begins in the encoding for it, another changes to it if it
  /// must; as in Redis, by the number of members given, whether they are new or not.
  ///
  /// @param first the first of them
  /// @param count how many
  public void expect(Slice first, long count) {
    if (old == null && size() == 0) {
      if (!Decimals.isLong(first) || count > limits.setIntsetEntries()) {
        beginListpack();
        if (count > limits.setEntries()) {
          encoding = SetFormat.HASHTABLE;
        }
      }
    } else if (encoding == SetFormat.LISTPACK && count > limits.setEntries()) {
      becomeHashtable();
    } else if (encoding == SetFormat.INTSET && count > limits.setIntsetEntries()) {
      becomeHashtable();
    }
  }

  /// Makes an empty set begin as a listpack although its first members may be numbers.
  public void beginListpack() {
    numbers = null;
    packed = new PackedMembers();
    encoding = SetFormat.LISTPACK;
  }

  /// Makes an empty set begin as a hashtable.
  public void beginHashtable() {
    beginListpack();
    encoding = SetFormat.HASHTABLE;
  }

  /// Number of members.
  public long size() {
    if (numbers != null) {
      return numbers.size();
    }
    return packed != null ? packed.size() : spreadSize;
  }

  public boolean contains(Slice member) {
    if (numbers != null) {
      return Decimals.isLong(member) && numbers.contains(Decimals.parseLong(member));
    }
    return packed != null ? packed.contains(member) : spread().find(member, ignored);
  }

  /// Adds a member; false if it was there.
  ///
  /// @throws io.varve.server.keyspace.RefusedException if the member is too long
  public boolean add(Slice member) {
    HashedElements.requireLength(member, "set member");
    if (numbers != null && Decimals.isLong(member)) {
      return addNumber(numbers, Decimals.parseLong(member));
    }
    if (contains(member)) {
      return false;
    }
    changed = true;
    if (numbers != null) {
      leaveNumbers(numbers, member);
    } else if (encoding == SetFormat.LISTPACK
        && (size() >= limits.setEntries() || member.length() > limits.setValueBytes())) {
      becomeHashtable();
    }
    append(member);
    return true;
  }

  private boolean addNumber(Intset.Numbers to, long number) {
    if (!to.add(number)) {
      return false;
    }
    changed = true;
    if (to.size() > limits.setIntsetEntries() || to.byteSize() > EncodingLimits.HEADER_BYTES_MAX) {
      becomeHashtable();
    }
    return true;
  }

  /// Makes an intset a listpack, or a hashtable if that would be too large, because of a member that
  /// is no number.
  private void leaveNumbers(Intset.Numbers from, Slice member) {
    boolean fits =
        from.size() < limits.setEntries()
            && member.length() <= limits.setValueBytes()
            && longestDigits(from) <= limits.setValueBytes();
    pack(from);
    encoding = SetFormat.LISTPACK;
    if (!fits) {
      becomeHashtable();
    }
  }

  private static int longestDigits(Intset.Numbers numbers) {
    return numbers.size() == 0
        ? 0
        : Math.max(
            String.valueOf(numbers.get(0)).length(),
            String.valueOf(numbers.get(numbers.size() - 1)).length());
  }

  /// Removes a member; false if there was none.
  public boolean remove(Slice member) {
    boolean removed;
    if (numbers != null) {
      removed = Decimals.isLong(member) && numbers.remove(Decimals.parseLong(member));
    } else if (packed != null) {
      removed = packed.remove(member);
    } else {
      removed = spread().find(member, ignored);
      if (removed) {
        spread().remove(member);
        spreadSize--;
      }
    }
    changed |= removed;
    return removed;
  }

  /// Stores what has changed; a set without members goes with its key.
  public void finish() {
    if (!changed) {
      return;
    }
    if (size() == 0) {
      if (old != null) {
        db.remove(key, old);
        db.event(KeyEventClass.GENERIC, "del", key);
      }
      return;
    }
    if (elements != null
        && old != null
        && old.objectId() == objectId
        && spreadSize == spreadSizeBefore) {
      db.touch(key);
      return;
    }
    GrowableBuffer payload = db.beginValue(ValueType.SET, encoding, expiryMillis, objectId);
    if (numbers != null) {
      numbers.encode(payload);
    } else if (packed != null) {
      packed.encode(payload);
    } else {
      payload.putVarint(spreadSize);
    }
    db.store(key, old);
  }

  /// Adds a member of which it is known that it is not there, to a set that is no intset.
  private void append(Slice member) {
    if (packed != null) {
      if (packed.byteSize() + PackedMembers.entryBytes(member) <= roomBytes()) {
        packed.append(member);
        return;
      }
      spread(packed);
    }
    spread().put(member, ignored.clear());
    spreadSize++;
  }

  private void becomeHashtable() {
    if (numbers != null) {
      pack(numbers);
    }
    encoding = SetFormat.HASHTABLE;
    if (packed != null && packed.byteSize() > roomBytes()) {
      spread(packed);
    }
  }

  /// Bytes that the members may take in the header.
  private int roomBytes() {
    return encoding == SetFormat.HASHTABLE ? limits.inlineBytes() : EncodingLimits.HEADER_BYTES_MAX;
  }

  private void pack(Intset.Numbers from) {
    PackedMembers members = new PackedMembers();
    GrowableBuffer digits = GrowableBuffer.onHeap(20);
    Slice member = new Slice();
    for (int i = 0; i < from.size(); i++) {
      digits.clear();
      Decimals.append(from.get(i), digits);
      members.append(digits.slice(member));
    }
    numbers = null;
    packed = members;
  }

  private void spread(PackedMembers from) {
    encoding = SetFormat.HASHTABLE;
    objectId = db.newObjectId();
    HashedElements to = new HashedElements(db.elements(objectId));
    PackedMemberWalk walk = from.walk();
    while (walk.next()) {
      to.put(walk.name(), ignored.clear());
    }
    spreadSize = from.size();
    elements = to;
    packed = null;
  }

  private HashedElements spread() {
    HashedElements now = elements;
    if (now == null) {
      throw new IllegalStateException("the set is not spread");
    }
    return now;
  }
}
