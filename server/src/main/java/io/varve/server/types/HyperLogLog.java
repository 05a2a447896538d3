package io.varve.server.types;

import io.varve.engine.bytes.Slice;
import io.varve.server.keyspace.RefusedException;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// The registers of a HyperLogLog, in Redis' own encodings, so that a value moves between the two.
///
/// ```
/// value  := "HYLL", encoding (1), 0 0 0, cached count (8, little-endian), registers
/// dense  := 16,384 registers of 6 bits, the first in the low bits of the first byte
/// sparse := opcodes
///   ZERO  00xxxxxx           1 to 64 registers of 0
///   XZERO 01xxxxxx xxxxxxxx  1 to 16,384 registers of 0
///   VAL   1vvvvvxx           1 to 4 registers of 1 to 32
/// ```
///
/// The highest bit of the cached count says that it is stale. Estimate: Ertl, "New cardinality estimation
/// algorithms for HyperLogLog sketches" (2017), the improved raw estimator. An element's register and
/// rank come from the 64-bit MurmurHash2 with Redis' seed.
public final class HyperLogLog {

  /// Registers: 2 to the power of this.
  private static final int INDEX_BITS = 14;

  /// Registers of a sketch.
  public static final int REGISTERS = 1 << INDEX_BITS;

  private static final int RANK_BITS = 64 - INDEX_BITS;
  private static final int HEADER_BYTES = 16;
  private static final int REGISTER_BITS = 6;
  private static final int DENSE_BYTES = HEADER_BYTES + REGISTERS * REGISTER_BITS / 8;
  private static final int ENCODING_OFFSET = 4;
  private static final int COUNT_OFFSET = 8;
  private static final byte[] MAGIC = {'H', 'Y', 'L', 'L'};
  private static final byte DENSE = 0;
  private static final byte SPARSE = 1;
  private static final int STALE = 0x80;
  private static final int ZERO_RUN_MAX = 64;
  private static final int VALUE_RUN_MAX = 4;

  /// Greatest register that the sparse encoding can hold.
  private static final int SPARSE_VALUE_MAX = 32;

  private static final long HASH_SEED = 0xadc83b19L;
  private static final double ALPHA_INFINITY = 0.7213475204444817;

  private final byte[] registers = new byte[REGISTERS];
  private boolean dense;

  private HyperLogLog() {}

  /// A sketch of nothing.
  public static HyperLogLog empty() {
    return new HyperLogLog();
  }

  /// Reads a value.
  ///
  /// @throws RefusedException if it is none
  public static HyperLogLog decode(Slice value) {
    requireValid(value);
    HyperLogLog sketch = new HyperLogLog();
    sketch.dense = value.get(ENCODING_OFFSET) == DENSE;
    if (sketch.dense) {
      sketch.decodeDense(value);
    } else {
      sketch.decodeSparse(value);
    }
    return sketch;
  }

  /// @throws RefusedException if the value is no sketch by its header
  public static void requireValid(Slice value) {
    boolean valid = value.length() >= HEADER_BYTES;
    for (int i = 0; valid && i < MAGIC.length; i++) {
      valid = value.get(i) == MAGIC[i];
    }
    if (valid) {
      int encoding = value.get(ENCODING_OFFSET);
      valid = encoding == SPARSE || (encoding == DENSE && value.length() == DENSE_BYTES);
    }
    if (!valid) {
      throw new RefusedException("WRONGTYPE Key is not a valid HyperLogLog string value.");
    }
  }

  /// The count that the value carries, or -1 if it is stale.
  public static long cachedCount(Slice value) {
    if ((value.get(COUNT_OFFSET + 7) & STALE) != 0) {
      return -1;
    }
    long count = 0;
    for (int i = 7; i >= 0; i--) {
      count = (count << 8) | value.getUnsigned(COUNT_OFFSET + i);
    }
    return count;
  }

  public boolean isDense() {
    return dense;
  }

  /// Makes the encoding dense, for good.
  public void toDense() {
    dense = true;
  }

  /// A register, 0 to 63.
  public int register(int index) {
    return registers[index];
  }

  /// Adds an element; true if that changed a register.
  public boolean add(Slice element) {
    long hash = Murmur64.hash(element, HASH_SEED);
    int index = (int) hash & (REGISTERS - 1);
    int rank = Long.numberOfTrailingZeros((hash >>> INDEX_BITS) | (1L << RANK_BITS)) + 1;
    if (registers[index] >= rank) {
      return false;
    }
    registers[index] = (byte) rank;
    return true;
  }

  /// Takes over the greater registers of another sketch.
  public void merge(HyperLogLog other) {
    for (int i = 0; i < REGISTERS; i++) {
      registers[i] = (byte) Math.max(registers[i], other.registers[i]);
    }
  }

