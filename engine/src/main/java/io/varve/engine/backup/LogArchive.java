package io.varve.engine.backup;

import io.varve.engine.bytes.Slice;
import io.varve.engine.error.CorruptionException;
import io.varve.engine.error.StorageException;
import io.varve.engine.file.FileSystem;
import io.varve.engine.wal.ArchivedPiece;
import io.varve.engine.wal.WalConsumer;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// A directory with everything that was ever written to a log, a folder for each timeline;
/// `docs/format/backup.md`.
///
/// ```
/// ARCHIVE/0f3a…/TIMELINE                                    which store, and which timeline it left
/// ARCHIVE/0f3a…/000000000000001-000000000000950.wlog        a piece of the log
/// ```
///
/// Timelines have different names, so stores may share an archive, and a store that was put back to an
/// earlier moment never writes into the history that it left.
public final class LogArchive {

  private static final String TIMELINE_FILE = "TIMELINE";
  private static final String KIND = "varve-timeline";
  private static final String NONE = "-";

  private final FileSystem files;
  private final Path root;

  /// @param root need not be there
  public LogArchive(FileSystem files, Path root) {
    this.files = files;
    this.root = root;
  }

  /// What the archive knows of a timeline.
  ///
  /// @param identity its store and where it came from
  /// @param pieces what is there of it, in order
  public record Timeline(StoreIdentity identity, List<ArchivedPiece> pieces) {
    public Timeline {
      pieces = List.copyOf(pieces);
    }

    public String name() {
      return identity.contentTimeline();
    }
  }

  public Path root() {
    return root;
  }

  /// Makes the folder of a timeline, if it is not there.
  ///
  /// @return the folder
  /// @throws StorageException if the archive cannot be written to
  public Path begin(StoreIdentity identity) {
    Path folder = root.resolve(identity.contentTimeline());
    files.createDirectories(folder);
    Path file = folder.resolve(TIMELINE_FILE);
    if (!files.exists(file)) {
      String parent = identity.parentTimeline();
      ChecksummedLine.write(
          files,
          file,
          KIND,
          List.of(
              identity.storeId(),
              identity.contentTimeline(),
              parent == null ? NONE : parent,
              Long.toString(identity.parentSequence())));
    }
    return folder;
  }

  /// Last sequence number of a timeline in the archive, -1 if there is none.
  public long lastSequence(String timeline) {
    Path folder = root.resolve(timeline);
    return files.exists(folder) ? ArchivedPiece.lastOf(ArchivedPiece.list(files, folder)) : -1;
  }

  /// All timelines in the archive, of all stores.
  public List<Timeline> timelines() {
    if (!files.exists(root)) {
      throw new StorageException("open", root.toString(), "there is no archive");
    }
    List<Timeline> timelines = new ArrayList<>();
    for (String name : files.list(root)) {
      if (files.exists(root.resolve(name).resolve(TIMELINE_FILE))) {
        timelines.add(timeline(name));
      }
    }
    return timelines;
  }

  private Timeline timeline(String name) {
    Path folder = root.resolve(name);
    List<String> words = ChecksummedLine.read(files, folder.resolve(TIMELINE_FILE), KIND, 4);
    String parent = words.get(2).equals(NONE) ? null : words.get(2);
    StoreIdentity identity =
        new StoreIdentity(words.get(0), words.get(1), parent, number(words.get(3)));
    if (!identity.contentTimeline().equals(name)) {
      throw new CorruptionException(
          name + "/" + TIMELINE_FILE, 0, "it is the file of timeline " + identity.timeline());
    }
    return new Timeline(identity, ArchivedPiece.list(files, folder));
  }

  private static long number(String word) {
    try {
      return Long.parseLong(word);
    } catch (NumberFormatException e) {
      throw new CorruptionException(TIMELINE_FILE, 0, "expected a number, found '" + word + "'");
    }
  }

  /// Hands everything behind a sequence number to a consumer, until it wants no more or the archive
  /// ends.
  ///
  /// @param from a timeline that holds the sequence number
  /// @param to the timeline to end on: `from`, or one that descends from it
  /// @throws StorageException naming what is missing, if the archive has a gap before its end
  public void read(String from, String to, long afterSequence, WalConsumer consumer) {
    long position = afterSequence;
    for (Leg leg : way(from, to)) {
      if (position > leg.upToSequence()) {
        throw new StorageException(
            "restore",
            root.toString(),
            "timeline "
                + to
                + " left "
                + leg.timeline().name()
                + " at sequence number "
                + leg.upToSequence()
                + ", before the backup's "
                + position
                + ": take an earlier backup");
      }
      if (position < leg.upToSequence()) {
        position = readLeg(leg, position, consumer);
      }
      if (!consumer.wantsMore()) {
        return;
      }
      if (position < leg.upToSequence() && leg.upToSequence() != Long.MAX_VALUE) {
        throw missing(leg.timeline().name(), position + 1, leg.upToSequence());
      }
    }
  }

