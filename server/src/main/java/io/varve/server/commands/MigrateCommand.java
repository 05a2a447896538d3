package io.varve.server.commands;

import static io.varve.server.command.CommandFlag.BLOCKING;
import static io.varve.server.command.CommandFlag.WRITE;

import io.varve.engine.bytes.Slice;
import io.varve.server.command.AclCategory;
import io.varve.server.command.Arguments;
import io.varve.server.command.Command;
import io.varve.server.command.CommandException;
import io.varve.server.command.Errors;
import io.varve.server.command.Invocation;
import io.varve.server.command.KeySearch.Option;
import io.varve.server.command.KeySpec;
import io.varve.server.command.KeyWait;
import io.varve.server.command.ServerAccess;
import io.varve.server.keyspace.Database;
import io.varve.server.keyspace.KeyEntry;
import io.varve.server.keyspace.KeyEventClass;
import io.varve.server.keyspace.ValueType;
import io.varve.server.rdb.ValueWriter;
import io.varve.server.session.Session;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// MIGRATE: sends keys to another server and removes them here once that has them. Stateless.
///
/// It runs twice. The first run takes the values as they are, starts a [Migration], which talks to the
/// target on a thread of its own, and waits; other clients are served meanwhile, and may change the keys.
/// The second run, when the target has answered for all of them, looks at each key once more: only one
/// that is still what was sent is removed, in one execution with the others. So nothing that anybody has
/// been told is lost, whatever the network does: a key is in both places rather than in none.
final class MigrateCommand {

  private static final int TIMEOUT_MILLIS_DEFAULT = 1000;

  private MigrateCommand() {}

  static Command command() {
    return Command.define("migrate", -6, MigrateCommand::migrate)
        .flags(WRITE, BLOCKING)
        .keys(
            new KeySpec(3, 3, 1)
                .andAllAfter(
                    "KEYS", 6, new Option("AUTH", 1, false), new Option("AUTH2", 2, false)))
        .categories(AclCategory.KEYSPACE, AclCategory.DANGEROUS)
        .since("2.6.0")
        .complexity("O(N) with the size of the values")
        .summary("Moves keys to another server.")
        .differs(
            "Other clients are served meanwhile. A key that they change stays, and the answer is an"
                + " error that names it. Not within MULTI and scripts.")
        .build();
  }

  private static void migrate(Invocation in) {
    if (in.remembered() instanceof Migration done) {
      finish(in, done);
      return;
    }
    if (in.isNested()) {
      throw new CommandException("ERR MIGRATE is not allowed within transactions and scripts");
    }
    Options options = Options.parse(in.args());
    List<Migration.MovingKey> keys = take(in, options);
    if (keys.isEmpty()) {
      in.reply().simpleString("NOKEY");
      return;
    }
    Migration migration =
        new Migration(
            options.target(in.args()), in.session().database(), options.copy, keys, in.nowMillis());
    ServerAccess server = in.server();
    Session session = in.session();
    in.afterwards(() -> migration.start(() -> server.retry(session)));
    in.waitFor(
        new KeyWait(
            in.session().database(),
            List.of(),
            ValueType.STRING,
            false,
            KeyWait.NO_DEADLINE,
            reply ->
                reply.error("ERR MIGRATE was given up: the keys stay, the target may have them"),
            migration));
  }

  /// The values of those keys that exist.
  private static List<Migration.MovingKey> take(Invocation in, Options options) {
    List<Migration.MovingKey> taken = new ArrayList<>();
    for (int i = options.firstKey; i < options.endKey; i++) {
      Slice key = in.args().get(i).copy();
      Migration.MovingKey moving = take(in.db(), key);
      if (moving != null) {
        taken.add(moving);
      }
    }
    return taken;
  }

  private static Migration.@Nullable MovingKey take(Database db, Slice key) {
    KeyEntry entry = new KeyEntry();
    return db.find(key, entry)
        ? new Migration.MovingKey(key, ValueWriter.dump(db, key, entry), entry.expiryMillis())
        : null;
  }

  /// Removes what has arrived, and answers.
  private static void finish(Invocation in, Migration done) {
    Database db = in.access().select(done.database());
    StringBuilder changed = new StringBuilder();
    for (Migration.MovingKey sent : done.arrived()) {
      if (done.isCopy()) {
        continue;
      }
      if (sent.equals(take(db, sent.key()))) {
        KeyEntry entry = new KeyEntry();
        if (db.findForWrite(sent.key(), entry)) {
          db.remove(sent.key(), entry);
          db.event(KeyEventClass.GENERIC, "del", sent.key());
        }
      } else {
        changed.append(changed.isEmpty() ? "" : ", ").append(sent.key());
      }
    }
    if (!changed.isEmpty()) {
      in.reply()
          .error(
              "ERR changed while the target got them, so they were not removed here: " + changed);
    } else if (done.error() != null) {
      in.reply().error(done.error());
    } else {
      in.reply().ok();
    }
  }

  /// @param user null for the default one
  /// @param password null for none
  /// @param firstKey index of the first key
  /// @param endKey index behind the last key
  private record Options(
      long timeoutMillis,
      long database,
      boolean copy,
      boolean replace,
      @Nullable String user,
      @Nullable String password,
      int firstKey,
      int endKey) {

    static Options parse(Arguments args) {
      boolean copy = false;
      boolean replace = false;
      String user = null;
      String password = null;
      int firstKey = 3;
      int endKey = 4;
      for (int i = 6; i < args.count(); i++) {
        int more = args.count() - 1 - i;
        if (args.is(i, "COPY")) {
          copy = true;
        } else if (args.is(i, "REPLACE")) {
          replace = true;
        } else if (args.is(i, "AUTH") && more >= 1) {
          password = args.text(++i);
        } else if (args.is(i, "AUTH2") && more >= 2) {
          user = args.text(++i);
          password = args.text(++i);
        } else if (args.is(i, "KEYS")) {
          if (args.length(3) != 0) {
            throw new CommandException(
                "ERR When using MIGRATE KEYS option, the key argument must be set to the empty"
                    + " string");
          }
          firstKey = i + 1;
          endKey = args.count();
          break;
        } else {
          throw Errors.syntax();
        }
      }
      long timeout = args.longAt(5);
      long database = args.longAt(4);
      return new Options(
          timeout <= 0 ? TIMEOUT_MILLIS_DEFAULT : Math.min(timeout, Integer.MAX_VALUE / 2),
          database,
          copy,
          replace,
          user,
          password,
          firstKey,
          endKey);
    }

    Migration.Target target(Arguments args) {
      return new Migration.Target(
          args.text(1), args.text(2), database, timeoutMillis, replace, user, password);
    }
  }
}
