package io.varve.server.commands;

import static io.varve.server.command.CommandFlag.FAST;
import static io.varve.server.command.CommandFlag.READONLY;
import static io.varve.server.command.CommandFlag.WRITE;

import io.varve.engine.bytes.Slice;
import io.varve.server.command.AclCategory;
import io.varve.server.command.Arguments;
import io.varve.server.command.Command;
import io.varve.server.command.CommandException;
import io.varve.server.command.CommandFlag;
import io.varve.server.command.Errors;
import io.varve.server.command.Handler;
import io.varve.server.command.Invocation;
import io.varve.server.command.KeySpec;
import io.varve.server.keyspace.Database;
import io.varve.server.keyspace.ElementWalk;
import io.varve.server.keyspace.Elements;
import io.varve.server.keyspace.KeyEntry;
import io.varve.server.keyspace.KeyEventClass;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Commands on keys, whatever they hold. Stateless.
public final class KeyCommands {

  private KeyCommands() {}

  public static List<Command> table() {
    return List.of(
        define("del", -2, KeyCommands::delete, "1.0.0", WRITE)
            .keys(KeySpec.ALL)
            .complexity("O(N) with the number of keys")
            .summary("Deletes keys.")
            .build(),
        define("unlink", -2, KeyCommands::delete, "4.0.0", WRITE, FAST)
            .keys(KeySpec.ALL)
            .complexity("O(N) with the number of keys")
            .summary("Deletes keys, as DEL does, which frees nothing in the foreground either.")
            .build(),
        define("exists", -2, KeyCommands::countExisting, "1.0.0", READONLY, FAST)
            .keys(KeySpec.ALL)
            .complexity("O(N) with the number of keys")
            .summary("Counts which of the keys exist.")
            .build(),
        define("touch", -2, KeyCommands::countExisting, "3.2.1", READONLY, FAST)
            .keys(KeySpec.ALL)
            .complexity("O(N) with the number of keys")
            .summary("Counts which of the keys exist; access times are not kept.")
            .build(),
        define("type", 2, KeyCommands::type, "1.0.0", READONLY, FAST)
            .summary("Returns what kind of value a key holds.")
            .build(),
        define("rename", 3, KeyCommands::rename, "1.0.0", WRITE)
            .keys(KeySpec.FIRST_TWO)
            .summary("Gives a key another name, replacing what had it.")
            .build(),
        define("renamenx", 3, KeyCommands::renameIfMissing, "1.0.0", WRITE, FAST)
            .keys(KeySpec.FIRST_TWO)
            .summary("Gives a key another name that no key has.")
            .build(),
        define("copy", -3, KeyCommands::copy, "6.2.0", WRITE, CommandFlag.DENYOOM)
            .keys(KeySpec.FIRST_TWO)
            .complexity("O(N) with the size of the value")
            .summary("Copies a key, also to another database.")
            .build(),
        define("move", 3, KeyCommands::move, "1.0.0", WRITE, FAST)
            .complexity("O(N) with the size of the value")
            .summary("Moves a key to another database.")
            .build());
  }

  private static Command.Builder define(
      String name, int arity, Handler handler, String since, CommandFlag... flags) {
    return Command.define(name, arity, handler)
        .flags(flags)
        .keys(KeySpec.FIRST)
        .categories(AclCategory.KEYSPACE)
        .group("generic")
        .since(since);
  }

  private static void delete(Invocation in) {
    Arguments args = in.args();
    Database db = in.db();
    int deleted = 0;
    for (int i = 1; i < args.count(); i++) {
      Slice key = args.get(i);
      KeyEntry entry = db.findForWrite(key);
      if (entry != null) {
        db.remove(key, entry);
        db.event(KeyEventClass.GENERIC, "del", key);
        deleted++;
      }
    }
    in.reply().integer(deleted);
  }

  private static void countExisting(Invocation in) {
    Arguments args = in.args();
    Database db = in.db();
    int existing = 0;
    for (int i = 1; i < args.count(); i++) {
      if (db.find(args.get(i)) != null) {
        existing++;
      }
    }
    in.reply().integer(existing);
  }

  private static void type(Invocation in) {
    KeyEntry entry = in.db().find(in.args().get(1));
    in.reply().simpleString(entry == null ? "none" : entry.type().wireName());
  }

  private static void rename(Invocation in) {
    renameTo(in, true);
    in.reply().ok();
  }

  private static void renameIfMissing(Invocation in) {
    in.reply().integer(renameTo(in, false) ? 1 : 0);
  }

