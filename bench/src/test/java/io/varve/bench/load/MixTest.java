package io.varve.bench.load;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;

class MixTest {

  @Test
  void readsWhatIsWrittenOnTheCommandLine() {
    Mix mix = Mix.parse("read=95, read-modify-write=5");
    assertEquals("read 95.0 %, read-modify-write 5.0 %", mix.toString());
    assertEquals(100, mix.wheel().length);
    assertThrows(IllegalArgumentException.class, () -> Mix.parse("read"));
    assertThrows(IllegalArgumentException.class, () -> Mix.parse("write=5"));
    assertThrows(IllegalArgumentException.class, () -> Mix.parse("read=0"));
  }

  @Test
  void aRateIsANumberOrAPartOfTheHighest() {
    assertEquals(new Goal.Constant(50_000), Goal.parse("50000"));
    assertEquals(new Goal.PartOfHighest(0.8), Goal.parse("80%"));
    assertEquals(new Goal.Highest(), Goal.parse(null));
    assertThrows(IllegalArgumentException.class, () -> Goal.parse("fast"));
    assertThrows(IllegalArgumentException.class, () -> Goal.parse("-1"));
  }
}
