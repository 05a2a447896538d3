package io.varve.engine.wal;

import io.varve.engine.bytes.Slice;
import io.varve.engine.file.FileSystem;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/// Bytes to log that can be told from all others: batch n of a seed is always the same.
final class Batches {

  static final Path DIRECTORY = Path.of("/db");

  /// A batch as replay gave it.
  record Replayed(long sequence, byte[] bytes) {}

  private Batches() {}

  static byte[] batch(long sequence, int sizeMax) {
    Random random = new Random(sequence * 31 + sizeMax);
    byte[] bytes = new byte[random.nextInt(sizeMax) + 1];
    random.nextBytes(bytes);
    return bytes;
  }

  /// Appends batch `sequence`, as a batch of one sequence number.
  static void append(Log log, long sequence, int sizeMax) {
    log.append(Slice.of(batch(sequence, sizeMax)), sequence);
  }

  static List<Replayed> replayAll(FileSystem files) {
    List<Replayed> found = new ArrayList<>();
    replay(files, 0, 0, found);
    return found;
  }

  static WalReplay replay(
      FileSystem files, long oldestSegment, long flushedSequence, List<Replayed> into) {
    return WalReader.replay(
        files,
        DIRECTORY,
        oldestSegment,
        flushedSequence,
        (_, sequence, batch) -> into.add(new Replayed(sequence, batch.toByteArray())));
  }

  /// Holds that `found` is batch after batch from `first` on, each as it was written.
  static void assertUnbroken(List<Replayed> found, long first, int sizeMax, String at) {
    long expected = first;
    for (Replayed replayed : found) {
      if (replayed.sequence() != expected) {
        throw new AssertionError(
            at + ": expected sequence " + expected + ", found " + replayed.sequence());
      }
      if (!java.util.Arrays.equals(replayed.bytes(), batch(expected, sizeMax))) {
        throw new AssertionError(at + ": wrong bytes at sequence " + expected);
      }
      expected++;
    }
  }
}