  /// Whether a moment of a timeline lies on the way to another timeline.
  public boolean leadsTo(String from, long sequence, String to) {
    try {
      return sequence <= way(from, to).getFirst().upToSequence();
    } catch (StorageException noWay) {
      return false;
    }
  }

  /// A timeline, and how much of it counts.
  private record Leg(Timeline timeline, long upToSequence) {}

  private Deque<Leg> way(String from, String to) {
    Deque<Leg> way = new ArrayDeque<>();
    Set<String> seen = new HashSet<>();
    String at = to;
    long upTo = Long.MAX_VALUE;
    while (true) {
      if (at == null || !seen.add(at)) {
        throw new StorageException(
            "restore", root.toString(), "timeline " + to + " does not descend from " + from);
      }
      if (!files.exists(root.resolve(at).resolve(TIMELINE_FILE))) {
        throw new StorageException(
            "restore", root.toString(), "the archive does not have timeline " + at);
      }
      Timeline timeline = timeline(at);
      way.addFirst(new Leg(timeline, upTo));
      if (at.equals(from)) {
        return way;
      }
      upTo = timeline.identity().parentSequence();
      at = timeline.identity().parentTimeline();
    }
  }

  private long readLeg(Leg leg, long afterSequence, WalConsumer consumer) {
    Path folder = root.resolve(leg.timeline().name());
    Bounded bounded = new Bounded(leg.upToSequence(), afterSequence, consumer);
    for (ArchivedPiece piece : leg.timeline().pieces()) {
      if (!bounded.wantsMore()) {
        break;
      }
      if (piece.lastSequence() <= bounded.position) {
        continue;
      }
      if (piece.firstSequence() > bounded.position + 1) {
        throw missing(leg.timeline().name(), bounded.position + 1, piece.firstSequence() - 1);
      }
      piece.read(files, folder, bounded);
    }
    return bounded.position;
  }

  private StorageException missing(String timeline, long first, long last) {
    return new StorageException(
        "restore",
        root.resolve(timeline).toString(),
        "the archive has a gap: the piece with sequence numbers "
            + first
            + " to "
            + last
            + " is missing. Restore to a point before it, or from a later backup");
  }

  /// Drops the pieces that no restore from a sequence number on can need.
  ///
  /// @return how many
  public int trim(String timeline, long keptFrom) {
    Path folder = root.resolve(timeline);
    int dropped = 0;
    if (files.exists(folder)) {
      for (ArchivedPiece piece : ArchivedPiece.list(files, folder)) {
        if (piece.lastSequence() <= keptFrom) {
          files.delete(folder.resolve(piece.name()));
          dropped++;
        }
      }
      files.syncDirectory(folder);
    }
    return dropped;
  }

  /// Reads every piece of a timeline and says what is damaged or missing.
  public List<String> verify(Timeline timeline) {
    List<String> findings = new ArrayList<>();
    Path folder = root.resolve(timeline.name());
    @Nullable ArchivedPiece before = null;
    for (ArchivedPiece piece : timeline.pieces()) {
      if (before != null && piece.firstSequence() > before.lastSequence() + 1) {
        findings.add(
            "timeline "
                + timeline.name()
                + " lacks sequence numbers "
                + (before.lastSequence() + 1)
                + " to "
                + (piece.firstSequence() - 1));
      }
      before = piece;
      try {
        piece.read(files, folder, (_, _, _) -> {});
      } catch (io.varve.engine.error.EngineException e) {
        findings.add(String.valueOf(e.getMessage()));
      }
    }
    return findings;
  }

  /// Passes on each batch once, whole pieces or not, up to where a timeline was left.
  private static final class Bounded implements WalConsumer {

    private final long upTo;
    private final WalConsumer to;
    private long position;
    private boolean beyond;

    Bounded(long upTo, long position, WalConsumer to) {
      this.upTo = upTo;
      this.position = position;
      this.to = to;
    }

    @Override
    public boolean wantsMore() {
      return !beyond && position < upTo && to.wantsMore();
    }

    @Override
    public void time(long millis) {
      to.time(millis);
    }

    @Override
    public void batch(long segment, long lastSequence, Slice batch) {
      if (lastSequence <= position) {
        return;
      }
      if (lastSequence > upTo) {
        beyond = true;
        return;
      }
      to.batch(segment, lastSequence, batch);
      position = lastSequence;
    }
  }
}