  /// About how many different elements were added.
  public long count() {
    int[] histogram = new int[64];
    for (byte register : registers) {
      histogram[register]++;
    }
    double z = REGISTERS * tau((REGISTERS - histogram[RANK_BITS + 1]) / (double) REGISTERS);
    for (int j = RANK_BITS; j >= 1; j--) {
      z = 0.5 * (z + histogram[j]);
    }
    z += REGISTERS * sigma(histogram[0] / (double) REGISTERS);
    return Math.round(ALPHA_INFINITY * REGISTERS * REGISTERS / z);
  }

  /// The value, with its count stale; sparse as long as that was so and is allowed.
  ///
  /// @param sparseBytesMax most bytes of a sparse value's opcodes and header
  public byte[] encode(int sparseBytesMax) {
    byte[] sparse = dense ? null : encodeSparse(sparseBytesMax);
    if (sparse != null) {
      return sparse;
    }
    dense = true;
    return encodeDense();
  }

  private void decodeDense(Slice value) {
    for (int i = 0; i < REGISTERS; i++) {
      int bit = i * REGISTER_BITS;
      int at = HEADER_BYTES + (bit >>> 3);
      int shift = bit & 7;
      int low = value.getUnsigned(at) >>> shift;
      int high = shift > 2 ? value.getUnsigned(at + 1) << (8 - shift) : 0;
      registers[i] = (byte) ((low | high) & 0x3f);
    }
  }

  private byte[] encodeDense() {
    byte[] value = header(DENSE_BYTES, DENSE);
    for (int i = 0; i < REGISTERS; i++) {
      int bit = i * REGISTER_BITS;
      int at = HEADER_BYTES + (bit >>> 3);
      int shift = bit & 7;
      value[at] |= (byte) (registers[i] << shift);
      if (shift > 2) {
        value[at + 1] |= (byte) (registers[i] >>> (8 - shift));
      }
    }
    return value;
  }

  private void decodeSparse(Slice value) {
    int index = 0;
    int at = HEADER_BYTES;
    while (at < value.length()) {
      int opcode = value.getUnsigned(at++);
      int register = 0;
      int run;
      if ((opcode & 0x80) != 0) {
        register = ((opcode >>> 2) & 0x1f) + 1;
        run = (opcode & 3) + 1;
      } else if ((opcode & 0x40) == 0) {
        run = (opcode & 0x3f) + 1;
      } else if (at < value.length()) {
        run = (((opcode & 0x3f) << 8) | value.getUnsigned(at++)) + 1;
      } else {
        throw corrupted();
      }
      if (index + run > REGISTERS) {
        throw corrupted();
      }
      Arrays.fill(registers, index, index + run, (byte) register);
      index += run;
    }
    if (index != REGISTERS) {
      throw corrupted();
    }
  }

  /// Null if the registers do not fit.
  @SuppressWarnings("ReturnsNullArray") // null says more than an empty value
  private byte @Nullable [] encodeSparse(int bytesMax) {
    byte[] value = header(Math.max(HEADER_BYTES, bytesMax) + 2, SPARSE);
    int at = HEADER_BYTES;
    int index = 0;
    while (index < REGISTERS) {
      int register = registers[index];
      int end = index + 1;
      int most = register == 0 ? REGISTERS : index + VALUE_RUN_MAX;
      while (end < Math.min(most, REGISTERS) && registers[end] == register) {
        end++;
      }
      int run = end - index - 1;
      if (register > SPARSE_VALUE_MAX || at + 1 > bytesMax + 1) {
        return null;
      }
      if (register != 0) {
        value[at++] = (byte) (0x80 | ((register - 1) << 2) | run);
      } else if (run < ZERO_RUN_MAX) {
        value[at++] = (byte) run;
      } else {
        value[at++] = (byte) (0x40 | (run >>> 8));
        value[at++] = (byte) run;
      }
      index = end;
    }
    return at > bytesMax ? null : Arrays.copyOf(value, at);
  }

  private static byte[] header(int bytes, byte encoding) {
    byte[] value = Arrays.copyOf(MAGIC, bytes);
    value[ENCODING_OFFSET] = encoding;
    value[COUNT_OFFSET + 7] = (byte) STALE;
    return value;
  }

  private static RefusedException corrupted() {
    return new RefusedException("INVALIDOBJ Corrupted HLL object detected");
  }

  private static double sigma(double start) {
    if (start == 1) {
      return Double.POSITIVE_INFINITY;
    }
    double x = start;
    double y = 1;
    double z = x;
    double before;
    do {
      x *= x;
      before = z;
      z += x * y;
      y += y;
    } while (before != z);
    return z;
  }

  private static double tau(double start) {
    if (start == 0 || start == 1) {
      return 0;
    }
    double x = start;
    double y = 1;
    double z = 1 - x;
    double before;
    do {
      x = Math.sqrt(x);
      before = z;
      y *= 0.5;
      z -= (1 - x) * (1 - x) * y;
    } while (before != z);
    return z / 3;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof HyperLogLog that && Arrays.equals(registers, that.registers);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(registers);
  }
}
