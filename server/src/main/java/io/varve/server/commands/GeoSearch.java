package io.varve.server.commands;

import io.varve.engine.bytes.Slice;
import io.varve.protocol.ReplyWriter;
import io.varve.server.command.Arguments;
import io.varve.server.command.CommandException;
import io.varve.server.command.Errors;
import io.varve.server.command.Invocation;
import io.varve.server.types.GeoCells;
import io.varve.server.types.GeoPoint;
import io.varve.server.types.GeoShape;
import io.varve.server.types.Geohash;
import io.varve.server.types.RankKey;
import io.varve.server.types.RankWalk;
import io.varve.server.types.SortedSet;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// GEOSEARCH, GEOSEARCHSTORE and the forms of GEORADIUS. Belongs to one execution.
///
/// The shape is covered by up to nine cells of the geohash grid, each of which is a range of scores; what
/// lies in them is measured one by one. Mistakes are looked for in the order in which Redis does.
final class GeoSearch {

  /// The command, with the index of its first option.
  enum Form {
    SEARCH(2),
    SEARCH_STORE(3),
    RADIUS(6),
    RADIUS_READ(6),
    MEMBER(5),
    MEMBER_READ(5);

    private final int firstOption;

    Form(int firstOption) {
      this.firstOption = firstOption;
    }

    private boolean isSearch() {
      return this == SEARCH || this == SEARCH_STORE;
    }

    private boolean mayStore() {
      return this == RADIUS || this == MEMBER;
    }
  }

  private enum Order {
    NONE,
    NEAREST,
    FARTHEST
  }

  private record Match(Slice member, double score, GeoPoint point, double distance) {}

  private final Invocation in;
  private final Arguments args;
  private final Form form;
  private final @Nullable SortedSet set;
  private @Nullable GeoPoint center;
  private @Nullable Slice target;
  private boolean storesDistances;
  private boolean withDistance;
  private boolean withHash;
  private boolean withPoint;
  private boolean fromMember;
  private boolean fromPoint;
  private boolean byRadius;
  private boolean byBox;
  private boolean any;
  private long count;
  private Order order = Order.NONE;
  private double unit = 1;
  private double width;
  private double height;

  private GeoSearch(Invocation in, Form form) {
    this.in = in;
    this.args = in.args();
    this.form = form;
    Slice source = args.get(form == Form.SEARCH_STORE ? 2 : 1);
    boolean writes = form.mayStore() || form == Form.SEARCH_STORE;
    this.set = writes ? SortedSet.findForWrite(in.db(), source) : SortedSet.find(in.db(), source);
  }

  static void run(Invocation in, Form form) {
    new GeoSearch(in, form).run();
  }

  private void run() {
    parsePlace();
    for (int i = form.firstOption; i < args.count(); i++) {
      i += parseOption(i);
    }
    check();
    GeoPoint around = center;
    List<Match> matches = set == null || around == null ? List.of() : find(set, around);
    if (target == null) {
      reply(matches);
    } else {
      store(target, matches);
    }
  }

  private void parsePlace() {
    switch (form) {
      case SEARCH -> {}
      case SEARCH_STORE -> target = args.get(1);
      case RADIUS, RADIUS_READ -> {
        center = GeoCommands.point(args, 2);
        parseRadius(4);
      }
      case MEMBER, MEMBER_READ -> {
        if (set != null) {
          center = member(set, 2);
          parseRadius(3);
        }
      }
    }
  }

  private static CommandException undecodable() {
    return new CommandException("ERR could not decode requested zset member");
  }

  private GeoPoint member(SortedSet from, int index) {
    GeoPoint point = GeoCommands.findPoint(from, args.get(index));
    if (point == null) {
      throw undecodable();
    }
    return point;
  }

  private void parseRadius(int index) {
    double radius = args.doubleAt(index, new CommandException("ERR need numeric radius"));
    if (radius < 0) {
      throw new CommandException("ERR radius cannot be negative");
    }
    unit = GeoCommands.unit(args, index + 1);
    width = radius;
  }

  private void parseBox(int index) {
    width = args.doubleAt(index, new CommandException("ERR need numeric width"));
    height = args.doubleAt(index + 1, new CommandException("ERR need numeric height"));
    if (width < 0 || height < 0) {
      throw new CommandException("ERR height or width cannot be negative");
    }
    unit = GeoCommands.unit(args, index + 2);
  }

  /// Returns how many arguments belong to the option beside its name.
  private int parseOption(int at) {
    int left = args.count() - at - 1;
    if (args.is(at, "WITHDIST")) {
      withDistance = true;
    } else if (args.is(at, "WITHHASH")) {
      withHash = true;
    } else if (args.is(at, "WITHCOORD")) {
      withPoint = true;
    } else if (args.is(at, "ANY")) {
      any = true;
    } else if (args.is(at, "ASC")) {
      order = Order.NEAREST;
    } else if (args.is(at, "DESC")) {
      order = Order.FARTHEST;
    } else if (args.is(at, "COUNT") && left >= 1) {
      count = args.longAt(at + 1);
      if (count <= 0) {
        throw new CommandException("ERR COUNT must be > 0");
      }
      return 1;
    } else if (form.mayStore() && left >= 1 && (args.is(at, "STORE") || args.is(at, "STOREDIST"))) {
      target = args.get(at + 1);
      storesDistances = args.is(at, "STOREDIST");
      return 1;
    } else if (form.isSearch()) {
      return parseSearchOption(at, left);
    } else {
      throw Errors.syntax();
    }
    return 0;
  }

