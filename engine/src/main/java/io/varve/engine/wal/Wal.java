package io.varve.engine.wal;

import io.varve.engine.bytes.GrowableBuffer;
import io.varve.engine.bytes.Slice;
import io.varve.engine.error.EngineException;
import io.varve.engine.error.StorageException;
import io.varve.engine.file.FileNames;
import io.varve.engine.file.FileNames.FileName;
import io.varve.engine.file.FileSystem;
import io.varve.engine.file.WritableFile;
import io.varve.engine.record.RecordFormat;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The log on the local disk.
///
/// The writer frames batches straight into the memory of the open group; a commit hands the group
/// over, with one write and, under `ALWAYS`, one sync. Who does these is decided per commit
/// ([CommitMode]); groups reach the disk one after the other whoever does it, so what is durable is
/// always a prefix of what was appended.
///
/// An append allocates nothing and waits for nothing, except where the prepared segments are used up:
/// then the writer takes the space for the batch itself, before it changes anything, so that a full
/// disk refuses a batch and never breaks a group.
///
/// Longer than other files: whatever the writer calls between two appends has to know the open group.
///
/// Group commit and its effect on throughput: DeWitt et al., "Implementation Techniques for Main
/// Memory Database Systems", SIGMOD 1984.
public final class Wal implements Log {

  private static final Logger LOG = LoggerFactory.getLogger(Wal.class);

  /// Memory that an open group may take; far above what the writer gathers between commits.
  private static final int GROUP_BYTES_MAX = Integer.MAX_VALUE - (64 << 20);

  /// Space is taken in steps of this many bytes when no segment stands prepared.
  private static final long EXTEND_BYTES = 1 << 20;

  private final WalOptions options;
  private final boolean syncsAlways;
  private final WalCounters counters = new WalCounters();
  private final WalCommitter committer;
  private final WalSyncer syncer;
  private final @Nullable WalBackgroundSync backgroundSync;
  private final WalSegments segments;
  private final @Nullable WalArchiver archiver;

  private final WalGroup evenGroup = new WalGroup();
  private final WalGroup oddGroup = new WalGroup();
  private final GrowableBuffer prefix = new GrowableBuffer(64);
  private final Slice prefixSlice = new Slice();

  // Writer only, from here on.
  private WalGroup group = evenGroup;

  /// Whether `group` lies in the syncer's slot, or has been taken from there.
  private boolean handedOver;

  private boolean prefersThread;

  /// The segment that appends go to; null if it is not opened yet.
  private @Nullable WalSegment current;

  /// The last segment that has records.
  private @Nullable WalSegment tail;

  /// Highest offset in `tail` that a mark says is synced. Unused under `ALWAYS`.
  private long markedOffset;

  /// Whether the clock is looked at before the next batch: once after each commit.
  private boolean timeDue = true;

  /// The last time in `tail`, -1 if it has none.
  private long tailMillis = -1;

  private volatile long currentNumber;
  private volatile long appendedSequence;
  private long framedBytes;
  private boolean closed;

  /// Opens the log for writing, after [WalReader] has read what is there.
  ///
  /// Syncs the segments that an earlier process left: what was replayed from them is a prefix that new
  /// acknowledgements build on. They stay until they are released and are deleted then.
  ///
  /// @param firstSegment number of the first segment to write, above all that exist
  /// @param lastSequence the last sequence number replayed, or otherwise durable
  /// @param listener told what is durable
  public static Wal open(
      FileSystem fileSystem,
      Path directory,
      WalOptions options,
      long firstSegment,
      long lastSequence,
      DurabilityListener listener) {
    return open(
        fileSystem, directory, options, firstSegment, lastSequence, listener, System::nanoTime);
  }

  static Wal open(
      FileSystem fileSystem,
      Path directory,
      WalOptions options,
      long firstSegment,
      long lastSequence,
      DurabilityListener listener,
      LongSupplier nanoClock) {
    List<Long> inherited = syncInherited(fileSystem, directory, firstSegment);
    return new Wal(
        fileSystem, directory, options, firstSegment, lastSequence, listener, nanoClock, inherited);
  }

