package io.varve.server.commands;

import static io.varve.server.command.CommandFlag.DENYOOM;
import static io.varve.server.command.CommandFlag.READONLY;
import static io.varve.server.command.CommandFlag.WRITE;

import io.varve.engine.bytes.Slice;
import io.varve.protocol.ReplyWriter;
import io.varve.server.command.AclCategory;
import io.varve.server.command.Arguments;
import io.varve.server.command.Command;
import io.varve.server.command.CommandException;
import io.varve.server.command.CommandFlag;
import io.varve.server.command.Errors;
import io.varve.server.command.Handler;
import io.varve.server.command.Invocation;
import io.varve.server.command.KeySearch.Option;
import io.varve.server.command.KeySpec;
import io.varve.server.commands.SortedSetCommands.AddOptions;
import io.varve.server.types.GeoPoint;
import io.varve.server.types.Geohash;
import io.varve.server.types.LongDouble;
import io.varve.server.types.SortedSet;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// Commands on places: sorted sets whose scores are [Geohash]es. Stateless.
public final class GeoCommands {

  private static final String SEARCH_COST =
      "O(N+log(M)) with the members around the place, and of the whole set";

  private static final Option[] STORING = {
    new Option("STORE", 1, true), new Option("STOREDIST", 1, true), new Option("COUNT", 1, false)
  };

  private GeoCommands() {}

  public static List<Command> table() {
    return Stream.of(
            define("geoadd", -5, GeoCommands::add, "3.2.0", WRITE, DENYOOM)
                .complexity("O(log(N)) for each member, with the number of members")
                .summary("Adds members at places, or moves them."),
            define("geopos", -2, GeoCommands::positions, "3.2.0", READONLY)
                .complexity("O(N) with the number of members asked for")
                .summary("Returns the places of members."),
            define("geohash", -2, GeoCommands::hashes, "3.2.0", READONLY)
                .complexity("O(N) with the number of members asked for")
                .summary("Returns the places of members as geohash.org writes them."),
            define("geodist", -4, GeoCommands::distance, "3.2.0", READONLY)
                .summary("Returns the distance between two members."),
            define(
                    "geosearch",
                    -7,
                    in -> GeoSearch.run(in, GeoSearch.Form.SEARCH),
                    "6.2.0",
                    READONLY)
                .complexity(SEARCH_COST)
                .summary("Returns the members within a circle or a box."),
            define(
                    "geosearchstore",
                    -8,
                    in -> GeoSearch.run(in, GeoSearch.Form.SEARCH_STORE),
                    "6.2.0",
                    WRITE,
                    DENYOOM)
                .keys(KeySpec.FIRST_TWO)
                .complexity(SEARCH_COST)
                .summary("Stores the members within a circle or a box."),
            define(
                    "georadius",
                    -6,
                    in -> GeoSearch.run(in, GeoSearch.Form.RADIUS),
                    "3.2.0",
                    WRITE,
                    DENYOOM)
                .keys(KeySpec.FIRST.andLastOption(6, STORING))
                .complexity(SEARCH_COST)
                .summary("Returns or stores the members around a place."),
            define(
                    "georadius_ro",
                    -6,
                    in -> GeoSearch.run(in, GeoSearch.Form.RADIUS_READ),
                    "3.2.10",
                    READONLY)
                .complexity(SEARCH_COST)
                .summary("Returns the members around a place."),
            define(
                    "georadiusbymember",
                    -5,
                    in -> GeoSearch.run(in, GeoSearch.Form.MEMBER),
                    "3.2.0",
                    WRITE,
                    DENYOOM)
                .keys(KeySpec.FIRST.andLastOption(5, STORING))
                .complexity(SEARCH_COST)
                .summary("Returns or stores the members around another one."),
            define(
                    "georadiusbymember_ro",
                    -5,
                    in -> GeoSearch.run(in, GeoSearch.Form.MEMBER_READ),
                    "3.2.10",
                    READONLY)
                .complexity(SEARCH_COST)
                .summary("Returns the members around another one."))
        .map(Command.Builder::build)
        .toList();
  }

  private static Command.Builder define(
      String name, int arity, Handler handler, String since, CommandFlag... flags) {
    return Command.define(name, arity, handler)
        .flags(flags)
        .keys(KeySpec.FIRST)
        .categories(AclCategory.GEO)
        .group("geo")
        .since(since);
  }

