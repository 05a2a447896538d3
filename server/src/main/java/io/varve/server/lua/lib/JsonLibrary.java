package io.varve.server.lua.lib;

import io.varve.server.lua.value.Args;
import io.varve.server.lua.value.LightUserdata;
import io.varve.server.lua.value.LuaState;
import io.varve.server.lua.value.LuaString;
import io.varve.server.lua.value.LuaTable;
import java.util.Locale;
import java.util.function.Function;

/// `cjson`.
final class JsonLibrary {

  /// Depth that settings may ask for: so much of it the stack can take.
  private static final int DEPTH_MAX = 5000;

  private final Function<LuaState, JsonSettings> settings;

  private JsonLibrary(Function<LuaState, JsonSettings> settings) {
    this.settings = settings;
  }

  /// The table that all runs share; settings are those of each run.
  static LuaTable table() {
    return new JsonLibrary(state -> state.local(JsonSettings.class, JsonSettings::new))
        .module()
        .sealed();
  }

  private Module module() {
    return new Module()
        .add("encode", this::encode)
        .add("decode", this::decode)
        .add("encode_sparse_array", this::encodeSparseArray)
        .add("encode_max_depth", this::encodeMaxDepth)
        .add("decode_max_depth", this::decodeMaxDepth)
        .add("encode_number_precision", this::encodePrecision)
        .add("encode_keep_buffer", this::keepBuffer)
        .add("encode_invalid_numbers", this::encodeInvalidNumbers)
        .add("decode_invalid_numbers", this::decodeInvalidNumbers)
        .add("new", _ -> another())
        .set("null", LightUserdata.NULL)
        .set("_NAME", LuaString.of("cjson"))
        .set("_VERSION", LuaString.of("2.1.0"));
  }

  private static LuaTable another() {
    JsonSettings own = new JsonSettings();
    return new JsonLibrary(_ -> own).module().table();
  }

  private JsonSettings settings(Args args) {
    return settings.apply(args.state());
  }

  private Object encode(Args args) {
    expectOne(args);
    return new JsonEncoder(args, settings(args)).encode(args.get(1));
  }

  private Object decode(Args args) {
    expectOne(args);
    return new JsonDecoder(args, settings(args), args.string(1)).decode();
  }

  private static void expectOne(Args args) {
    if (args.count() != 1) {
      throw args.error(1, "expected 1 argument");
    }
  }

  private static void atMost(Args args, int count) {
    if (args.count() > count) {
      throw args.error(count + 1, "found too many arguments");
    }
  }

  private static int integer(Args args, int position, int now, int min, int max) {
    if (args.isNil(position)) {
      return now;
    }
    long value = args.integer(position);
    if (value < min || value > max) {
      throw args.error(position, "expected integer between " + min + " and " + max);
    }
    return (int) value;
  }

  private static boolean flag(Args args, int position, boolean now) {
    if (args.isNil(position)) {
      return now;
    }
    if (args.get(position) instanceof Boolean b) {
      return b;
    }
    return switch (args.string(position).text()) {
      case "on" -> true;
      case "off" -> false;
      default -> throw invalidOption(args, position);
    };
  }

  private static RuntimeException invalidOption(Args args, int position) {
    return args.error(position, "invalid option '" + args.string(position).text() + "'");
  }

  private Object encodeSparseArray(Args args) {
    atMost(args, 3);
    JsonSettings to = settings(args);
    to.sparseAsObject = flag(args, 1, to.sparseAsObject);
    to.sparseRatio = integer(args, 2, to.sparseRatio, 0, Integer.MAX_VALUE);
    to.sparseSafe = integer(args, 3, to.sparseSafe, 0, Integer.MAX_VALUE);
    return new Object[] {to.sparseAsObject, (double) to.sparseRatio, (double) to.sparseSafe};
  }

  private Object encodeMaxDepth(Args args) {
    atMost(args, 1);
    JsonSettings to = settings(args);
    to.encodeDepthMax = integer(args, 1, to.encodeDepthMax, 1, Integer.MAX_VALUE);
    return (double) to.encodeDepthMax;
  }

  private Object decodeMaxDepth(Args args) {
    atMost(args, 1);
    JsonSettings to = settings(args);
    to.decodeDepthMax = integer(args, 1, to.decodeDepthMax, 1, Integer.MAX_VALUE);
    return (double) to.decodeDepthMax;
  }

  static int bounded(int depth) {
    return Math.min(depth, DEPTH_MAX);
  }

  private Object encodePrecision(Args args) {
    atMost(args, 1);
    JsonSettings to = settings(args);
    to.precision = integer(args, 1, to.precision, 1, 16);
    return (double) to.precision;
  }

  private Object keepBuffer(Args args) {
    atMost(args, 1);
    JsonSettings to = settings(args);
    to.keepBuffer = flag(args, 1, to.keepBuffer);
    return to.keepBuffer;
  }

  private Object encodeInvalidNumbers(Args args) {
    atMost(args, 1);
    JsonSettings to = settings(args);
    if (args.get(1) instanceof LuaString word && word.text().equals("null")) {
      to.encodeInvalid = JsonSettings.InvalidNumbers.NULL;
    } else {
      boolean on = flag(args, 1, to.encodeInvalid == JsonSettings.InvalidNumbers.ON);
      if (!args.isNil(1)) {
        to.encodeInvalid = on ? JsonSettings.InvalidNumbers.ON : JsonSettings.InvalidNumbers.OFF;
      }
    }
    return switch (to.encodeInvalid) {
      case ON -> true;
      case OFF -> false;
      case NULL -> LuaString.of(to.encodeInvalid.name().toLowerCase(Locale.ROOT));
    };
  }

  private Object decodeInvalidNumbers(Args args) {
    atMost(args, 1);
    JsonSettings to = settings(args);
    to.decodeInvalid = flag(args, 1, to.decodeInvalid);
    return to.decodeInvalid;
  }
}
