package io.varve.server.commands;

import static io.varve.server.command.CommandFlag.DENYOOM;
import static io.varve.server.command.CommandFlag.READONLY;
import static io.varve.server.command.CommandFlag.WRITE;

import io.varve.engine.bytes.Slice;
import io.varve.server.command.Arguments;
import io.varve.server.command.Command;
import io.varve.server.command.CommandException;
import io.varve.server.command.Errors;
import io.varve.server.command.Invocation;
import io.varve.server.command.KeySpec;
import io.varve.server.types.RankKey;
import io.varve.server.types.ScoredMembers;
import io.varve.server.types.SortedSet;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Unions, intersections and differences of sorted sets, with sets among them. Stateless.
final class SortedSetAlgebra {

  private enum Operation {
    UNION,
    INTER,
    DIFF
  }

  private enum Aggregate {
    SUM,
    MIN,
    MAX;

    /// Infinities of both signs sum up to zero; what is no number is neither less nor greater.
    double of(double one, double other) {
      return switch (this) {
        case SUM -> orZero(one + other);
        case MIN -> other < one ? other : one;
        case MAX -> other > one ? other : one;
      };
    }
  }

  private SortedSetAlgebra() {}

  static List<Command> table() {
    return List.of(
            read(
                    "zunion",
                    Operation.UNION,
                    "O(N)+O(M*log(M)) with the elements of all, and of the result")
                .summary("Returns the union of sorted sets."),
            read(
                    "zinter",
                    Operation.INTER,
                    "O(N*K)+O(M*log(M)) with the smallest set, sets, and the result")
                .summary("Returns the intersection of sorted sets."),
            read(
                    "zdiff",
                    Operation.DIFF,
                    "O(N*K)+O(M*log(M)) with the first set, sets, and the result")
                .summary("Returns the first sorted set without what is in the others."),
            SortedSetCommands.define(
                    "zintercard", -3, SortedSetAlgebra::cardinality, "7.0.0", READONLY)
                .keys(KeySpec.counted(1))
                .complexity("O(N*K) with the smallest set, and the number of sets")
                .summary("Counts the intersection of sorted sets, up to a limit."),
            store("zunionstore", Operation.UNION, "2.0.0")
                .complexity("O(N)+O(M*log(M)) with the elements of all, and of the result")
                .summary("Stores the union of sorted sets."),
            store("zinterstore", Operation.INTER, "2.0.0")
                .complexity("O(N*K)+O(M*log(M)) with the smallest set, sets, and the result")
                .summary("Stores the intersection of sorted sets."),
            store("zdiffstore", Operation.DIFF, "6.2.0")
                .complexity("O(N*K)+O(M*log(M)) with the first set, sets, and the result")
                .summary("Stores the first sorted set without what is in the others."))
        .stream()
        .map(Command.Builder::build)
        .toList();
  }

  private static Command.Builder read(String name, Operation operation, String complexity) {
    return SortedSetCommands.define(name, -3, in -> reply(in, operation), "6.2.0", READONLY)
        .keys(KeySpec.counted(1))
        .complexity(complexity);
  }

  private static Command.Builder store(String name, Operation operation, String since) {
    return SortedSetCommands.define(name, -4, in -> store(in, operation), since, WRITE, DENYOOM)
        .keys(KeySpec.FIRST.andCounted(2));
  }

  private static void reply(Invocation in, Operation operation) {
    Request request = Request.parse(in, 1, operation, Use.REPLIED);
    List<Slice> result = sorted(compute(request, operation));
    SortedSetReplies.begin(in.reply(), result.size(), request.withScores);
    for (Slice rankKey : result) {
      SortedSetReplies.element(in.reply(), rankKey, request.withScores);
    }
  }

  private static void store(Invocation in, Operation operation) {
    Request request = Request.parse(in, 2, operation, Use.STORED);
    List<Slice> result = sorted(compute(request, operation));
    SortedSet.store(in.db(), in.args().get(1), result, in.command().name());
    in.reply().integer(result.size());
  }

  private static void cardinality(Invocation in) {
    Request request = Request.parse(in, 1, Operation.INTER, Use.COUNTED);
    List<ScoredMembers> sources = bySize(request);
    long[] count = {0};
    sources
        .getFirst()
        .forEach(
            (member, _) -> {
              count[0] += isInAll(sources, member) ? 1 : 0;
              return request.limit == 0 || count[0] < request.limit;
            });
    in.reply().integer(count[0]);
  }

  private static boolean isInAll(List<ScoredMembers> sources, Slice member) {
    for (int i = 1; i < sources.size(); i++) {
      if (Double.isNaN(sources.get(i).score(member))) {
        return false;
      }
    }
    return true;
  }

  private static Map<Slice, Double> compute(Request request, Operation operation) {
    return switch (operation) {
      case UNION -> union(request);
      case INTER -> intersection(request);
      case DIFF -> difference(request);
    };
  }

