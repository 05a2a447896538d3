package io.varve.server.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lettuce.core.BitFieldArgs;
import java.util.Arrays;
import java.util.Collections;
import org.junit.jupiter.api.Test;

/// Bits, fields of bits and HyperLogLogs as users of Lettuce know them.
class LettuceBitsIT extends WithLettuce {

  @Test
  void bitsAreSetCountedFoundAndCombined() {
    assertEquals(0, redis.setbit("a", 7, 1));
    assertEquals(1, redis.setbit("a", 7, 1));
    redis.setbit("a", 100, 1);
    redis.setbit("b", 7, 1);
    assertEquals(1, redis.getbit("a", 100));
    assertEquals(2, redis.bitcount("a"));
    assertEquals(1, redis.bitcount("a", 1, -1));
    assertEquals(7, redis.bitpos("a", true));
    assertEquals(0, redis.bitpos("a", false));
    assertEquals(13, redis.bitopAnd("both", "a", "b"));
    assertEquals(1, redis.bitcount("both"));
    redis.bitopXor("one", "a", "b");
    assertEquals(100, redis.bitpos("one", true));
    redis.bitopNot("not", "b");
    assertEquals(7, redis.bitcount("not"));
  }

  @Test
  void fieldsOfBitsAreReadSetAndIncremented() {
    BitFieldArgs.BitFieldType byteType = BitFieldArgs.unsigned(8);
    assertEquals(
        Arrays.asList(0L, 250L, null, 255L),
        redis.bitfield(
            "f",
            new BitFieldArgs()
                .set(byteType, BitFieldArgs.typeWidthBasedOffset(1), 250)
                .get(byteType, BitFieldArgs.typeWidthBasedOffset(1))
                .overflow(BitFieldArgs.OverflowType.FAIL)
                .incrBy(byteType, BitFieldArgs.typeWidthBasedOffset(1), 10)
                .overflow(BitFieldArgs.OverflowType.SAT)
                .incrBy(byteType, BitFieldArgs.typeWidthBasedOffset(1), 10)));
    assertEquals(
        Collections.singletonList(-1L),
        redis.bitfield("f", new BitFieldArgs().get(BitFieldArgs.signed(8), 8)));
  }

  @Test
  void hyperLogLogsCountAndMerge() {
    for (int i = 0; i < 1000; i++) {
      redis.pfadd("first", "element:" + i);
      redis.pfadd("second", "element:" + (i + 500));
    }
    assertEquals(0, redis.pfadd("first", "element:0"));
    assertTrue(Math.abs(redis.pfcount("first") - 1000) < 50);
    assertTrue(Math.abs(redis.pfcount("first", "second") - 1500) < 75);
    assertEquals("OK", redis.pfmerge("both", "first", "second"));
    assertEquals(redis.pfcount("first", "second"), redis.pfcount("both"));
  }
}
