package io.varve.engine.wal;

import io.varve.engine.record.RecordFramer;
import java.util.ArrayList;

/// What is written at once: framed records of one or, where a segment ended in between, more segments.
///
/// Two of these go back and forth between the writer, who fills one, and the syncer, who writes the
/// other; the hand-over in [WalSyncer] orders their accesses.
final class WalGroup {

  /// Memory that a group keeps between uses.
  private static final int KEEP_BYTES = 4 << 20;

  private static final int INITIAL_BYTES = 64 << 10;

  /// A run of bytes of one segment.
  private static final class Piece {
    WalSegment segment;
    long fileOffset;
    int bufferOffset;

    Piece(WalSegment segment) {
      this.segment = segment;
    }
  }

  private final RecordFramer framer = new RecordFramer(INITIAL_BYTES);

  /// The first `pieceCount` are in use; all are kept for reuse.
  private final ArrayList<Piece> pieces = new ArrayList<>();

  private int pieceCount;
  private long lastSequence;

  RecordFramer framer() {
    return framer;
  }

  /// Starts a run of bytes at the framed end of a segment.
  void startPiece(WalSegment segment) {
    if (pieceCount == pieces.size()) {
      pieces.add(new Piece(segment));
    }
    Piece piece = pieces.get(pieceCount++);
    piece.segment = segment;
    piece.fileOffset = segment.framedOffset();
    piece.bufferOffset = framer.size();
    framer.startAt(segment.number(), segment.framedOffset());
  }

  /// Whether the next framed byte belongs to this segment.
  boolean endsIn(WalSegment segment) {
    return pieceCount > 0 && pieces.get(pieceCount - 1).segment == segment;
  }

  boolean isEmpty() {
    return pieceCount == 0;
  }

  int byteSize() {
    return framer.size();
  }

  void setLastSequence(long sequence) {
    lastSequence = sequence;
  }

  long lastSequence() {
    return lastSequence;
  }

  int pieceCount() {
    return pieceCount;
  }

  WalSegment segment(int piece) {
    return pieces.get(piece).segment;
  }

  /// Writes one piece to its segment, with one write.
  ///
  /// @return bytes written
  int write(int index) {
    Piece piece = pieces.get(index);
    int end = index + 1 < pieceCount ? pieces.get(index + 1).bufferOffset : framer.size();
    int length = end - piece.bufferOffset;
    piece.segment.write(piece.fileOffset, framer.segment(), piece.bufferOffset, length);
    return length;
  }

  void clear() {
    pieceCount = 0;
    framer.clear(KEEP_BYTES);
  }
}
