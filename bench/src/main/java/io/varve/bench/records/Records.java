package io.varve.bench.records;

import java.util.Arrays;
import java.util.SplittableRandom;

/// The keys and values of a run. Both follow from a number, so that what is read can be checked
/// without being remembered. Immutable; any thread.
///
/// Values are text of 64 different signs, which compresses by a quarter: neither the best nor the
/// worst case.
public final class Records {

  /// Squared it still is a long.
  public static final long KEYS_MAX = 1_000_000_000;

  public static final int VALUE_BYTES_MAX = 1 << 20;

  private static final String SIGNS =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+-";
  private static final int DIGITS = 12;
  private static final int POOL_BYTES = 64 << 10;

  private static final long STRIDE = 2_654_435_761L;

  private final long keys;
  private final int valueBytes;

  /// Has no divisor in common with the number of keys: multiples of it visit each of them once.
  private final long stride;

  private final byte[] pool;

  /// @param keys number of records
  /// @param valueBytes bytes of each value
  public Records(long keys, int valueBytes) {
    this.keys = keys;
    this.valueBytes = valueBytes;
    stride = coprime(keys);
    pool = new byte[POOL_BYTES + valueBytes];
    SplittableRandom random = new SplittableRandom(1);
    for (int i = 0; i < pool.length; i++) {
      pool[i] = (byte) SIGNS.charAt(random.nextInt(SIGNS.length()));
    }
  }

  private static long coprime(long keys) {
    long candidate = STRIDE;
    while (gcd(candidate, keys) != 1) {
      candidate += 2;
    }
    return candidate % keys;
  }

  private static long gcd(long a, long b) {
    while (b != 0) {
      long rest = a % b;
      a = b;
      b = rest;
    }
    return a;
  }

  /// One of the numbers below the number of keys; each once as `number` goes through all of them.
  public long scattered(long number) {
    return number % keys * stride % keys;
  }

  /// @param prefix tells the loads apart
  public static byte[] key(String prefix, long number) {
    byte[] key = new byte[prefix.length() + DIGITS];
    for (int i = 0; i < prefix.length(); i++) {
      key[i] = (byte) prefix.charAt(i);
    }
    long rest = number;
    for (int i = key.length - 1; i >= prefix.length(); i--) {
      key[i] = (byte) ('0' + rest % 10);
      rest /= 10;
    }
    return key;
  }

  public byte[] value(long number) {
    int at = at(number);
    return Arrays.copyOfRange(pool, at, at + valueBytes);
  }

  /// Takes some bytes of an array.
  @FunctionalInterface
  public interface Sink {
    void add(byte[] bytes, int from, int length);
  }

  /// Hands a value over without a copy.
  public void addValue(long number, Sink sink) {
    sink.add(pool, at(number), valueBytes);
  }

  public boolean isValue(long number, byte[] bytes) {
    int at = at(number);
    return Arrays.equals(pool, at, at + valueBytes, bytes, 0, bytes.length);
  }

  private static int at(long number) {
    return (int) ((number * STRIDE) >>> 20) & (POOL_BYTES - 1);
  }
}
