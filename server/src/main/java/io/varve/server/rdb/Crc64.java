package io.varve.server.rdb;

import io.varve.engine.bytes.Layouts;
import java.lang.foreign.MemorySegment;

/// CRC-64 with the polynomial of David T. Jones, bits reversed, as Redis ends its payloads with.
///
/// Eight bytes at a time by eight tables ("slicing by 8", Kounavis and Berry, 2005): a payload may have
/// hundreds of megabytes, and the command loop waits. Stateless.
public final class Crc64 {

  private static final long POLYNOMIAL = 0x95AC9329AC4BC9B5L;

  /// `TABLES[n][b]` is what byte `b` does to the sum if `n` bytes follow it.
  private static final long[][] TABLES = new long[8][256];

  static {
    for (int i = 0; i < 256; i++) {
      long crc = i;
      for (int bit = 0; bit < 8; bit++) {
        crc = (crc & 1) != 0 ? (crc >>> 1) ^ POLYNOMIAL : crc >>> 1;
      }
      TABLES[0][i] = crc;
    }
    for (int n = 1; n < 8; n++) {
      for (int i = 0; i < 256; i++) {
        long before = TABLES[n - 1][i];
        TABLES[n][i] = TABLES[0][(int) before & 0xff] ^ (before >>> 8);
      }
    }
  }

  private Crc64() {}

  /// @param offset of the first byte
  /// @param length bytes
  public static long of(MemorySegment bytes, long offset, long length) {
    long crc = 0;
    long at = offset;
    long end = offset + length;
    while (at + 8 <= end) {
      long x = crc ^ bytes.get(Layouts.LONG_LE, at);
      crc =
          TABLES[7][(int) x & 0xff]
              ^ TABLES[6][(int) (x >>> 8) & 0xff]
              ^ TABLES[5][(int) (x >>> 16) & 0xff]
              ^ TABLES[4][(int) (x >>> 24) & 0xff]
              ^ TABLES[3][(int) (x >>> 32) & 0xff]
              ^ TABLES[2][(int) (x >>> 40) & 0xff]
              ^ TABLES[1][(int) (x >>> 48) & 0xff]
              ^ TABLES[0][(int) (x >>> 56)];
      at += 8;
    }
    while (at < end) {
      crc = TABLES[0][(int) (crc ^ bytes.get(Layouts.BYTE, at)) & 0xff] ^ (crc >>> 8);
      at++;
    }
    return crc;
  }
}