  private static void add(Invocation in) {
    Arguments args = in.args();
    boolean nx = false;
    boolean xx = false;
    boolean ch = false;
    int at = 2;
    for (; at < args.count(); at++) {
      if (args.is(at, "NX")) {
        nx = true;
      } else if (args.is(at, "XX")) {
        xx = true;
      } else if (args.is(at, "CH")) {
        ch = true;
      } else {
        break;
      }
    }
    int rest = args.count() - at;
    if (rest % 3 != 0 || rest == 0 || (nx && xx)) {
      throw Errors.syntax();
    }
    double[] scores = new double[rest / 3];
    for (int i = 0; i < scores.length; i++) {
      GeoPoint point = point(args, at + 3 * i);
      scores[i] = (double) Geohash.of(point.longitude(), point.latitude());
    }
    AddOptions options = new AddOptions(nx, xx, false, false, ch, false, at, scores);
    SortedSetCommands.add(in, options, i -> args.get(options.first() + 3 * i + 2));
  }

  /// A longitude and a latitude.
  ///
  /// @param index of the longitude
  static GeoPoint point(Arguments args, int index) {
    double longitude = args.doubleAt(index);
    double latitude = args.doubleAt(index + 1);
    if (!Geohash.isInRange(longitude, latitude)) {
      throw new CommandException(
          "ERR invalid longitude,latitude pair "
              + sixDigits(longitude)
              + ","
              + sixDigits(latitude));
    }
    return new GeoPoint(longitude, latitude);
  }

  private static String sixDigits(double value) {
    return Double.isInfinite(value)
        ? (value > 0 ? "inf" : "-inf")
        : String.format(Locale.ROOT, "%.6f", value);
  }

  /// The place of a member, or null if there is none.
  static @Nullable GeoPoint findPoint(@Nullable SortedSet set, Slice member) {
    double score = set == null ? Double.NaN : set.score(member);
    return Double.isNaN(score) ? null : Geohash.point((long) score);
  }

  private static void positions(Invocation in) {
    Arguments args = in.args();
    SortedSet set = SortedSet.find(in.db(), args.get(1));
    in.reply().array(args.count() - 2);
    for (int i = 2; i < args.count(); i++) {
      GeoPoint point = findPoint(set, args.get(i));
      if (point == null) {
        in.reply().nullArray();
      } else {
        replyPoint(in.reply(), point);
      }
    }
  }

  static void replyPoint(ReplyWriter reply, GeoPoint point) {
    reply.array(2);
    coordinate(reply, point.longitude());
    coordinate(reply, point.latitude());
  }

  /// With 17 digits behind the point, as Redis writes coordinates: more than doubles otherwise get.
  private static void coordinate(ReplyWriter reply, double value) {
    String text = LongDouble.format(new BigDecimal(value));
    if (reply.version() == 2) {
      reply.bulkString(text);
    } else {
      reply.raw(("," + text + "\r\n").getBytes(StandardCharsets.US_ASCII));
    }
  }

  private static void hashes(Invocation in) {
    Arguments args = in.args();
    SortedSet set = SortedSet.find(in.db(), args.get(1));
    in.reply().array(args.count() - 2);
    for (int i = 2; i < args.count(); i++) {
      GeoPoint point = findPoint(set, args.get(i));
      if (point == null) {
        in.reply().nullBulk();
      } else {
        in.reply().bulkString(Geohash.text(point));
      }
    }
  }

  private static void distance(Invocation in) {
    Arguments args = in.args();
    if (args.count() > 5) {
      throw Errors.syntax();
    }
    double unit = args.count() == 5 ? unit(args, 4) : 1;
    SortedSet set = SortedSet.find(in.db(), args.get(1));
    GeoPoint one = findPoint(set, args.get(2));
    GeoPoint other = findPoint(set, args.get(3));
    if (one == null || other == null) {
      in.reply().nullBulk();
    } else {
      replyDistance(in.reply(), one.distance(other) / unit);
    }
  }

  static void replyDistance(ReplyWriter reply, double distance) {
    reply.bulkString(new BigDecimal(distance).setScale(4, RoundingMode.HALF_EVEN).toPlainString());
  }

  /// Meters of a unit.
  static double unit(Arguments args, int index) {
    if (args.is(index, "M")) {
      return 1;
    }
    if (args.is(index, "KM")) {
      return 1000;
    }
    if (args.is(index, "FT")) {
      return 0.3048;
    }
    if (args.is(index, "MI")) {
      return 1609.34;
    }
    throw new CommandException("ERR unsupported unit provided. please use M, KM, FT, MI");
  }
}
