package io.varve.server.commands;

import io.varve.engine.bytes.Slice;
import io.varve.protocol.DoubleText;
import io.varve.server.command.Invocation;
import io.varve.server.keyspace.Database;
import io.varve.server.keyspace.KeyEntry;
import io.varve.server.keyspace.KeyWalk;
import io.varve.server.types.CollectionWalk;
import io.varve.server.types.FieldWalk;
import io.varve.server.types.HashView;
import io.varve.server.types.ListValue;
import io.varve.server.types.ListWalk;
import io.varve.server.types.Lists;
import io.varve.server.types.ScoredWalk;
import io.varve.server.types.SetView;
import io.varve.server.types.SortedSet;
import io.varve.server.types.Stream;
import io.varve.server.types.StreamFields;
import io.varve.server.types.StreamId;
import io.varve.server.types.StreamRange;
import io.varve.server.types.Strings;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Objects;

/// The checksum of DEBUG DIGEST: equal to that of Redis 7.2 for equal data, so that one can tell
/// whether two servers hold the same, whatever their encodings.
///
/// It is built of two steps on 20 bytes, with SHA-1: *adding* something does not depend on the order,
/// *chaining* does.
///
/// ```
/// add(d, x)   : d := d xor sha1(x)
/// chain(d, x) : d := sha1(d xor sha1(x))
/// ```
///
/// A value's digest begins with the code of its type in 4 bytes, chained. Elements of lists and streams
/// are chained, those of sets added; of hashes and sorted sets each element is chained for itself and the
/// result added. That a key expires adds a word, not when. The digest of all adds up those of the keys,
/// each with its value chained behind it, and chains the number of each database that holds any.
/// Keys whose time has passed do not count.
final class ValueDigest {

  private static final int BYTES = 20;
  private static final byte[] EXPIRES = ascii("!!expire!!");

  private final MessageDigest sha1;
  private byte[] sum = new byte[BYTES];

  private ValueDigest() {
    try {
      sha1 = MessageDigest.getInstance("SHA-1");
    } catch (NoSuchAlgorithmException impossible) {
      throw new IllegalStateException(impossible);
    }
  }

  /// Of all databases, in hexadecimal digits.
  static String ofAll(Invocation in) {
    ValueDigest all = new ValueDigest();
    for (int index = 0; index < in.server().databases(); index++) {
      all.addDatabase(in.db().access().select(index));
    }
    return all.hex();
  }

  /// Of the value of a key, in hexadecimal digits: zeros if there is none.
  static String ofValue(Database db, Slice key) {
    ValueDigest digest = new ValueDigest();
    KeyEntry entry = db.findQuietly(key);
    if (entry != null) {
      digest.value(db, key, entry);
    }
    return digest.hex();
  }

  private void addDatabase(Database db) {
    boolean any = false;
    try (KeyWalk walk = db.walk()) {
      for (walk.seek(new Slice()); walk.isValid(); walk.next()) {
        if (walk.isExpiredAt(db.nowMillis())) {
          continue;
        }
        if (!any) {
          chain(bigEndian(db.index()));
          any = true;
        }
        byte[] key = walk.key().toByteArray();
        ValueDigest one = new ValueDigest();
        one.chain(key);
        KeyEntry entry = db.findQuietly(Slice.of(key));
        one.value(db, Slice.of(key), Objects.requireNonNull(entry, "a key that a walk stands on"));
        add(one.sum);
      }
    }
  }

  private void value(Database db, Slice key, KeyEntry entry) {
    boolean expires = entry.expires();
    switch (entry.type()) {
      case STRING -> {
        chain(bigEndian(0));
        chain(Strings.bytes(db, entry).toByteArray());
      }
      case LIST -> list(Objects.requireNonNull(Lists.find(db, key)));
      case SET -> set(Objects.requireNonNull(SetView.find(db, key)));
      case SORTED_SET -> sortedSet(Objects.requireNonNull(SortedSet.find(db, key)));
      case HASH -> {
        chain(bigEndian(4));
        HashView hash = HashView.find(db, key);
        if (hash != null) {
          fields(hash);
        }
      }
      case STREAM -> stream(Objects.requireNonNull(Stream.find(db, key)));
    }
    if (expires) {
      add(EXPIRES);
    }
  }

  private void list(ListValue list) {
    chain(bigEndian(1));
    try (ListWalk walk = list.walk(0, list.length(), true)) {
      while (walk.next()) {
        chain(walk.element().toByteArray());
      }
    }
  }

  private void set(SetView set) {
    chain(bigEndian(2));
    try (CollectionWalk walk = set.walk()) {
      while (walk.next()) {
        add(walk.name().toByteArray());
      }
    }
  }

  private void sortedSet(SortedSet set) {
    chain(bigEndian(3));
    try (ScoredWalk walk = set.memberWalk()) {
      while (walk.next()) {
        addPair(walk.name().toByteArray(), DoubleText.bytes(walk.score()));
      }
    }
  }

  private void fields(HashView hash) {
    try (FieldWalk walk = hash.walk()) {
      while (walk.next()) {
        addPair(walk.name().toByteArray(), walk.value().toByteArray());
      }
    }
  }

  private void stream(Stream stream) {
    chain(bigEndian(6));
    Slice word = new Slice();
    try (StreamRange range = stream.range(StreamId.MIN, StreamId.MAX, false)) {
      while (range.next()) {
        StreamId id = range.id();
        chain(
            ascii(Long.toUnsignedString(id.millis()) + "." + Long.toUnsignedString(id.sequence())));
        StreamFields fields = range.fields();
        for (int i = 0; i < fields.words(); i++) {
          chain(fields.next(word).toByteArray());
        }
      }
    }
  }

  private void addPair(byte[] one, byte[] other) {
    byte[] whole = sum;
    sum = new byte[BYTES];
    chain(one);
    chain(other);
    byte[] pair = sum;
    sum = whole;
    add(pair);
  }

  private void add(byte[] bytes) {
    byte[] hash = sha1.digest(bytes);
    for (int i = 0; i < BYTES; i++) {
      sum[i] ^= hash[i];
    }
  }

  private void chain(byte[] bytes) {
    add(bytes);
    sum = sha1.digest(sum);
  }

  private String hex() {
    return HexFormat.of().formatHex(sum);
  }

  private static byte[] bigEndian(int value) {
    return new byte[] {
      (byte) (value >>> 24), (byte) (value >>> 16), (byte) (value >>> 8), (byte) value
    };
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }
}
