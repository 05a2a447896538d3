package io.varve.server.commands;

import static io.varve.server.command.CommandFlag.ADMIN;
import static io.varve.server.command.CommandFlag.LOADING;
import static io.varve.server.command.CommandFlag.NOSCRIPT;
import static io.varve.server.command.CommandFlag.STALE;

import io.varve.protocol.ReplyWriter;
import io.varve.server.command.Command;
import io.varve.server.command.CommandException;
import io.varve.server.command.CommandTable;
import io.varve.server.command.Handler;
import io.varve.server.command.Invocation;
import io.varve.server.command.Latencies;
import io.varve.server.command.LatencyMonitor;
import java.util.ArrayList;
import java.util.List;

/// LATENCY: what took long, in samples, pictures and words.
public final class LatencyCommands {

  private static final int GRAPH_COLUMNS = 80;
  private static final int GRAPH_ROWS = 4;

  private LatencyCommands() {}

  public static List<Command> table() {
    return List.of(
        Command.define(
                "latency",
                -2,
                in -> {
                  throw new IllegalStateException("a sub-command is always named");
                })
            .group("server")
            .since("2.8.13")
            .complexity("Depends on the sub-command.")
            .summary("A container for commands about latency.")
            .subcommands(
                define(
                    "doctor", 2, "2.8.13", "Says in words what is slow.", LatencyCommands::doctor),
                define(
                    "graph", 3, "2.8.13", "Draws the samples of an event.", LatencyCommands::graph),
                Help.define("2.8.13").group("server"),
                define(
                    "histogram",
                    -2,
                    "7.0.0",
                    "Gives the distribution of the durations of commands.",
                    LatencyCommands::histogram),
                define(
                    "history",
                    3,
                    "2.8.13",
                    "Gives the samples of an event.",
                    LatencyCommands::history),
                define(
                    "latest",
                    2,
                    "2.8.13",
                    "Gives the newest sample of each event.",
                    LatencyCommands::latest),
                define("reset", -2, "2.8.13", "Forgets events.", LatencyCommands::reset))
            .build());
  }

  private static Command.Builder define(
      String name, int arity, String since, String summary, Handler handler) {
    return Command.define(name, arity, handler)
        .flags(ADMIN, NOSCRIPT, LOADING, STALE)
        .group("server")
        .since(since)
        .summary(summary);
  }

  private static void history(Invocation in) {
    List<LatencyMonitor.Sample> samples = in.server().latency().history(in.args().text(2));
    in.reply().array(samples.size());
    for (LatencyMonitor.Sample sample : samples) {
      in.reply().array(2);
      in.reply().integer(sample.seconds());
      in.reply().integer(sample.millis());
    }
  }

  private static void latest(Invocation in) {
    List<LatencyMonitor.Latest> events = in.server().latency().latest();
    in.reply().array(events.size());
    for (LatencyMonitor.Latest event : events) {
      in.reply().array(4);
      in.reply().bulkString(event.event());
      in.reply().integer(event.last().seconds());
      in.reply().integer(event.last().millis());
      in.reply().integer(event.maxMillis());
    }
  }

  private static void reset(Invocation in) {
    if (in.args().count() == 2) {
      in.reply().integer(in.server().latency().resetAll());
      return;
    }
    int count = 0;
    for (int i = 2; i < in.args().count(); i++) {
      if (in.server().latency().reset(in.args().text(i))) {
        count++;
      }
    }
    in.reply().integer(count);
  }

  private static void histogram(Invocation in) {
    CommandTable table = in.server().commands();
    List<Integer> wanted = new ArrayList<>();
    if (in.args().count() == 2) {
      for (int i = 0; i < table.size(); i++) {
        wanted.add(i);
      }
    }
    for (int i = 2; i < in.args().count(); i++) {
      int number = table.find(in.args().text(i));
      if (number != CommandTable.UNKNOWN) {
        wanted.add(number);
        for (Command subcommand : table.get(number).subcommands()) {
          wanted.add(table.find(subcommand.fullName()));
        }
      }
    }
    wanted.removeIf(number -> in.server().statistics().latencies(number).count() == 0);
    in.reply().map(wanted.size());
    for (int number : wanted) {
      in.reply().bulkString(table.get(number).fullName());
      histogram(in.reply(), in.server().statistics().latencies(number));
    }
  }