  /// Small sets first, as in Redis: the order in which scores are summed shows in their last digits.
  private static Map<Slice, Double> union(Request request) {
    Map<Slice, Double> result = new HashMap<>();
    for (int source : orderBySize(request)) {
      double weight = request.weights[source];
      request
          .sources
          .get(source)
          .forEach(
              (member, score) -> {
                double weighted = orZero(weight * score);
                Double before = result.get(member);
                result.put(
                    before == null ? member.copy() : member,
                    before == null ? weighted : request.aggregate.of(before, weighted));
                return true;
              });
    }
    return result;
  }

  private static Map<Slice, Double> intersection(Request request) {
    Map<Slice, Double> result = new HashMap<>();
    int[] order = orderBySize(request);
    request
        .sources
        .get(order[0])
        .forEach(
            (member, score) -> {
              double sum = orZero(request.weights[order[0]] * score);
              for (int i = 1; i < order.length; i++) {
                double other = request.sources.get(order[i]).score(member);
                if (Double.isNaN(other)) {
                  return true;
                }
                sum = request.aggregate.of(sum, request.weights[order[i]] * other);
              }
              result.put(member.copy(), sum);
              return true;
            });
    return result;
  }

  private static Map<Slice, Double> difference(Request request) {
    Map<Slice, Double> result = new HashMap<>();
    List<ScoredMembers> others = request.sources.subList(1, request.sources.size());
    request
        .sources
        .getFirst()
        .forEach(
            (member, score) -> {
              for (ScoredMembers other : others) {
                if (!Double.isNaN(other.score(member))) {
                  return true;
                }
              }
              result.put(member.copy(), score);
              return true;
            });
    return result;
  }

  private static double orZero(double score) {
    return Double.isNaN(score) ? 0 : score;
  }

  private static List<ScoredMembers> bySize(Request request) {
    return Arrays.stream(orderBySize(request)).mapToObj(request.sources::get).toList();
  }

  private static int[] orderBySize(Request request) {
    Integer[] order = new Integer[request.sources.size()];
    Arrays.setAll(order, i -> i);
    Arrays.sort(order, Comparator.comparingLong(i -> request.sources.get(i).size()));
    return Arrays.stream(order).mapToInt(i -> i).toArray();
  }

  private static List<Slice> sorted(Map<Slice, Double> scores) {
    List<Slice> rankKeys = new ArrayList<>(scores.size());
    scores.forEach((member, score) -> rankKeys.add(RankKey.of(score, member)));
    rankKeys.sort(null);
    return rankKeys;
  }

  /// What becomes of the result.
  private enum Use {
    REPLIED,
    STORED,
    COUNTED
  }

  /// What is combined, and how.
  private static final class Request {
    private final List<ScoredMembers> sources = new ArrayList<>();
    private final double[] weights;
    private Aggregate aggregate = Aggregate.SUM;
    private boolean withScores;

    /// Elements to count, 0 for all.
    private long limit;

    private Request(int keys) {
      weights = new double[keys];
      Arrays.fill(weights, 1);
    }

    /// Looks the keys up before it reads the options, as Redis does: of two mistakes that decides which
    /// is told.
    ///
    /// @param at index of the number of keys
    private static Request parse(Invocation in, int at, Operation operation, Use use) {
      Arguments args = in.args();
      long keys = args.longAt(at);
      if (keys < 1) {
        throw new CommandException(
            "ERR at least 1 input key is needed for '" + in.command().fullName() + "' command");
      }
      if (keys > args.count() - at - 1) {
        throw Errors.syntax();
      }
      Request request = new Request((int) keys);
      int firstKey = at + 1;
      for (int i = firstKey; i < firstKey + keys; i++) {
        request.sources.add(ScoredMembers.find(in.db(), args.get(i)));
      }
      int next = firstKey + (int) keys;
      boolean weighs = operation != Operation.DIFF && use != Use.COUNTED;
      while (next < args.count()) {
        int left = args.count() - next;
        if (weighs && left > keys && args.is(next, "WEIGHTS")) {
          for (int i = 0; i < keys; i++) {
            request.weights[i] =
                args.doubleAt(
                    next + 1 + i, new CommandException("ERR weight value is not a float"));
          }
          next += (int) keys + 1;
        } else if (weighs && left >= 2 && args.is(next, "AGGREGATE")) {
          request.aggregate = aggregate(args, next + 1);
          next += 2;
        } else if (use == Use.REPLIED && args.is(next, "WITHSCORES")) {
          request.withScores = true;
          next++;
        } else if (use == Use.COUNTED && left >= 2 && args.is(next, "LIMIT")) {
          request.limit = limit(args, next + 1);
          next += 2;
        } else {
          throw Errors.syntax();
        }
      }
      return request;
    }

    private static Aggregate aggregate(Arguments args, int index) {
      for (Aggregate aggregate : Aggregate.values()) {
        if (args.is(index, aggregate.name())) {
          return aggregate;
        }
      }
      throw Errors.syntax();
    }

    private static long limit(Arguments args, int index) {
      CommandException refusal = new CommandException("ERR LIMIT can't be negative");
      long limit = args.longAt(index, refusal);
      if (limit < 0) {
        throw refusal;
      }
      return limit;
    }
  }
}