  private static boolean renameTo(Invocation in, boolean replacing) {
    Database db = in.db();
    Slice from = in.args().get(1);
    Slice to = in.args().get(2);
    KeyEntry source = db.findForWrite(from);
    if (source == null) {
      throw Errors.noSuchKey();
    }
    if (from.contentEquals(to)) {
      return replacing;
    }
    KeyEntry target = new KeyEntry();
    boolean exists = db.findForWrite(to, target);
    if (exists && !replacing) {
      return false;
    }
    moveValue(source, db, to, exists ? target : null);
    db.release(from, source);
    tellReplaced(db, to, exists);
    db.event(KeyEventClass.GENERIC, "rename_from", from);
    db.event(KeyEventClass.GENERIC, "rename_to", to);
    return true;
  }

  private static void copy(Invocation in) {
    Arguments args = in.args();
    int targetIndex = in.session().database();
    boolean replace = false;
    for (int i = 3; i < args.count(); i++) {
      if (args.is(i, "REPLACE")) {
        replace = true;
      } else if (args.is(i, "DB") && i + 1 < args.count()) {
        targetIndex = databaseIndex(in, ++i);
      } else {
        throw Errors.syntax();
      }
    }
    Database db = in.db();
    Slice from = args.get(1);
    Slice to = args.get(2);
    if (targetIndex == db.index() && from.contentEquals(to)) {
      throw sameObject();
    }
    KeyEntry source = new KeyEntry();
    if (!db.find(from, source)) {
      in.reply().integer(0);
      return;
    }
    Database targetDb = in.access().select(targetIndex);
    KeyEntry target = new KeyEntry();
    boolean exists = targetDb.findForWrite(to, target);
    if (exists && !replace) {
      in.reply().integer(0);
      return;
    }
    copyValue(db, source, targetDb, to, exists ? target : null);
    tellReplaced(targetDb, to, exists);
    targetDb.event(KeyEventClass.GENERIC, "copy_to", to);
    in.reply().integer(1);
  }

  private static void move(Invocation in) {
    Database db = in.db();
    Slice key = in.args().get(1);
    int targetIndex = databaseIndex(in, 2);
    if (targetIndex == db.index()) {
      throw sameObject();
    }
    Database targetDb = in.access().select(targetIndex);
    KeyEntry entry = db.findForWrite(key);
    if (entry == null || targetDb.findForWrite(key) != null) {
      in.reply().integer(0);
      return;
    }
    copyValue(db, entry, targetDb, key, null);
    db.remove(key, entry);
    db.event(KeyEventClass.GENERIC, "move_from", key);
    targetDb.event(KeyEventClass.GENERIC, "move_to", key);
    in.reply().integer(1);
  }

  /// A key that takes the place of another is a new one to those who listen; of one where there was
  /// none the database says so itself.
  private static void tellReplaced(Database db, Slice key, boolean replaced) {
    if (replaced) {
      db.event(KeyEventClass.NEW, "new", key);
    }
  }

  /// Writes a key's value under another key of the same database; its elements will go with it.
  private static void moveValue(KeyEntry source, Database db, Slice key, @Nullable KeyEntry old) {
    db.beginCopy(source, source.expiryMillis(), source.objectId());
    db.store(key, old);
  }

  /// Writes a key's value, and copies of its elements, under a key of another or the same database.
  private static void copyValue(
      Database from, KeyEntry source, Database to, Slice key, @Nullable KeyEntry old) {
    long copyId = source.isSpread() ? to.newObjectId() : KeyEntry.NO_OBJECT;
    to.beginCopy(source, source.expiryMillis(), copyId);
    if (source.isSpread()) {
      Elements copy = to.elements(copyId);
      try (ElementWalk walk = from.elements(source.objectId()).walk()) {
        for (walk.seekToFirst(); walk.isValid(); walk.next()) {
          copy.put(walk.key(), walk.value());
        }
      }
    }
    to.store(key, old);
  }

  /// @throws CommandException if it is no 32-bit number or names no database
  private static int databaseIndex(Invocation in, int argument) {
    long index = in.args().longAt(argument);
    if (index != (int) index) {
      throw new CommandException(
          "ERR value is out of range, value must between "
              + Integer.MIN_VALUE
              + " and "
              + Integer.MAX_VALUE);
    }
    if (index < 0 || index >= in.keyspace().databaseCount()) {
      throw new CommandException("ERR DB index is out of range");
    }
    return (int) index;
  }

  private static CommandException sameObject() {
    return new CommandException("ERR source and destination objects are the same");
  }
}
