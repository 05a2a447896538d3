package io.varve.server.commands;

import io.varve.protocol.ReplyWriter;
import io.varve.server.acl.AclLog;
import io.varve.server.command.Arguments;
import io.varve.server.command.CommandException;
import io.varve.server.command.Errors;
import io.varve.server.command.Invocation;
import java.math.BigInteger;
import java.security.SecureRandom;
import java.util.List;
import java.util.Locale;

/// ACL LOG and ACL GENPASS: the handlers; [AclCommands] has their table.
final class AclLogCommand {

  private static final long ENTRIES_DEFAULT = 10;
  private static final int PASSWORD_BITS_DEFAULT = 256;
  private static final int PASSWORD_BITS_MAX = 4096;
  private static final SecureRandom RANDOM = new SecureRandom();

  private AclLogCommand() {}

  static void log(Invocation in) {
    Arguments args = in.args();
    if (args.count() > 3) {
      throw Errors.wrongArity("acl|log");
    }
    AclLog log = in.server().aclLog();
    if (args.count() == 3 && args.is(2, "RESET")) {
      log.clear();
      in.reply().ok();
      return;
    }
    long count = args.count() == 3 ? Math.max(0, args.longAt(2)) : ENTRIES_DEFAULT;
    List<AclLog.Entry> entries = log.newest(count);
    in.reply().array(entries.size());
    for (AclLog.Entry entry : entries) {
      write(in, entry);
    }
  }

  private static void write(Invocation in, AclLog.Entry entry) {
    ReplyWriter reply = in.reply();
    reply.map(10);
    reply.bulkString("count");
    reply.integer(entry.count());
    reply.bulkString("reason");
    reply.bulkString(entry.reason());
    reply.bulkString("context");
    reply.bulkString(entry.context());
    reply.bulkString("object");
    reply.bulkString(entry.object());
    reply.bulkString("username");
    reply.bulkString(entry.user());
    reply.bulkString("age-seconds");
    reply.doubleValue(Math.max(0, in.nowMillis() - entry.createdMillis()) / 1000.0);
    reply.bulkString("client-info");
    reply.bulkString(entry.client());
    reply.bulkString("entry-id");
    reply.integer(entry.id());
    reply.bulkString("timestamp-created");
    reply.integer(entry.createdMillis());
    reply.bulkString("timestamp-last-updated");
    reply.integer(entry.updatedMillis());
  }

  /// Random hexadecimal digits, four bits each.
  static void generatePassword(Invocation in) {
    Arguments args = in.args();
    if (args.count() > 3) {
      throw Errors.wrongArity("acl|genpass");
    }
    long bits = args.count() == 3 ? args.longAt(2) : PASSWORD_BITS_DEFAULT;
    if (bits <= 0 || bits > PASSWORD_BITS_MAX) {
      throw new CommandException(
          "ERR ACL GENPASS argument must be the number of bits for the output password, a positive"
              + " number up to 4096");
    }
    int digits = (int) (bits + 3) / 4;
    String text = new BigInteger(4 * digits, RANDOM).toString(16).toLowerCase(Locale.ROOT);
    in.reply().bulkString("0".repeat(digits - text.length()) + text);
  }
}
