package io.varve.server.keyspace;

/// Up to what size a list counts as small. Changed while the server runs, read by every thread that
/// executes.
public final class ListLimits {

  /// Bytes of a listpack by the negative values of `list-max-listpack-size`.
  private static final int[] LEVELS = {4096, 8192, 16_384, 32_768, 65_536};

  /// A listpack that is bounded by its number of elements is bounded by this many bytes, too.
  private static final int SAFETY_BYTES = 8192;

  /// Elements of up to so many bytes lie in the header. More would make pushing to a middling queue
  /// cost as much log as the queue has bytes; fewer would spread lists that one read could bring.
  private static final int INLINE_BYTES_DEFAULT = 1024;

  private static final int LISTPACK_SIZE_DEFAULT = -2;

  private volatile int listpackSize = LISTPACK_SIZE_DEFAULT;
  private volatile int inlineBytesMax = INLINE_BYTES_DEFAULT;

  ListLimits() {}

  /// @param size `list-max-listpack-size`: a number of elements, or -1 to -5 for 4 to 64 KiB
  public void listpackSize(int size) {
    listpackSize = size;
  }

  /// How many bytes of elements, with their lengths, lie in a header at most. Lists that are spread
  /// already stay so.
  public void inlineBytesMax(int bytes) {
    inlineBytesMax = bytes;
  }

  public int inlineBytesMax() {
    return inlineBytesMax;
  }

  /// Whether Redis would keep so much in more than one listpack.
  public boolean isBeyondListpack(long bytes, long count) {
    int size = listpackSize;
    if (size < 0) {
      return bytes > levelBytes(size);
    }
    return bytes > SAFETY_BYTES || count > Math.max(1, size);
  }

  /// Whether a list that has been larger is so small again that Redis would keep it in one listpack:
  /// half of what is allowed to one that grows.
  public boolean isListpackAgain(long bytes, long count) {
    int size = listpackSize;
    return size < 0 ? bytes <= levelBytes(size) / 2 : count <= Math.max(1, size) / 2;
  }

  private static int levelBytes(int size) {
    return LEVELS[(int) Math.min(LEVELS.length, -(long) size) - 1];
  }
}