  private Wal(
      FileSystem fileSystem,
      Path directory,
      WalOptions options,
      long firstSegment,
      long lastSequence,
      DurabilityListener listener,
      LongSupplier nanoClock,
      List<Long> inherited) {
    this.options = options;
    this.syncsAlways = options.syncPolicy() == SyncPolicy.ALWAYS;
    this.committer =
        new WalCommitter(options.syncPolicy(), listener, counters, nanoClock, lastSequence);
    this.syncer = new WalSyncer(committer, counters);
    this.backgroundSync =
        options.syncPolicy() == SyncPolicy.EVERY_SECOND
            ? new WalBackgroundSync(committer, options.syncIntervalMillis())
            : null;
    this.segments =
        new WalSegments(
            fileSystem,
            directory,
            options,
            firstSegment,
            inherited,
            committer::durableSequence,
            committer::poison,
            counters);
    this.appendedSequence = lastSequence;
    this.currentNumber = segments.takeNumber();
    this.current = openFirst();
    segments.start();
    this.archiver =
        options.archive() == null
            ? null
            : new WalArchiver(
                fileSystem, options.archive(), segments, this::syncForArchive, counters);
    if (archiver != null) {
      archiver.start();
    }
    if (backgroundSync != null) {
      backgroundSync.start();
    }
  }

  /// Makes the first segment. A full disk is no reason not to open: reads work, and writes are refused
  /// until there is room.
  private @Nullable WalSegment openFirst() {
    WalSegment first = null;
    try {
      first = segments.open(currentNumber);
      first.extend(options.firstSegmentBytes());
    } catch (StorageException e) {
      LOG.warn(
          "no space for WAL segment {}, writes wait for it: {}", currentNumber, e.getMessage());
    }
    if (first != null) {
      first.sync();
    }
    return first;
  }

  /// Makes what an earlier process wrote durable, and lists its segments.
  private static List<Long> syncInherited(
      FileSystem fileSystem, Path directory, long firstSegment) {
    List<Long> numbers = new ArrayList<>();
    for (String name : fileSystem.list(directory)) {
      FileName parsed = FileNames.parse(name);
      if (parsed == null || parsed.kind() != FileNames.Kind.WAL) {
        continue;
      }
      if (parsed.number() >= firstSegment) {
        throw new IllegalArgumentException(
            "segment " + name + " exists, the first new one cannot be " + firstSegment);
      }
      numbers.add(parsed.number());
      try (WritableFile file =
          fileSystem.openForOverwrite(FileNames.wal(directory, parsed.number()))) {
        file.sync();
      }
    }
    if (!numbers.isEmpty()) {
      fileSystem.syncDirectory(directory);
    }
    return numbers;
  }

  @Override
  public void append(Slice batch, long lastSequence) {
    requireHealthy("append");
    if (lastSequence <= appendedSequence) {
      throw new IllegalArgumentException(
          "sequence number " + lastSequence + " does not follow " + appendedSequence);
    }
    long bytesMax =
        RecordFormat.framedBytesMax((long) batch.length() + WalFormat.BATCH_PREFIX_BYTES_MAX)
            + RecordFormat.framedBytesMax(WalFormat.HEADER_BYTES)
            + RecordFormat.framedBytesMax(WalFormat.TIME_BYTES);
    // Room first: a refusal must not take a committed group back from the syncer.
    WalSegment segment = segmentWithRoom(bytesMax);
    WalGroup open = openGroup(bytesMax);
    int sizeBefore = open.byteSize();
    if (!open.endsIn(segment)) {
      startPiece(open, segment);
    }
    if (timeDue) {
      writeTime(open);
    }
    prefix.clear();
    prefix.putByte(WalFormat.BATCH);
    prefix.putVarint(lastSequence - appendedSequence);
    open.framer().append(prefix.slice(prefixSlice), batch);
    open.setLastSequence(lastSequence);
    segment.framed(open.framer().fileOffset(), lastSequence);
    appendedSequence = lastSequence;
    framedBytes += open.byteSize() - sizeBefore;
    counters.countAppend(batch.length());
  }

