package io.varve.engine.wal;

import io.varve.engine.error.EngineException;
import io.varve.engine.error.StorageException;
import io.varve.engine.file.FileNames;
import io.varve.engine.file.FileSystem;
import io.varve.engine.file.WritableFile;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The segment files: prepares them ahead of time, hands them to the writer in the order of their
/// numbers, and recycles or deletes what is released.
///
/// A sync into blocks that were written before takes a fraction of one into fresh space, so a segment
/// is full of zeros, or of the records of its last life, and its name is durable before the writer
/// gets it. One thread of this class does that; the writer takes what is ready and makes a bare
/// segment itself if nothing is.
///
/// Numbers are never used twice in the life of one store's log, and files of an earlier process are
/// deleted and not recycled: so a fragment bound to (number, offset) can never be one of another life.
///
/// Failing to prepare is not fatal (the disk may be full): it is tried again, and meanwhile the writer
/// is refused only when it needs space that it cannot get. A failed sync of the directory is fatal.
///
/// Longer than other files: the life of a segment from preparation over archiving to its next life is one
/// state under one lock.
final class WalSegments implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(WalSegments.class);

  /// Preparation syncs after so many bytes, to leave gaps for the syncs of the log.
  private static final long PREPARE_STEP_BYTES = 4 << 20;

  /// A released file.
  private record Retired(Path path, long capacity) {}

  private final FileSystem fileSystem;
  private final Path directory;
  private final WalOptions options;
  private final LongSupplier completedSequence;
  private final Consumer<EngineException> poison;
  private final WalCounters counters;
  private final Thread thread;

  /// Bytes of inherited segments, if there is an archive.
  private final Map<Long, Long> inheritedBytes = new HashMap<>();

  /// Number of the first segment of this process.
  private final long firstOwnNumber;

  /// Highest sequence number that inherited segments may hold.
  private final long openSequence;

  // Guarded by this.
  private final ArrayDeque<WalSegment> ready = new ArrayDeque<>();
  private final ArrayDeque<WalSegment> live = new ArrayDeque<>();
  private final ArrayDeque<Retired> reusable = new ArrayDeque<>();
  private final ArrayDeque<Path> doomed = new ArrayDeque<>();
  private final List<Long> inherited;
  private long nextNumber;
  private long takenNumber = -1;
  private long releaseFloor;
  private boolean retryLater;
  private boolean closing;
  private int holds;

  /// Last sequence number in the archive. Unused without one.
  private long archivedSequence;

  /// Whether inherited segments were given up for the archive.
  private boolean inheritedGivenUp;

  /// Preparation thread only.
  private boolean poisoned;

  /// @param firstNumber number of the first segment
  /// @param inherited numbers of segments that an earlier process left
  /// @param completedSequence how far groups are written; a segment is not touched before
  /// @param poison told of a failure after which nothing may be acknowledged
  WalSegments(
      FileSystem fileSystem,
      Path directory,
      WalOptions options,
      long firstNumber,
      List<Long> inherited,
      LongSupplier completedSequence,
      Consumer<EngineException> poison,
      WalCounters counters) {
    this.fileSystem = fileSystem;
    this.directory = directory;
    this.options = options;
    this.nextNumber = firstNumber;
    this.firstOwnNumber = firstNumber;
    this.inherited = new ArrayList<>(inherited);
    this.completedSequence = completedSequence;
    this.poison = poison;
    this.counters = counters;
    this.openSequence = completedSequence.getAsLong();
    if (options.archive() != null) {
      this.archivedSequence = options.archive().archivedSequence();
      for (long number : inherited) {
        inheritedBytes.put(number, fileSystem.size(FileNames.wal(directory, number)));
      }
    }
    this.thread = new Thread(this::run, "varve-wal-prepare");
    thread.setDaemon(true);
  }

  void start() {
    thread.start();
  }

  /// The next prepared segment, or null if none is ready.
  synchronized @Nullable WalSegment poll() {
    WalSegment segment = ready.poll();
    if (segment != null) {
      takenNumber = segment.number();
      live.add(segment);
      notifyAll();
    }
    return segment;
  }

  /// Settles the number of the next segment, to be opened with [#open(long)].
  synchronized long takeNumber() {
    WalSegment next = ready.peek();
    takenNumber = next == null ? nextNumber++ : next.number();
    notifyAll();
    return takenNumber;
  }

  /// The segment of a taken number: a prepared one, or else a bare one without space and without a
  /// durable name.
  WalSegment open(long number) {
    synchronized (this) {
      WalSegment next = ready.peek();
      if (next != null && next.number() == number) {
        ready.remove();
        live.add(next);
        notifyAll();
        return next;
      }
    }
    Path path = FileNames.wal(directory, number);
    WritableFile file = fileSystem.create(path);
    WalSegment segment = new WalSegment(number, fileSystem, path, file, 0, true);
    synchronized (this) {
      live.add(segment);
    }
    return segment;
  }

  /// Lets go of all segments below a number, now or once their last group is written.
  synchronized void releaseBelow(long number) {
    if (number > releaseFloor) {
      releaseFloor = number;
      notifyAll();
    }
  }

  /// Keeps all segments that are there, until the hold is closed.
  synchronized LogHold hold() {
    holds++;
    return new Hold();
  }

  /// What is written by now, from a segment on. Under a hold.
  private synchronized List<SegmentSource> written(long oldestSegment) {
    List<SegmentSource> sources = new ArrayList<>();
    for (long number : inherited) {
      if (number >= oldestSegment) {
        Path path = FileNames.wal(directory, number);
        sources.add(SegmentSource.whole(fileSystem, path, number));
      }
    }
    sources.sort(Comparator.comparingLong(SegmentSource::number));
    for (WalSegment segment : live) {
      long bytes = segment.writtenOffset();
      if (segment.number() >= oldestSegment && bytes > 0) {
        sources.add(new SegmentSource(fileSystem, segment.path(), segment.number(), bytes));
      }
    }
    return sources;
  }

  // --- For the archive.

  /// Waits until a segment has been left with something in it that the archive lacks.
  ///
  /// @param millis the longest wait; 0 for no limit
  /// @return false when closing
  synchronized boolean awaitArchiveWork(long millis) {
    Threads.await(this, () -> closing || hasUnarchivedSegment(), millis);
    return !closing;
  }

  /// Waits before another try.
  ///
  /// @return false when closing
  synchronized boolean awaitArchiveRetry(long millis) {
    Threads.await(this, () -> closing, millis);
    return !closing;
  }

  private boolean hasUnarchivedSegment() {
    if (!inherited.isEmpty() && archivedSequence < openSequence && !inheritedGivenUp) {
      return true;
    }
    WalSegment oldest = findUnarchived();
    return oldest != null && oldest.number() < takenNumber;
  }

  private @Nullable WalSegment findUnarchived() {
    for (WalSegment segment : live) {
      if (segment.lastSequence() > archivedSequence) {
        return segment;
      }
    }
    return null;
  }

  /// Notes how far the archive is.
  synchronized void archived(long sequence) {
    archivedSequence = sequence;
    notifyAll();
  }

  /// Hands what the archive may lack to a consumer. Under a hold. What the log misses shows as a
  /// segment that begins behind the end of the one before.
  void readForArchive(LogHold hold, long upToSequence, WalConsumer consumer) {
    long oldest;
    synchronized (this) {
      oldest = archivedSequence < openSequence && !inheritedGivenUp ? 0 : firstOwnNumber;
    }
    hold.read(oldest, Long.MAX_VALUE, upToSequence, consumer);
  }

  /// Bytes of segments that are kept for nothing but the archive.
  synchronized long archiveBacklogBytes() {
    if (options.archive() == null) {
      return 0;
    }
    long bytes = 0;
    List<Long> owed = openSequence > archivedSequence ? inherited : List.of();
    for (long number : owed) {
      bytes += number < releaseFloor ? inheritedBytes.getOrDefault(number, 0L) : 0;
    }
    for (WalSegment segment : live) {
      boolean kept = segment.number() < releaseFloor && segment.lastSequence() > archivedSequence;
      bytes += kept ? segment.writtenOffset() : 0;
    }
    return bytes;
  }

  /// Whether a segment may go as far as the archive is concerned: it has it, or has had its chance.
  private boolean isSpared(long lastOfSegment) {
    WalArchiveOptions archive = options.archive();
    return archive == null
        || lastOfSegment <= archivedSequence
        || archiveBacklogBytes() > archive.backlogBytesMax();
  }

  /// Bytes of space in segments that hold records.
  synchronized long liveBytes() {
    long bytes = 0;
    for (WalSegment segment : live) {
      bytes += segment.writtenOffset();
    }
    return bytes;
  }

  /// Ends the thread; nothing is prepared or released from here on.
  void stop() {
    synchronized (this) {
      closing = true;
      notifyAll();
    }
    Threads.join(thread);
  }

  /// Closes all files and deletes those that hold nothing of worth. After [#stop()].
  @Override
  public void close() {
    for (WalSegment segment : ready) {
      segment.close();
      doomed.add(segment.path());
    }
    for (Retired retired : reusable) {
      doomed.add(retired.path());
    }
    for (WalSegment segment : live) {
      segment.close();
      if (segment.lastSequence() < 0) {
        doomed.add(segment.path());
      }
    }
    for (Path path : doomed) {
      try {
        fileSystem.delete(path);
      } catch (StorageException e) {
        LOG.warn("WAL file {} could not be deleted and stays: {}", path, e.getMessage());
      }
    }
  }

  private void run() {
    while (awaitWork()) {
      try {
        retireReleased();
        deleteDoomed();
        if (wantsSegment()) {
          prepare();
        }
        retryLater = false;
      } catch (EngineException e) {
        if (poisoned) {
          return;
        }
        synchronized (this) {
          if (!retryLater) {
            LOG.warn(
                "no WAL segment could be prepared, tried again every {} ms: {}",
                options.retryMillis(),
                e.getMessage());
          }
          retryLater = true;
        }
      } catch (RuntimeException | Error e) {
        poison.accept(new StorageException("preparation", directory.toString(), e));
        return;
      }
    }
  }

  /// Waits until there is something to do.
  ///
  /// @return false when closing
  private synchronized boolean awaitWork() {
    if (retryLater) {
      Threads.await(this, () -> closing, options.retryMillis());
    }
    while (!closing && !hasWork()) {
      // A release may wait for groups that are still to be written, and nobody tells when they are.
      long millis = hasReleased() ? options.retryMillis() : 0;
      Threads.await(this, () -> closing || hasWork(), millis);
    }
    return !closing;
  }

  private boolean hasWork() {
    return !doomed.isEmpty() || ready.size() < options.spareSegments() || isReleasable();
  }

  private synchronized boolean wantsSegment() {
    return !closing && ready.size() < options.spareSegments();
  }

  private boolean hasReleased() {
    WalSegment oldest = live.peek();
    return oldest != null && oldest.number() < releaseFloor;
  }

  private boolean isReleasable() {
    if (holds > 0) {
      return false;
    }
    WalSegment oldest = live.peek();
    if (oldest != null
        && oldest.number() < releaseFloor
        && oldest.number() < takenNumber
        && oldest.lastSequence() <= completedSequence.getAsLong()
        && isSpared(oldest.lastSequence())) {
      return true;
    }
    return hasReleasableInherited();
  }

  private boolean hasReleasableInherited() {
    for (long number : inherited) {
      if (number < releaseFloor) {
        return isSpared(openSequence);
      }
    }
    return false;
  }

  /// Moves released segments to where they are reused or deleted.
  private void retireReleased() {
    List<WalSegment> released = new ArrayList<>();
    synchronized (this) {
      if (holds == 0 && hasReleasableInherited()) {
        releaseInherited();
      }
      while (isReleasable()) {
        WalSegment oldest = live.peek();
        if (oldest == null) {
          break;
        }
        noteGivenUp(oldest.name(), oldest.lastSequence());
        live.remove();
        released.add(oldest);
      }
    }
    for (WalSegment segment : released) {
      segment.close();
      synchronized (this) {
        // One that grew for a huge batch would hold its space for ever.
        if (reusable.size() < options.reusableSegmentsMax()
            && segment.capacity() >= options.segmentBytes()
            && segment.capacity() <= 2 * options.segmentBytes()) {
          reusable.add(new Retired(segment.path(), segment.capacity()));
        } else {
          doomed.add(segment.path());
        }
      }
    }
  }

  private void releaseInherited() {
    if (options.archive() != null && openSequence > archivedSequence) {
      inheritedGivenUp = true;
      noteGivenUp("what an earlier process left", openSequence);
    }
    Iterator<Long> numbers = inherited.iterator();
    while (numbers.hasNext()) {
      long number = numbers.next();
      if (number < releaseFloor) {
        numbers.remove();
        doomed.add(FileNames.wal(directory, number));
      }
    }
  }

  private void noteGivenUp(String what, long lastOfSegment) {
    WalArchiveOptions archive = options.archive();
    if (archive != null && lastOfSegment > archivedSequence) {
      counters.countArchiveGivenUp();
      LOG.error(
          "{} goes unarchived: the archive {} is behind by more than {} bytes. It has a gap from"
              + " sequence number {} on: take a backup as soon as it works again",
          what,
          archive.directory(),
          archive.backlogBytesMax(),
          archivedSequence + 1);
    }
  }

  private void deleteDoomed() {
    while (true) {
      Path path;
      synchronized (this) {
        path = doomed.peek();
      }
      if (path == null) {
        return;
      }
      if (fileSystem.exists(path)) {
        fileSystem.delete(path);
      }
      synchronized (this) {
        doomed.remove();
      }
    }
  }

  private void prepare() {
    Retired retired;
    synchronized (this) {
      retired = reusable.poll();
    }
    Path made;
    long capacity;
    if (retired != null) {
      made = retired.path();
      capacity = retired.capacity();
    } else {
      made = FileNames.temporary(directory.resolve("prepared.wal"));
      capacity = options.segmentBytes();
      fillWithZeros(made, capacity);
    }
    publish(made, capacity);
    counters.countPrepared();
    if (retired != null) {
      counters.countRecycled();
    }
  }

  private void fillWithZeros(Path path, long capacity) {
    if (fileSystem.exists(path)) {
      fileSystem.delete(path);
    }
    try (WritableFile file = fileSystem.create(path)) {
      for (long at = 0; at < capacity; at += PREPARE_STEP_BYTES) {
        WalSegment.writeZeros(file, at, Math.min(capacity, at + PREPARE_STEP_BYTES));
        file.sync();
      }
    }
  }

  /// Gives a prepared file its number and its durable name, and offers it to the writer.
  private void publish(Path made, long capacity) {
    Path at = made;
    while (true) {
      long number;
      synchronized (this) {
        number = nextNumber++;
      }
      Path path = FileNames.wal(directory, number);
      WalSegment segment;
      try {
        fileSystem.rename(at, path);
        at = path;
        syncDirectory();
        WritableFile file = fileSystem.openForOverwrite(path);
        segment = new WalSegment(number, fileSystem, path, file, capacity, false);
      } catch (StorageException e) {
        synchronized (this) {
          doomed.add(at);
        }
        throw e;
      }
      synchronized (this) {
        if (number > takenNumber) {
          ready.add(segment);
          return;
        }
      }
      // The writer needed a segment meanwhile and went past this number.
      segment.close();
    }
  }

  private void syncDirectory() {
    try {
      fileSystem.syncDirectory(directory);
    } catch (StorageException e) {
      poisoned = true;
      poison.accept(e);
      throw e;
    }
  }

  private final class Hold implements LogHold {

    private boolean released;

    @Override
    public void read(
        long oldestSegment, long flushedSequence, long upToSequence, WalConsumer consumer) {
      List<SegmentSource> sources = written(oldestSegment);
      var _ = WalReader.read(sources, 0, flushedSequence, new UpTo(upToSequence, consumer));
    }

    @Override
    public void close() {
      synchronized (WalSegments.this) {
        if (!released) {
          released = true;
          holds--;
          WalSegments.this.notifyAll();
        }
      }
    }
  }
}