  private int parseSearchOption(int at, int left) {
    if (args.is(at, "FROMMEMBER") && left >= 1 && !fromPoint) {
      if (set != null) {
        center = member(set, at + 1);
      }
      fromMember = true;
      return 1;
    }
    if (args.is(at, "FROMLONLAT") && left >= 2 && !fromMember) {
      center = GeoCommands.point(args, at + 1);
      fromPoint = true;
      return 2;
    }
    if (args.is(at, "BYRADIUS") && left >= 2 && !byBox) {
      parseRadius(at + 1);
      byRadius = true;
      return 2;
    }
    if (args.is(at, "BYBOX") && left >= 3 && !byRadius) {
      parseBox(at + 1);
      byBox = true;
      return 3;
    }
    if (form == Form.SEARCH_STORE && args.is(at, "STOREDIST")) {
      storesDistances = true;
      return 0;
    }
    throw Errors.syntax();
  }

  private void check() {
    if (target != null && (withDistance || withHash || withPoint)) {
      throw new CommandException(
          "ERR "
              + (form == Form.SEARCH_STORE ? "GEOSEARCHSTORE" : "STORE option in GEORADIUS")
              + " is not compatible with WITHDIST, WITHHASH and WITHCOORD options");
    }
    if (form.isSearch() && !fromMember && !fromPoint) {
      throw new CommandException(
          "ERR exactly one of FROMMEMBER or FROMLONLAT can be specified for " + name());
    }
    if (form.isSearch() && !byRadius && !byBox) {
      throw new CommandException(
          "ERR exactly one of BYRADIUS and BYBOX can be specified for " + name());
    }
    if (any && count == 0) {
      throw new CommandException("ERR the ANY argument requires COUNT argument");
    }
    if (count != 0 && order == Order.NONE && !any) {
      order = Order.NEAREST;
    }
  }

  /// The command's name as the client wrote it.
  private String name() {
    String written = args.text(0);
    return written.toLowerCase(Locale.ROOT).equals(in.command().name())
        ? written
        : in.command().name();
  }

  private List<Match> find(SortedSet from, GeoPoint around) {
    GeoShape shape =
        byBox
            ? new GeoShape.Box(around, width * unit, height * unit)
            : new GeoShape.Circle(around, width * unit);
    long enough = any ? count : Long.MAX_VALUE;
    List<Match> matches = new ArrayList<>();
    try (RankWalk walk = from.walk()) {
      for (GeoCells.Cell cell : GeoCells.covering(shape)) {
        if (matches.size() >= enough) {
          break;
        }
        collect(walk, cell, shape, enough, matches);
      }
    }
    Comparator<Match> byDistance = Comparator.comparingDouble(Match::distance);
    switch (order) {
      case NONE -> {}
      case NEAREST -> matches.sort(byDistance);
      case FARTHEST -> matches.sort(byDistance.reversed());
    }
    return count > 0 && count < matches.size() ? matches.subList(0, (int) count) : matches;
  }

  private static void collect(
      RankWalk walk, GeoCells.Cell cell, GeoShape shape, long enough, List<Match> matches) {
    Slice end = RankKey.before((double) cell.end());
    walk.seek(RankKey.before((double) cell.first()));
    while (walk.isValid() && walk.key().compareTo(end) < 0 && matches.size() < enough) {
      double score = RankKey.score(walk.key());
      GeoPoint point = Geohash.point((long) score);
      double distance = shape.distanceWithin(point);
      if (!Double.isNaN(distance)) {
        matches.add(new Match(RankKey.member(walk.key()).copy(), score, point, distance));
      }
      walk.next();
    }
  }

  private void reply(List<Match> matches) {
    ReplyWriter reply = in.reply();
    int extras = (withDistance ? 1 : 0) + (withHash ? 1 : 0) + (withPoint ? 1 : 0);
    reply.array(matches.size());
    for (Match match : matches) {
      if (extras > 0) {
        reply.array(extras + 1);
      }
      reply.bulk(match.member.segment(), match.member.offset(), match.member.length());
      if (withDistance) {
        GeoCommands.replyDistance(reply, match.distance / unit);
      }
      if (withHash) {
        reply.integer((long) match.score);
      }
      if (withPoint) {
        GeoCommands.replyPoint(reply, match.point);
      }
    }
  }

  private void store(Slice key, List<Match> matches) {
    List<Slice> rankKeys = new ArrayList<>(matches.size());
    for (Match match : matches) {
      rankKeys.add(RankKey.of(storesDistances ? match.distance / unit : match.score, match.member));
    }
    rankKeys.sort(null);
    SortedSet.store(in.db(), key, rankKeys, form.isSearch() ? "geosearchstore" : "georadiusstore");
    in.reply().integer(matches.size());
  }
}