  @Override
  public void commit() {
    if (handedOver || group.isEmpty()) {
      return;
    }
    timeDue = true;
    requireHealthy("commit");
    handOrWrite();
  }

  @Override
  public void sync() {
    if (!syncsAlways) {
      committer.syncWritten();
    }
  }

  @Override
  public void roll() {
    if (current != null && !current.isEmpty()) {
      current = null;
      currentNumber = segments.takeNumber();
    }
  }

  @Override
  public long currentSegment() {
    return currentNumber;
  }

  @Override
  public void releaseUpTo(long segmentNumber) {
    segments.releaseBelow(segmentNumber);
  }

  @Override
  public LogHold hold() {
    return segments.hold();
  }

  @Override
  public long archiveBacklogBytes() {
    return segments.archiveBacklogBytes();
  }

  /// The last sequence number that a power cut cannot take: only so much may be archived, because the
  /// store might go on otherwise from there. Where nobody else syncs, this does.
  private long syncForArchive() {
    if (options.syncPolicy() == SyncPolicy.NEVER) {
      committer.syncWritten();
    }
    return committer.syncedSequence();
  }

  @Override
  public long durableSequence() {
    return committer.durableSequence();
  }

  /// Highest sequence number that a sync has covered, whatever the policy.
  public long syncedSequence() {
    return committer.syncedSequence();
  }

  /// Nanoseconds that the oldest write has waited for its sync, under the policies that acknowledge
  /// before it.
  @Override
  public long oldestUnsyncedNanos() {
    return committer.oldestUnsyncedNanos();
  }

  /// Highest sequence number appended, durable or not.
  public long appendedSequence() {
    return appendedSequence;
  }

  @Override
  public long pendingBytes() {
    return Math.max(0, framedBytes - counters.writtenBytes());
  }

  @Override
  public long liveBytes() {
    return segments.liveBytes();
  }

  @Override
  public @Nullable EngineException failure() {
    return committer.failure();
  }

  @Override
  public WalCounters counters() {
    return counters;
  }

  /// {@inheritDoc}
  ///
  /// @throws EngineException if the last group could not be written or synced
  @Override
  public void close() {
    if (closed) {
      return;
    }
    closed = true;
    boolean healthy = committer.failure() == null;
    if (healthy && !handedOver && !group.isEmpty()) {
      handOrWrite();
    }
    syncer.close();
    if (backgroundSync != null) {
      backgroundSync.close();
    }
    segments.stop();
    if (archiver != null) {
      archiver.stop();
    }
    if (!syncsAlways) {
      committer.syncWritten();
    }
    EngineException failure = committer.failure();
    if (failure == null) {
      markEnd();
    }
    if (archiver != null) {
      archiver.archiveRest();
    }
    segments.close();
    if (healthy && failure != null) {
      throw failure;
    }
  }

  /// The group to append to: the open one, one taken back from the syncer, or the other one.
  private WalGroup openGroup(long bytesMax) {
    if (handedOver) {
      handedOver = false;
      if (!syncer.takeBack(group)) {
        // The syncer took it, so it is done with the other one.
        group = group == evenGroup ? oddGroup : evenGroup;
      } else if (group.byteSize() + bytesMax > GROUP_BYTES_MAX) {
        handedOver = true;
        syncer.hand(group);
      }
    }
    if (handedOver || group.byteSize() + bytesMax > GROUP_BYTES_MAX) {
      throw new StorageException(
          "append", "the log", group.byteSize() + " bytes already wait for the disk");
    }
    return group;
  }

