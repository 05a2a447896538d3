package io.varve.server.script;

import io.varve.server.command.CommandException;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// The payload of FUNCTION DUMP, in the format of Redis' RDB files.
///
/// ```
/// payload  := { 245 string } version (2) checksum (8)
/// string   := length bytes | C3 compressed length, plain length, LZF bytes
/// length   := 00xxxxxx | 01xxxxxx xx | 80 (4, big-endian) | 81 (8, big-endian)
/// checksum := CRC-64/Jones of all before it; numbers of the end are little-endian
/// ```
final class FunctionDump {

  private static final int OPCODE_FUNCTION = 245;
  private static final int VERSION = 10;

  /// Greatest version that can be read: that of Redis 7.2.
  private static final int VERSION_MAX = 11;

  private static final int END_BYTES = 10;
  private static final int COMPRESSED = 0xC3;
  private static final int CODE_BYTES_MAX = 64 << 20;
  private static final long[] CRC = new long[256];

  static {
    // The polynomial of David T. Jones, bits reversed.
    long polynomial = 0x95AC9329AC4BC9B5L;
    for (int i = 0; i < 256; i++) {
      long crc = i;
      for (int bit = 0; bit < 8; bit++) {
        crc = (crc & 1) != 0 ? (crc >>> 1) ^ polynomial : crc >>> 1;
      }
      CRC[i] = crc;
    }
  }

  private FunctionDump() {}

  static byte[] write(List<byte[]> codes) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (byte[] code : codes) {
      out.write(OPCODE_FUNCTION);
      writeLength(out, code.length);
      out.writeBytes(code);
    }
    out.write(VERSION);
    out.write(0);
    long crc = crc(out.toByteArray(), out.size());
    for (int i = 0; i < 8; i++) {
      out.write((int) (crc >>> (8 * i)));
    }
    return out.toByteArray();
  }

  /// @throws CommandException if it is no such payload
  static List<byte[]> read(byte[] payload) {
    if (payload.length < END_BYTES) {
      throw wrongEnd();
    }
    ByteBuffer end = ByteBuffer.wrap(payload).order(ByteOrder.LITTLE_ENDIAN);
    int version = end.getShort(payload.length - END_BYTES) & 0xffff;
    if (version > VERSION_MAX
        || end.getLong(payload.length - 8) != crc(payload, payload.length - 8)) {
      throw wrongEnd();
    }
    ByteBuffer in = ByteBuffer.wrap(payload, 0, payload.length - END_BYTES);
    List<byte[]> codes = new ArrayList<>();
    try {
      while (in.hasRemaining()) {
        if ((in.get() & 0xff) != OPCODE_FUNCTION) {
          throw new CommandException("ERR given type is not a function");
        }
        codes.add(readString(in));
      }
    } catch (java.nio.BufferUnderflowException | IndexOutOfBoundsException _) {
      throw malformed();
    }
    return codes;
  }

  private static CommandException wrongEnd() {
    return new CommandException("ERR DUMP payload version or checksum are wrong");
  }

  private static CommandException malformed() {
    return new CommandException("ERR Failed loading library data");
  }

  private static long crc(byte[] bytes, int length) {
    long crc = 0;
    for (int i = 0; i < length; i++) {
      crc = CRC[(int) (crc ^ bytes[i]) & 0xff] ^ (crc >>> 8);
    }
    return crc;
  }

  private static void writeLength(ByteArrayOutputStream out, int length) {
    if (length < 1 << 6) {
      out.write(length);
    } else if (length < 1 << 14) {
      out.write(0x40 | (length >> 8));
      out.write(length);
    } else {
      out.write(0x80);
      out.writeBytes(ByteBuffer.allocate(4).putInt(length).array());
    }
  }

  private static int readLength(ByteBuffer in) {
    int first = in.get() & 0xff;
    long length =
        switch (first >> 6) {
          case 0 -> first & 0x3f;
          case 1 -> ((first & 0x3f) << 8) | (in.get() & 0xff);
          default ->
              switch (first) {
                case 0x80 -> in.getInt() & 0xffffffffL;
                case 0x81 -> in.getLong();
                default -> -1;
              };
        };
    if (length < 0 || length > CODE_BYTES_MAX) {
      throw malformed();
    }
    return (int) length;
  }

  private static byte[] readString(ByteBuffer in) {
    if ((in.get(in.position()) & 0xff) != COMPRESSED) {
      return bytes(in, readLength(in));
    }
    in.get();
    int compressed = readLength(in);
    int plain = readLength(in);
    return decompress(bytes(in, compressed), plain);
  }

  private static byte[] bytes(ByteBuffer in, int length) {
    if (length > in.remaining()) {
      throw malformed();
    }
    byte[] bytes = new byte[length];
    in.get(bytes);
    return bytes;
  }

  /// LZF: a byte below 32 is a run of so many plus one bytes; others are the length and the distance of
  /// bytes that were there before.
  private static byte[] decompress(byte[] in, int length) {
    byte[] out = new byte[length];
    int from = 0;
    int to = 0;
    while (from < in.length) {
      int control = in[from++] & 0xff;
      if (control < 32) {
        System.arraycopy(in, from, out, to, control + 1);
        from += control + 1;
        to += control + 1;
        continue;
      }
      int count = control >> 5;
      if (count == 7) {
        count += in[from++] & 0xff;
      }
      int at = to - ((control & 0x1f) << 8) - (in[from++] & 0xff) - 1;
      for (int i = 0; i < count + 2; i++) {
        out[to++] = out[at++];
      }
    }
    return to == length ? out : Arrays.copyOf(out, to);
  }
}
