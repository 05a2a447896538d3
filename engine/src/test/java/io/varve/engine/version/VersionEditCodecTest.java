package io.varve.engine.version;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.varve.engine.bytes.ByteCursor.MalformedException;
import io.varve.engine.bytes.GrowableBuffer;
import io.varve.engine.bytes.Slice;
import io.varve.engine.error.IncompatibleFormatException;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;

class VersionEditCodecTest {

  private static final VersionEdit EDIT =
      VersionEdit.builder()
          .remove(3, 300)
          .add(
              1,
              7,
              new TableMetadata(
                  8, 70_000, 50, 4, 90_000, Slice.of("apple"), Slice.of("pear"), 5, 60))
          .nextFileNumber(9)
          .lastSequence(60)
          .walSegment(2)
          .property("b", "2")
          .property("a", "1")
          .build();

  private static GrowableBuffer encode(VersionEdit edit) {
    GrowableBuffer buffer = new GrowableBuffer(16);
    new VersionEditCodec().encode(edit, buffer);
    return buffer;
  }

  @Test
  void anEditComesBackAsItWas() {
    assertEquals(EDIT, VersionEditCodec.decode(encode(EDIT).slice(), "m"));
    assertEquals(
        VersionEdit.EMPTY, VersionEditCodec.decode(encode(VersionEdit.EMPTY).slice(), "m"));
  }

  @Test
  void theBytesOfVersionOneStayAsTheyAre() {
    assertEquals(
        "020303ac02" // removed
            + "01180107" // added: length 24, level 1, run 7
            + "08f0a204320490bf05053c"
            + "056170706c65" // apple
            + "0470656172" // pear
            + "030109"
            + "04013c"
            + "050102"
            + "060401610131"
            + "060401620132",
        HexFormat.of().formatHex(encode(EDIT).slice().toByteArray()));
  }

  @Test
  void everyCutIsRefusedOrEndsBetweenFields() {
    byte[] bytes = encode(EDIT).slice().toByteArray();
    int fields = 0;
    for (int length = 0; length < bytes.length; length++) {
      Slice cut = new Slice(Slice.of(bytes).segment(), 0, length);
      try {
        VersionEditCodec.decode(cut, "m");
        fields++;
      } catch (MalformedException expected) {
        // Cut within a field.
      }
    }
    assertEquals(7, fields);
  }

  @Test
  void aFieldThatMustBeUnderstoodIsRefusedAndAnOptionalOneSkipped() {
    GrowableBuffer buffer = encode(EDIT);
    int size = buffer.size();
    buffer.putVarint(63);
    buffer.putVarint(0);
    assertThrows(
        IncompatibleFormatException.class, () -> VersionEditCodec.decode(buffer.slice(), "m"));
    buffer.truncate(size);
    buffer.putVarint(VersionEditCodec.TAG_OPTIONAL);
    buffer.putVarint(3);
    buffer.putZeros(3);
    assertEquals(EDIT, VersionEditCodec.decode(buffer.slice(), "m"));
  }

  @Test
  void impossibleTablesAreMalformed() {
    GrowableBuffer buffer = new GrowableBuffer(16);
    buffer.putVarint(2);
    buffer.putVarint(2);
    buffer.putByte(16);
    buffer.putByte(1);
    assertThrows(
        VersionEditCodec.MalformedEditException.class,
        () -> VersionEditCodec.decode(buffer.slice(), "m"));
  }
}