  /// Cumulative counts at the powers of two between the shortest and the longest run.
  private static void histogram(ReplyWriter reply, Latencies latencies) {
    List<Long> pairs = new ArrayList<>();
    long before = 0;
    for (long micros = 1; before < latencies.count() && micros <= 1L << 34; micros <<= 1) {
      long upTo = micros == 1L << 34 ? latencies.count() : latencies.countUpTo(micros);
      if (upTo > before) {
        pairs.add(micros);
        pairs.add(upTo);
      }
      before = upTo;
    }
    reply.map(2);
    reply.bulkString("calls");
    reply.integer(latencies.count());
    reply.bulkString("histogram_usec");
    reply.map(pairs.size() / 2);
    for (long number : pairs) {
      reply.integer(number);
    }
  }

  private static void graph(Invocation in) {
    String event = in.args().text(2);
    List<LatencyMonitor.Sample> samples = in.server().latency().history(event);
    Long max = in.server().latency().maxMillis(event);
    if (samples.isEmpty() || max == null) {
      throw new CommandException("ERR No samples available for event '" + event + "'");
    }
    if (samples.size() > GRAPH_COLUMNS) {
      samples = samples.subList(samples.size() - GRAPH_COLUMNS, samples.size());
    }
    in.reply().verbatim("txt", draw(event, samples, max, in.nowMillis() / 1000));
  }

  private static String draw(
      String event, List<LatencyMonitor.Sample> samples, long max, long nowSeconds) {
    long high = Long.MIN_VALUE;
    long low = Long.MAX_VALUE;
    for (LatencyMonitor.Sample sample : samples) {
      high = Math.max(high, sample.millis());
      low = Math.min(low, sample.millis());
    }
    StringBuilder text = new StringBuilder();
    text.append(event)
        .append(" - high ")
        .append(high)
        .append(" ms, low ")
        .append(low)
        .append(" ms (all time high ")
        .append(max)
        .append(" ms)\n")
        .append("-".repeat(GRAPH_COLUMNS))
        .append('\n');
    long span = Math.max(1, high - low);
    for (int row = GRAPH_ROWS - 1; row >= 0; row--) {
      for (LatencyMonitor.Sample sample : samples) {
        long height = (sample.millis() - low) * GRAPH_ROWS / span;
        text.append(height > row ? '#' : row == 0 ? '_' : ' ');
      }
      text.append('\n');
    }
    text.append("\nfrom ")
        .append(nowSeconds - samples.getFirst().seconds())
        .append(" s ago to ")
        .append(nowSeconds - samples.getLast().seconds())
        .append(" s ago\n");
    return text.toString();
  }

  private static void doctor(Invocation in) {
    LatencyMonitor monitor = in.server().latency();
    List<LatencyMonitor.Latest> events = monitor.latest();
    StringBuilder text = new StringBuilder();
    if (monitor.threshold() == 0) {
      text.append(
          "The latency monitor is off. CONFIG SET latency-monitor-threshold <milliseconds> turns it"
              + " on.\n");
    } else if (events.isEmpty()) {
      text.append("Nothing took ").append(monitor.threshold()).append(" ms or longer.\n");
    }
    for (LatencyMonitor.Latest event : events) {
      List<LatencyMonitor.Sample> samples = monitor.history(event.event());
      long sum = 0;
      for (LatencyMonitor.Sample sample : samples) {
        sum += sample.millis();
      }
      text.append(event.event())
          .append(": ")
          .append(samples.size())
          .append(" spikes, mean ")
          .append(samples.isEmpty() ? 0 : sum / samples.size())
          .append(" ms, longest ")
          .append(event.maxMillis())
          .append(" ms.")
          .append(advice(event.event()))
          .append('\n');
    }
    in.reply().verbatim("txt", text.toString());
  }

  private static String advice(String event) {
    return switch (event) {
      case "command", "fast-command" -> " SLOWLOG GET shows which commands these were.";
      default -> "";
    };
  }
}
