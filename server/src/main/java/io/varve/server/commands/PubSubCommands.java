package io.varve.server.commands;

import static io.varve.server.command.CommandFlag.FAST;
import static io.varve.server.command.CommandFlag.LOADING;
import static io.varve.server.command.CommandFlag.MAY_REPLICATE;
import static io.varve.server.command.CommandFlag.NOSCRIPT;
import static io.varve.server.command.CommandFlag.PUBSUB;
import static io.varve.server.command.CommandFlag.STALE;

import io.varve.engine.bytes.Slice;
import io.varve.protocol.ReplyWriter;
import io.varve.server.command.Arguments;
import io.varve.server.command.Command;
import io.varve.server.command.CommandException;
import io.varve.server.command.Handler;
import io.varve.server.command.Invocation;
import io.varve.server.command.KeySpec;
import io.varve.server.keyspace.Glob;
import io.varve.server.pubsub.PubSub;
import io.varve.server.pubsub.Recipients;
import io.varve.server.pubsub.Subscriber;
import io.varve.server.pubsub.SubscriptionKind;
import io.varve.server.session.Session;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Subscribing, publishing, and PUBSUB, which tells who does.
///
/// All run on the command loop, to which the subscriptions belong. Subscribing takes effect at once, for
/// later commands of the same transaction count on it, and is taken back if the transaction has to be
/// repeated; messages leave when the request has run to its end.
public final class PubSubCommands {

  private PubSubCommands() {}

  public static List<Command> table() {
    return List.of(
        subscription("subscribe", -2, "2.0.0", in -> subscribe(in, SubscriptionKind.CHANNEL))
            .complexity("O(N) where N is the number of channels")
            .summary("Listens to channels.")
            .build(),
        subscription("unsubscribe", -1, "2.0.0", in -> unsubscribe(in, SubscriptionKind.CHANNEL))
            .complexity("O(N) where N is the number of channels")
            .summary("Stops listening to channels.")
            .build(),
        subscription("psubscribe", -2, "2.0.0", in -> subscribe(in, SubscriptionKind.PATTERN))
            .complexity("O(N) where N is the number of patterns")
            .summary("Listens to all channels that match patterns.")
            .build(),
        subscription("punsubscribe", -1, "2.0.0", in -> unsubscribe(in, SubscriptionKind.PATTERN))
            .complexity("O(N) where N is the number of patterns")
            .summary("Stops listening to patterns.")
            .build(),
        subscription("ssubscribe", -2, "7.0.0", in -> subscribe(in, SubscriptionKind.SHARD_CHANNEL))
            .keys(KeySpec.ALL)
            .complexity("O(N) where N is the number of shard channels")
            .summary("Listens to shard channels.")
            .build(),
        subscription(
                "sunsubscribe", -1, "7.0.0", in -> unsubscribe(in, SubscriptionKind.SHARD_CHANNEL))
            .keys(KeySpec.ALL)
            .complexity("O(N) where N is the number of shard channels")
            .summary("Stops listening to shard channels.")
            .build(),
        define("publish", 3, "2.0.0", PubSubCommands::publish)
            .flags(FAST, MAY_REPLICATE)
            .complexity("O(N+M) where N is the number of recipients and M of patterns")
            .summary("Sends a message to all who listen to a channel.")
            .build(),
        define("spublish", 3, "7.0.0", PubSubCommands::publishToShard)
            .flags(FAST, MAY_REPLICATE)
            .keys(KeySpec.FIRST)
            .complexity("O(N) where N is the number of recipients")
            .summary("Sends a message to all who listen to a shard channel.")
            .build(),
        Command.define("pubsub", -2, PubSubCommands::unreachable)
            .group("pubsub")
            .since("2.8.0")
            .complexity("Depends on the sub-command.")
            .summary("A container for commands about subscriptions.")
            .subcommands(
                define("channels", -2, "2.8.0", in -> names(in, SubscriptionKind.CHANNEL))
                    .complexity("O(N) where N is the number of channels")
                    .summary("Lists channels that somebody listens to."),
                Help.define("6.2.0").group("pubsub"),
                define("numpat", 2, "2.8.0", PubSubCommands::countPatterns)
                    .summary("Counts the patterns that somebody listens to."),
                define("numsub", -2, "2.8.0", in -> countEach(in, SubscriptionKind.CHANNEL))
                    .complexity("O(N) where N is the number of channels named")
                    .summary("Counts who listens to channels."),
                define(
                        "shardchannels",
                        -2,
                        "7.0.0",
                        in -> names(in, SubscriptionKind.SHARD_CHANNEL))
                    .complexity("O(N) where N is the number of shard channels")
                    .summary("Lists shard channels that somebody listens to."),
                define(
                        "shardnumsub",
                        -2,
                        "7.0.0",
                        in -> countEach(in, SubscriptionKind.SHARD_CHANNEL))
                    .complexity("O(N) where N is the number of shard channels named")
                    .summary("Counts who listens to shard channels."))
            .build());
  }

