package io.varve.server.script;

import io.varve.engine.bytes.Slice;
import io.varve.server.command.CommandException;
import io.varve.server.rdb.MalformedPayloadException;
import io.varve.server.rdb.RdbFormat;
import io.varve.server.rdb.RdbReader;
import io.varve.server.rdb.RdbWriter;
import java.util.ArrayList;
import java.util.List;

/// The payload of FUNCTION DUMP, in the format of Redis' RDB files: for each library the byte 245 and its
/// code as a string, then version and checksum.
final class FunctionDump {

  private static final int CODE_BYTES_MAX = 64 << 20;

  private FunctionDump() {}

  static Slice write(List<byte[]> codes) {
    RdbWriter out = new RdbWriter();
    for (byte[] code : codes) {
      out.putByte(RdbFormat.FUNCTION);
      out.putString(Slice.of(code));
    }
    return out.seal(RdbFormat.VERSION_WRITTEN);
  }

  /// @throws io.varve.server.keyspace.RefusedException if it is no such payload
  static List<byte[]> read(Slice payload) {
    RdbReader in = RdbReader.open(payload);
    List<byte[]> codes = new ArrayList<>();
    try {
      while (in.hasRemaining()) {
        if (in.readByte() != RdbFormat.FUNCTION) {
          throw new CommandException("ERR given type is not a function");
        }
        Slice code = in.readString();
        if (code.length() > CODE_BYTES_MAX) {
          throw malformed();
        }
        codes.add(code.toByteArray());
      }
    } catch (MalformedPayloadException _) {
      throw malformed();
    }
    return codes;
  }

  private static CommandException malformed() {
    return new CommandException("ERR Failed loading library data");
  }
}
