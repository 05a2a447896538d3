package io.varve.engine.wal;

import io.varve.engine.error.CorruptionException;
import io.varve.engine.file.FileNames;
import io.varve.engine.file.FileSystem;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A file of a log archive; `docs/format/wal.md`.
///
/// ```
/// 000000000000001-000000000000950.wlog     batches with sequence numbers 1 to 950
/// ```
///
/// A segment like those of the log, bound to its first sequence number, ended with a mark. Its name
/// says what is in it, so that a list of names shows every gap.
///
/// @param firstSequence first sequence number
/// @param lastSequence last sequence number
public record ArchivedPiece(long firstSequence, long lastSequence) {

  private static final String SUFFIX = ".wlog";
  private static final int DIGITS = 15;

  public String name() {
    return digits(firstSequence) + "-" + digits(lastSequence) + SUFFIX;
  }

  private static String digits(long number) {
    String text = Long.toString(number);
    return "0".repeat(Math.max(0, DIGITS - text.length())) + text;
  }

  /// The pieces of a folder by their first sequence numbers; of two with the same, the longer first.
  public static List<ArchivedPiece> list(FileSystem files, Path folder) {
    List<ArchivedPiece> pieces = new ArrayList<>();
    for (String name : files.list(folder)) {
      ArchivedPiece piece = parse(name);
      if (piece != null) {
        pieces.add(piece);
      }
    }
    pieces.sort(
        Comparator.comparingLong(ArchivedPiece::firstSequence)
            .thenComparing(Comparator.comparingLong(ArchivedPiece::lastSequence).reversed()));
    return pieces;
  }

  /// Last sequence number of all pieces, -1 if there are none.
  public static long lastOf(List<ArchivedPiece> pieces) {
    long last = -1;
    for (ArchivedPiece piece : pieces) {
      last = Math.max(last, piece.lastSequence);
    }
    return last;
  }

  static @Nullable ArchivedPiece parse(String name) {
    int dash = name.indexOf('-');
    if (!name.endsWith(SUFFIX) || dash < DIGITS) {
      return null;
    }
    long first = number(name.substring(0, dash));
    long last = number(name.substring(dash + 1, name.length() - SUFFIX.length()));
    return first > 0 && last >= first ? new ArchivedPiece(first, last) : null;
  }

  private static long number(String digits) {
    try {
      return digits.length() < DIGITS ? -1 : Long.parseLong(digits);
    } catch (NumberFormatException notOurs) {
      return -1;
    }
  }

  /// Hands the batches of this piece to a consumer.
  ///
  /// @throws CorruptionException if it does not hold what its name says
  public void read(FileSystem files, Path folder, WalConsumer consumer) {
    Path path = folder.resolve(name());
    SegmentSource source = SegmentSource.whole(files, path, firstSequence);
    WalReplay replay = WalReader.read(List.of(source), 0, firstSequence - 1, consumer);
    if (consumer.wantsMore() && replay.lastSequence() != lastSequence) {
      throw new CorruptionException(
          FileNames.nameOf(path),
          0,
          "expected batches up to sequence number "
              + lastSequence
              + ", they end at "
              + replay.lastSequence());
    }
  }
}