  private static Command.Builder define(String name, int arity, String since, Handler handler) {
    return Command.define(name, arity, handler)
        .flags(PUBSUB, LOADING, STALE)
        .group("pubsub")
        .since(since);
  }

  private static Command.Builder subscription(
      String name, int arity, String since, Handler handler) {
    return define(name, arity, since, handler).flags(NOSCRIPT);
  }

  /// Ends all subscriptions of the session without a word (RESET).
  static void forgetSubscriptions(Invocation in) {
    Subscriber subscriber = in.session().findSubscriber();
    if (subscriber != null) {
      in.server().pubSub().unsubscribeAll(subscriber);
      in.session().subscriptionsChanged();
    }
  }

  private static void unreachable(Invocation in) {
    throw new IllegalStateException("a sub-command is always named");
  }

  private static void subscribe(Invocation in, SubscriptionKind kind) {
    Session session = in.session();
    Subscriber subscriber = session.subscriber();
    for (int i = 1; i < in.args().count(); i++) {
      Slice name = in.args().get(i);
      if (!subscriber.hasRoomFor(name.length())) {
        throw new CommandException("ERR the names of all subscriptions are too long together");
      }
      begin(in, kind, name);
      confirm(in, kind.subscribed(), name, subscriber.countToldWith(kind));
    }
    session.subscriptionsChanged();
  }

  private static void unsubscribe(Invocation in, SubscriptionKind kind) {
    Session session = in.session();
    Subscriber subscriber = session.subscriber();
    if (in.args().count() == 1) {
      List<Slice> names = subscriber.names(kind);
      for (Slice name : names) {
        end(in, kind, name);
        confirm(in, kind.unsubscribed(), name, subscriber.countToldWith(kind));
      }
      if (names.isEmpty()) {
        confirm(in, kind.unsubscribed(), null, subscriber.countToldWith(kind));
      }
    }
    for (int i = 1; i < in.args().count(); i++) {
      Slice name = in.args().get(i);
      end(in, kind, name);
      confirm(in, kind.unsubscribed(), name, subscriber.countToldWith(kind));
    }
    session.subscriptionsChanged();
  }

  private static void begin(Invocation in, SubscriptionKind kind, Slice name) {
    Session session = in.session();
    PubSub pubSub = in.server().pubSub();
    if (pubSub.subscribe(session.subscriber(), kind, name)) {
      Slice kept = name.copy();
      in.onUndo(
          () -> {
            pubSub.unsubscribe(session.subscriber(), kind, kept);
            session.subscriptionsChanged();
          });
    }
  }

  private static void end(Invocation in, SubscriptionKind kind, Slice name) {
    Session session = in.session();
    PubSub pubSub = in.server().pubSub();
    if (pubSub.unsubscribe(session.subscriber(), kind, name)) {
      Slice kept = name.copy();
      in.onUndo(
          () -> {
            pubSub.subscribe(session.subscriber(), kind, kept);
            session.subscriptionsChanged();
          });
    }
  }

  private static void confirm(Invocation in, String what, @Nullable Slice name, int count) {
    ReplyWriter reply = in.reply();
    reply.push(3);
    reply.bulkString(what);
    if (name == null) {
      reply.nullBulk();
    } else {
      reply.bulk(name.segment(), name.offset(), name.length());
    }
    reply.integer(count);
  }

  private static void publish(Invocation in) {
    // A rehearsal is run by another thread than the one that owns the subscriptions.
    send(in, in.isRehearsal() ? null : in.server().pubSub().recipients(in.args().get(1)));
  }

  private static void publishToShard(Invocation in) {
    send(in, in.isRehearsal() ? null : in.server().pubSub().shardRecipients(in.args().get(1)));
  }

  private static void send(Invocation in, @Nullable Recipients recipients) {
    int count = recipients == null ? 0 : recipients.count();
    if (recipients != null && count > 0) {
      byte[] channel = in.args().bytes(1);
      byte[] text = in.args().bytes(2);
      in.afterwards(() -> recipients.send(channel, text));
    }
    in.reply().integer(count);
  }

  private static void names(Invocation in, SubscriptionKind kind) {
    Arguments args = in.args();
    if (args.count() > 3) {
      throw new CommandException(
          "ERR unknown subcommand or wrong number of arguments for '"
              + args.text(1)
              + "'. Try PUBSUB HELP.");
    }
    Glob glob = args.count() == 3 ? new Glob(args.get(2)) : null;
    List<Slice> names = in.server().pubSub().names(kind, glob);
    in.reply().array(names.size());
    for (Slice name : names) {
      in.reply().bulk(name.segment(), name.offset(), name.length());
    }
  }

  private static void countEach(Invocation in, SubscriptionKind kind) {
    Arguments args = in.args();
    in.reply().array(2 * (args.count() - 2));
    for (int i = 2; i < args.count(); i++) {
      in.reply().bulk(args.segment(), args.offset(i), args.length(i));
      in.reply().integer(in.server().pubSub().subscriberCount(kind, args.get(i)));
    }
  }

  private static void countPatterns(Invocation in) {
    in.reply().integer(in.server().pubSub().count(SubscriptionKind.PATTERN));
  }
}
