package io.varve.server.commands;

import static io.varve.server.command.AclCategory.TRANSACTION;
import static io.varve.server.command.CommandFlag.ALLOW_BUSY;
import static io.varve.server.command.CommandFlag.FAST;
import static io.varve.server.command.CommandFlag.LOADING;
import static io.varve.server.command.CommandFlag.NOSCRIPT;
import static io.varve.server.command.CommandFlag.SKIP_SLOWLOG;
import static io.varve.server.command.CommandFlag.STALE;

import io.varve.server.command.Command;
import io.varve.server.command.CommandException;
import io.varve.server.command.Dispatcher;
import io.varve.server.command.Invocation;
import io.varve.server.command.KeySpec;
import io.varve.server.keyspace.Watcher;
import io.varve.server.session.Session;
import io.varve.server.session.Transaction;
import java.util.List;

/// Transactions: the dispatcher queues, these open, run and drop.
///
/// EXEC runs everything in one execution on the keyspace and changes the session only at its end: a
/// missing block may make it start anew.
public final class TransactionCommands {

  private static final String REFUSED =
      "EXECABORT Transaction discarded because of previous errors.";

  private TransactionCommands() {}

  public static List<Command> table() {
    return List.of(
        Command.define("multi", 1, TransactionCommands::multi)
            .flags(NOSCRIPT, LOADING, STALE, FAST, ALLOW_BUSY)
            .categories(TRANSACTION)
            .group("transactions")
            .since("1.2.0")
            .summary("Starts a transaction.")
            .build(),
        Command.define("exec", 1, TransactionCommands::exec)
            .flags(NOSCRIPT, LOADING, STALE, SKIP_SLOWLOG)
            .categories(TRANSACTION)
            .group("transactions")
            .since("1.2.0")
            .complexity("that of the queued commands")
            .summary("Runs the commands of the transaction.")
            .build(),
        Command.define("discard", 1, TransactionCommands::discard)
            .flags(NOSCRIPT, LOADING, STALE, FAST, ALLOW_BUSY)
            .categories(TRANSACTION)
            .group("transactions")
            .since("2.0.0")
            .complexity("O(N) where N is the number of queued commands")
            .summary("Drops the transaction.")
            .build(),
        Command.define("watch", -2, TransactionCommands::watch)
            .flags(NOSCRIPT, LOADING, STALE, FAST, ALLOW_BUSY)
            .keys(KeySpec.ALL)
            .categories(TRANSACTION)
            .group("transactions")
            .since("2.2.0")
            .complexity("O(N) where N is the number of keys")
            .summary("Lets EXEC run only if these keys stay what they are.")
            .build(),
        Command.define("unwatch", 1, TransactionCommands::unwatch)
            .flags(NOSCRIPT, LOADING, STALE, FAST, ALLOW_BUSY)
            .categories(TRANSACTION)
            .group("transactions")
            .since("2.2.0")
            .summary("Watches no key any more.")
            .build());
  }

  /// Lets go of all watched keys of the session (EXEC, DISCARD, UNWATCH, RESET).
  static void forgetWatches(Invocation in) {
    Session session = in.session();
    if (session.watcher() instanceof Watcher watcher) {
      in.access().unwatch(watcher);
      if (!in.isRehearsal()) {
        session.watcher(null);
        session.transaction().clearWatches();
      }
    }
  }

  private static void multi(Invocation in) {
    if (in.session().inMulti()) {
      throw new CommandException("ERR MULTI calls can not be nested");
    }
    in.session().transaction().open();
    in.reply().ok();
  }

  private static void exec(Invocation in) {
    Session session = in.session();
    Transaction transaction = session.transaction();
    if (!transaction.isOpen()) {
      throw new CommandException("ERR EXEC without MULTI");
    }
    // The replies are written and not thrown: an error would bring the watches back.
    if (transaction.isRefused()) {
      in.reply().error(REFUSED);
      in.countWrittenError(REFUSED);
    } else if (isOvertaken(in)) {
      in.reply().nullArray();
    } else {
      int count = transaction.count();
      in.reply().array(count);
      for (int i = 0; i < count; i++) {
        Dispatcher.runQueued(in, transaction.request(i), transaction.command(i));
      }
    }
    forgetWatches(in);
    if (!in.isRehearsal()) {
      transaction.close();
    }
  }

  /// Whether a watched key is not what it was.
  private static boolean isOvertaken(Invocation in) {
    if (in.isRehearsal()) {
      return false; // The registry of watches belongs to the command loop.
    }
    Session session = in.session();
    return session.transaction().isWatchedKeyTouched()
        || (session.watcher() instanceof Watcher watcher
            && in.keyspace().hasWatchedExpired(watcher, in.nowMillis()));
  }

  private static void discard(Invocation in) {
    if (!in.session().inMulti()) {
      throw new CommandException("ERR DISCARD without MULTI");
    }
    forgetWatches(in);
    in.session().transaction().close();
    in.reply().ok();
  }

  private static void watch(Invocation in) {
    Session session = in.session();
    if (session.inMulti()) {
      throw new CommandException("ERR WATCH inside MULTI is not allowed");
    }
    Watcher watcher;
    if (session.watcher() instanceof Watcher existing) {
      watcher = existing;
    } else {
      watcher = new SessionWatch(session);
      session.watcher(watcher);
    }
    if (!session.transaction().isWatchedKeyTouched()) {
      for (int i = 1; i < in.args().count(); i++) {
        in.db().watch(in.args().get(i), watcher);
      }
    }
    in.reply().ok();
  }

  private static void unwatch(Invocation in) {
    if (!in.isNested()) {
      forgetWatches(in);
    }
    in.reply().ok();
  }

  /// A session between WATCH and EXEC. EXEC's own writes come to light only after the session has let
  /// go of its watches; they must not count against its next transaction.
  private static final class SessionWatch implements Watcher {
    private final Session session;

    private SessionWatch(Session session) {
      this.session = session;
    }

    @Override
    public void touched() {
      if (session.watcher() == this) {
        session.transaction().touchWatchedKey();
      }
    }
  }
}
