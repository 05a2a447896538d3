package io.varve.server.types;

import io.varve.engine.bytes.ByteCursor;
import io.varve.engine.bytes.GrowableBuffer;
import io.varve.engine.bytes.Layouts;
import io.varve.engine.bytes.Slice;
import java.util.Arrays;

/// A set of whole numbers as it lies in its header: all as wide as the widest needs, in ascending order.
///
/// Reads the payload where it lies; [Numbers] is a copy that changes.
final class Intset {

  private final Slice payload;
  private final int width;

  Intset(Slice payload) {
    this.payload = payload;
    this.width = new ByteCursor(payload).readByte();
    if ((width != 2 && width != 4 && width != 8) || (payload.length() - 1) % width != 0) {
      throw new ByteCursor.MalformedException(
          "an intset of " + payload.length() + " bytes with numbers of " + width);
    }
  }

  int size() {
    return (payload.length() - 1) / width;
  }

  long get(int index) {
    assert index >= 0 && index < size();
    long at = payload.offset() + 1 + (long) index * width;
    return switch (width) {
      case 2 -> payload.segment().get(Layouts.SHORT_LE, at);
      case 4 -> payload.segment().get(Layouts.INT_LE, at);
      default -> payload.segment().get(Layouts.LONG_LE, at);
    };
  }

  boolean contains(long number) {
    int low = 0;
    int high = size() - 1;
    while (low <= high) {
      int middle = (low + high) >>> 1;
      long found = get(middle);
      if (found == number) {
        return true;
      }
      if (found < number) {
        low = middle + 1;
      } else {
        high = middle - 1;
      }
    }
    return false;
  }

  /// The numbers of an intset that is being changed.
  static final class Numbers {
    private long[] numbers;
    private int size;

    private Numbers(long[] numbers, int size) {
      this.numbers = numbers;
      this.size = size;
    }

    static Numbers empty() {
      return new Numbers(new long[8], 0);
    }

    static Numbers of(Slice payload) {
      Intset stored = new Intset(payload);
      int size = stored.size();
      long[] numbers = new long[size + 8];
      for (int i = 0; i < size; i++) {
        numbers[i] = stored.get(i);
      }
      return new Numbers(numbers, size);
    }

    int size() {
      return size;
    }

    long get(int index) {
      return numbers[index];
    }

    boolean contains(long number) {
      return Arrays.binarySearch(numbers, 0, size, number) >= 0;
    }

    boolean add(long number) {
      int at = Arrays.binarySearch(numbers, 0, size, number);
      if (at >= 0) {
        return false;
      }
      if (size == numbers.length) {
        numbers = Arrays.copyOf(numbers, size * 2);
      }
      int place = -at - 1;
      System.arraycopy(numbers, place, numbers, place + 1, size - place);
      numbers[place] = number;
      size++;
      return true;
    }

    boolean remove(long number) {
      int at = Arrays.binarySearch(numbers, 0, size, number);
      if (at < 0) {
        return false;
      }
      System.arraycopy(numbers, at + 1, numbers, at, size - at - 1);
      size--;
      return true;
    }

    /// Bytes of the payload.
    long byteSize() {
      return 1 + (long) size * width();
    }

    /// Writes the payload of a header.
    void encode(GrowableBuffer into) {
      int width = width();
      into.putByte(width);
      for (int i = 0; i < size; i++) {
        long number = numbers[i];
        if (width == 2) {
          into.putByte((int) number);
          into.putByte((int) (number >> 8));
        } else if (width == 4) {
          into.putInt((int) number);
        } else {
          into.putLong(number);
        }
      }
    }

    private int width() {
      if (size == 0) {
        return 2;
      }
      long low = numbers[0];
      long high = numbers[size - 1];
      if (low >= Short.MIN_VALUE && high <= Short.MAX_VALUE) {
        return 2;
      }
      return low >= Integer.MIN_VALUE && high <= Integer.MAX_VALUE ? 4 : 8;
    }
  }
}