  private WalSegment segmentWithRoom(long bytesMax) {
    WalSegment segment = current;
    if (segment != null && segment.framedOffset() + bytesMax <= segment.capacity()) {
      return segment;
    }
    return makeRoom(bytesMax);
  }

  /// Goes to the next segment if one stands ready, else takes more space in this one.
  private WalSegment makeRoom(long bytesMax) {
    try {
      WalSegment segment = current;
      if (segment == null) {
        segment = segments.open(currentNumber);
        current = segment;
        if (segment.capacity() == 0) {
          counters.countUnprepared();
        }
      } else if (!segment.isEmpty()) {
        WalSegment next = segments.poll();
        if (next != null) {
          segment = next;
          current = next;
          currentNumber = next.number();
        }
      }
      long needed = segment.framedOffset() + bytesMax;
      if (needed > segment.capacity()) {
        long step = Math.min(EXTEND_BYTES, options.segmentBytes());
        segment.extend((needed + step - 1) / step * step);
      }
      return segment;
    } catch (StorageException e) {
      counters.countRefusal();
      throw e;
    }
  }

  /// Starts a run of records in a segment: with a header if it is new, else with a mark that says what
  /// is synced before it. Under `ALWAYS` that is everything, because this run will not be written
  /// before the sync of the one before has succeeded.
  private void startPiece(WalGroup open, WalSegment segment) {
    open.startPiece(segment);
    if (tail != segment) {
      tail = segment;
      markedOffset = 0;
    }
    if (segment.isEmpty()) {
      long synced = syncsAlways ? appendedSequence : committer.syncedSequence();
      prefix.clear();
      WalFormat.encodeHeader(
          new WalFormat.SegmentHeader(segment.number(), appendedSequence, synced), prefix);
      open.framer().append(prefix.slice(prefixSlice));
      timeDue = true;
      tailMillis = -1;
      return;
    }
    long synced = syncsAlways ? segment.framedOffset() : segment.syncedOffset();
    if (synced > markedOffset) {
      open.framer().mark(synced);
      markedOffset = synced;
    }
  }

  /// Says when the next batch is written, at most once in a millisecond; a clock that was set back
  /// says nothing until it has caught up.
  private void writeTime(WalGroup open) {
    timeDue = false;
    long now = options.clock().millis();
    if (now > tailMillis) {
      tailMillis = now;
      prefix.clear();
      WalFormat.encodeTime(now, prefix);
      open.framer().append(prefix.slice(prefixSlice));
    }
  }

  private void handOrWrite() {
    if (commitsInline()) {
      committer.write(group);
      group.clear();
    } else {
      handedOver = true;
      syncer.hand(group);
    }
  }

  /// Whether this commit is written here. The threshold has a gap, so that a mean near it does not
  /// change the mode at each commit.
  private boolean commitsInline() {
    return switch (options.commitMode()) {
      case INLINE -> true;
      case THREADED -> false;
      case AUTO -> {
        long mean = committer.meanGroupNanos();
        if (mean > options.inlineNanosMax()) {
          prefersThread = true;
        } else if (mean < options.inlineNanosMax() / 2) {
          prefersThread = false;
        }
        yield !prefersThread && syncer.isIdle();
      }
    };
  }

  /// Ends the log with a mark, so that a later reader knows that nothing before it may be missing.
  private void markEnd() {
    WalSegment last = tail;
    if (last == null || last.syncedOffset() == 0 || last.isClosed()) {
      return;
    }
    WalGroup end = group == evenGroup ? oddGroup : evenGroup;
    end.clear();
    end.startPiece(last);
    end.framer().mark(last.syncedOffset());
    try {
      end.write(0);
      last.sync();
    } catch (StorageException e) {
      LOG.warn("{} was closed without an end mark: {}", last.name(), e.getMessage());
    }
  }

  private void requireHealthy(String operation) {
    if (closed) {
      throw new IllegalStateException("the log is closed");
    }
    EngineException failure = committer.failure();
    if (failure != null) {
      throw new StorageException(operation, "the log", failure);
    }
  }
}
