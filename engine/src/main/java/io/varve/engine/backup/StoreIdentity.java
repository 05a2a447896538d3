package io.varve.engine.backup;

import java.security.SecureRandom;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// Which store this is, and which of its histories: properties in the manifest.
///
/// A store keeps its id for life, and so do its copies: a backup directory takes backups of one id
/// only. A *timeline* is one sequence of writes. A copy (a checkpoint, a restored store) has none until
/// it is opened; then it gets a fresh one and remembers which timeline it left, and where. So two
/// histories that share their beginning are never taken for one, though both count on from the same
/// sequence number.
///
/// @param storeId of the store and all its copies
/// @param timeline of this history; null in a copy that nobody has opened
/// @param parentTimeline the timeline that was left; null if this is the first one
/// @param parentSequence the last sequence number that is shared with it; 0 if there is none
public record StoreIdentity(
    String storeId,
    @Nullable String timeline,
    @Nullable String parentTimeline,
    long parentSequence) {

  // Lie on disk: never rename.
  private static final String STORE_ID = "store.id";
  private static final String TIMELINE = "store.timeline";
  private static final String PARENT_TIMELINE = "store.parent.timeline";
  private static final String PARENT_SEQUENCE = "store.parent.sequence";
  private static final String PARENT_MILLIS = "store.parent.millis";

  private static final int TIMELINE_BYTES = 8;

  /// What the properties of a manifest say, or null if the store was never opened since stores have
  /// identities.
  public static @Nullable StoreIdentity find(Map<String, String> properties) {
    String id = properties.get(STORE_ID);
    if (id == null) {
      return null;
    }
    String sequence = properties.get(PARENT_SEQUENCE);
    return new StoreIdentity(
        id,
        properties.get(TIMELINE),
        properties.get(PARENT_TIMELINE),
        sequence == null ? 0 : Long.parseLong(sequence));
  }

  /// A new store.
  public static StoreIdentity fresh() {
    return new StoreIdentity(UUID.randomUUID().toString(), newTimeline(), null, 0);
  }

  /// The same store on a timeline of its own.
  ///
  /// @param sequence the last sequence number that both have
  public StoreIdentity fork(long sequence) {
    return new StoreIdentity(storeId, newTimeline(), contentTimeline(), sequence);
  }

  private static String newTimeline() {
    byte[] random = new byte[TIMELINE_BYTES];
    new SecureRandom().nextBytes(random);
    return HexFormat.of().formatHex(random);
  }

  /// The timeline that the content belongs to: its own, or, in a copy that nobody has opened, the one
  /// it was copied from.
  public String contentTimeline() {
    String known = timeline != null ? timeline : parentTimeline;
    if (known == null) {
      throw new IllegalStateException("store " + storeId + " has no timeline");
    }
    return known;
  }

  /// The properties that say this.
  public Map<String, String> toProperties() {
    Map<String, String> properties = new HashMap<>();
    properties.put(STORE_ID, storeId);
    if (timeline != null) {
      properties.put(TIMELINE, timeline);
    }
    if (parentTimeline != null) {
      properties.put(PARENT_TIMELINE, parentTimeline);
      properties.put(PARENT_SEQUENCE, Long.toString(parentSequence));
    }
    return properties;
  }

  /// The properties of a copy: all that the store has, but with its timeline left behind.
  ///
  /// @param sequence the last sequence number in the copy
  /// @param millis when it was current, since 1970
  Map<String, String> copyProperties(Map<String, String> properties, long sequence, long millis) {
    Map<String, String> copy = new HashMap<>(properties);
    copy.remove(TIMELINE);
    copy.put(PARENT_TIMELINE, contentTimeline());
    copy.put(PARENT_SEQUENCE, Long.toString(sequence));
    copy.put(PARENT_MILLIS, Long.toString(millis));
    return copy;
  }

  /// When a copy was current, in milliseconds since 1970, or -1 if the properties do not say.
  static long copyMillis(Map<String, String> properties) {
    String millis = properties.get(PARENT_MILLIS);
    return millis == null ? -1 : Long.parseLong(millis);
  }
}
