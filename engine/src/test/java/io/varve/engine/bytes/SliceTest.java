package io.varve.engine.bytes;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class SliceTest {

  @Test
  void ordersAsBytesDoWithoutSignAndThenByLength() {
    long seed = Long.getLong("varve.seed", System.nanoTime());
    System.out.println("seed " + seed);
    SplittableRandom random = new SplittableRandom(seed);
    for (int i = 0; i < 200_000; i++) {
      byte[] a = bytes(random, 100);
      byte[] b = similar(random, a);
      String both = Arrays.toString(a) + " and " + Arrays.toString(b);
      Slice left = inside(random, a);
      Slice right = inside(random, b);
      assertEquals(
          Integer.signum(Arrays.compareUnsigned(a, b)),
          Integer.signum(left.compareTo(right)),
          both);
      assertEquals(Arrays.equals(a, b), left.contentEquals(right), both);
      boolean begins = a.length >= b.length && Arrays.equals(a, 0, b.length, b, 0, b.length);
      assertEquals(begins, left.startsWith(right), both);
    }
  }

  private static byte[] bytes(SplittableRandom random, int lengthBound) {
    byte[] bytes = new byte[random.nextInt(lengthBound)];
    random.nextBytes(bytes);
    return bytes;
  }

  /// The same, shorter, longer, or with a byte changed: what neighbours in a store are like.
  private static byte[] similar(SplittableRandom random, byte[] of) {
    byte[] bytes = Arrays.copyOf(of, random.nextInt(3) == 0 ? random.nextInt(100) : of.length);
    if (bytes.length > 0 && random.nextBoolean()) {
      bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
    }
    return bytes;
  }

  /// The bytes amid others, which must not count.
  private static Slice inside(SplittableRandom random, byte[] bytes) {
    byte[] around = new byte[bytes.length + 16];
    random.nextBytes(around);
    int from = random.nextInt(17);
    System.arraycopy(bytes, 0, around, from, bytes.length);
    Slice all = Slice.of(around);
    return new Slice(all.segment(), all.offset() + from, bytes.length);
  }
}
