package io.varve.server.replica;

import com.moilioncircle.redis.replicator.Configuration;
import com.moilioncircle.redis.replicator.RedisRdbReplicator;
import com.moilioncircle.redis.replicator.Replicator;
import com.moilioncircle.redis.replicator.Status;
import com.moilioncircle.redis.replicator.cmd.impl.DefaultCommand;
import com.moilioncircle.redis.replicator.event.AbstractEvent;
import com.moilioncircle.redis.replicator.event.Event;
import com.moilioncircle.redis.replicator.event.PostRdbSyncEvent;
import com.moilioncircle.redis.replicator.event.PreCommandSyncEvent;
import com.moilioncircle.redis.replicator.event.PreRdbSyncEvent;
import com.moilioncircle.redis.replicator.rdb.dump.DumpRdbVisitor;
import com.moilioncircle.redis.replicator.rdb.dump.datatype.DumpFunction;
import com.moilioncircle.redis.replicator.rdb.dump.datatype.DumpKeyValuePair;
import io.varve.protocol.Reply;
import io.varve.protocol.RespClient;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// One import, from an RDB file or from a running Redis. Made, run once, closed.
///
/// The thread that runs it reads the source and sends to the target; the target's answers are read by
/// another. What the source says to its replicas goes on as it is, transactions too, so the target goes
/// through the same states; only the databases' numbers are looked at.
public final class Importer implements AutoCloseable {

  /// What to do with a target that is not empty.
  public enum Existing {
    /// Nothing is imported.
    REFUSED,
    /// Keys with the same names are replaced, others stay.
    REPLACED,
    /// All of it is deleted first.
    FLUSHED
  }

  /// @param existing what to do with a target that is not empty
  /// @param skipRefused whether to go on when the target refuses something
  /// @param once whether to end behind the snapshot
  public record Options(Existing existing, boolean skipRefused, boolean once) {}

  private static final Duration SOURCE_TIMEOUT = Duration.ofSeconds(10);
  private static final int REFUSALS_SHOWN = 20;
  private static final byte[] RESTORE = Address.bytes("RESTORE");
  private static final byte[] REPLACE = Address.bytes("REPLACE");
  private static final byte[] ABSTTL = Address.bytes("ABSTTL");
  private static final byte[] PING = Address.bytes("PING");
  private static final byte[] SELECT = Address.bytes("SELECT");

  private final Options options;
  private final Consumer<String> notes;
  private final ImportProgress progress = new ImportProgress();
  private final Target target;

  /// The database of the source that is imported alone, or [Address#ALL_DATABASES].
  private int wanted = Address.ALL_DATABASES;

  /// The database that the target has selected.
  private int selected;

  /// The database that the stream is about.
  private int current;

  private boolean snapshotBegun;
  private boolean snapshotDone;

  /// Whether nothing has come since it was said that the connection to the source has ended.
  private boolean breakTold;

  private @Nullable RespClient sourceClock;
  private volatile boolean stopped;
  private volatile @Nullable Runnable stopSource;
  private volatile @Nullable ImportException failure;

  /// Connects to the target, and looks whether it may be written to.
  ///
  /// @param notes told, line by line, of what whoever has started it should know; on several threads
  public Importer(Address targetAddress, Options options, Consumer<String> notes)
      throws ImportException {
    this.options = options;
    this.notes = notes;
    this.target = new Target(targetAddress, this::refused);
    try {
      prepareTarget();
    } catch (ImportException notReady) {
      target.close();
      throw notReady;
    }
  }

  private void prepareTarget() throws ImportException {
    if (options.existing == Existing.REFUSED) {
      String keys = target.findKeys();
      if (keys != null) {
        throw new ImportException(
            "the target is not empty, it has "
                + keys
                + "; --replace keeps what has other names, --flush deletes all of it first");
      }
    }
    if (options.existing == Existing.FLUSHED
        && target.call("FLUSHALL") instanceof Reply.Failure(String text)) {
      throw new ImportException("the target refuses FLUSHALL: " + text);
    }
    target.start();
  }

  public ImportProgress progress() {
    return progress;
  }

  /// Imports a file.
  ///
  /// @throws ImportException if it is damaged, which shows before anything is written, or the target fails
  public void importFile(Path file) throws ImportException {
    RdbFile.check(file);
    try {
      RedisRdbReplicator replicator =
          new RedisRdbReplicator(
              file.toFile(), Configuration.defaultSetting().setUseDefaultExceptionListener(false));
      replicator.setRdbVisitor(new DumpRdbVisitor(replicator));
      run(replicator, () -> close(replicator));
    } catch (IOException | RuntimeException | AssertionError unreadable) {
      throw new ImportException(
          file + " cannot be imported: " + unreadable.getMessage(), unreadable);
    }
    if (!snapshotDone && !stopped) {
      throw new ImportException(file + " is damaged: it ends too early");
    }
  }

  /// Imports what a running Redis has, and then follows it until [#stop()].
  ///
  /// @throws ImportException if the source refuses, or is gone for too long, or the target fails
  public void follow(Address source) throws ImportException {
    wanted = source.database();
    RespClient asked = source.connect("source", SOURCE_TIMEOUT);
    sourceClock = asked;
    ReplicationStream stream = new ReplicationStream(source, commandNames(asked, source));
    stream.addStatusListener(
        (_, status) -> {
          if (status == Status.DISCONNECTED && !breakTold && !stopped && failure == null) {
            breakTold = true;
            notes.accept("the connection to the source has ended; trying again for some seconds");
          }
        });
    try {
      run(stream, stream::stop);
    } catch (IOException | RuntimeException | AssertionError refused) {
      if (!stopped) {
        throw new ImportException(
            "the source " + source + " fails: " + refused.getMessage(), refused);
      }
    }
    if (!snapshotDone && !stopped) {
      throw new ImportException("the source " + source + " ended before its snapshot did");
    }
  }

  /// Ends the import: what has been read is still written. Any thread.
  public void stop() {
    stopped = true;
    Runnable stopping = stopSource;
    if (stopping != null) {
      stopping.run();
    }
  }

  /// How far the source's stream is ahead of what the target has, in bytes; -1 if that is not known. One
  /// thread at a time, not the one that runs the import.
  public long findLag() {
    RespClient clock = sourceClock;
    long arrived = progress.offset();
    if (clock == null || arrived < 0) {
      return -1;
    }
    try {
      for (String line : clock.call("INFO", "replication").asText().split("\r\n", -1)) {
        if (line.startsWith("master_repl_offset:")) {
          return Math.max(0, Long.parseLong(line.substring(line.indexOf(':') + 1)) - arrived);
        }
      }
    } catch (IOException | RuntimeException _) {
      // The import itself learns of it if the source is gone.
    }
    return -1;
  }

  @Override
  public void close() {
    target.close();
    RespClient clock = sourceClock;
    if (clock != null) {
      try {
        clock.close();
      } catch (IOException _) {
        // Nothing was waited for.
      }
    }
  }

  private void run(Replicator replicator, Runnable stopping) throws IOException, ImportException {
    replicator.addEventListener((_, event) -> take(replicator, event));
    replicator.addExceptionListener(
        (_, cause, _) -> fail(new ImportException("fault: " + cause, cause)));
    stopSource = stopping;
    if (!stopped) {
      replicator.open();
    }
    ImportException failed = failure;
    if (failed != null) {
      throw failed;
    }
    target.awaitAnswers();
    failed = failure;
    if (failed != null) {
      throw failed;
    }
  }

  private void take(Replicator replicator, Event event) {
    if (failure != null) {
      return;
    }
    if (stopped) {
      // It may have been stopped before it had begun, and not have noticed.
      stop();
    }
    try {
      apply(replicator, event);
    } catch (ImportException cause) {
      fail(cause);
    }
  }

  private void apply(Replicator replicator, Event event) throws ImportException {
    switch (event) {
      case PreRdbSyncEvent _ -> {
        if (snapshotBegun) {
          throw new ImportException(
              "the connection was lost for so long that the source sends all of it anew; begin again"
                  + " with --flush");
        }
        snapshotBegun = true;
      }
      case DumpKeyValuePair pair -> restore(pair);
      case DumpFunction function ->
          target.send(
              () -> {}, Address.bytes("FUNCTION"), RESTORE, function.getSerialized(), REPLACE);
      case PostRdbSyncEvent _ -> snapshotDone = true;
      case PreCommandSyncEvent _ -> snapshotEnded(replicator.getConfiguration());
      case DefaultCommand command -> run(command);
      default -> {}
    }
  }

  private void snapshotEnded(Configuration configuration) throws ImportException {
    target.awaitAnswers();
    progress.arrivedUpTo(configuration.getReplOffset());
    progress.follows(configuration.getReplId());
    if (options.once) {
      stop();
    }
  }

  private void restore(DumpKeyValuePair pair) throws ImportException {
    progress.snapshotRead(endOf(pair));
    int database = pair.getDb() == null ? 0 : (int) pair.getDb().getDbNumber();
    if (wanted != Address.ALL_DATABASES && database != wanted) {
      return;
    }
    select(database);
    Long expiry = pair.getExpiredMs();
    String time = String.valueOf(expiry == null ? 0 : Math.max(1, expiry));
    target.send(
        progress::keyArrived,
        RESTORE,
        pair.getKey(),
        Address.bytes(time),
        pair.getValue(),
        REPLACE,
        ABSTTL);
  }

  private void select(int database) throws ImportException {
    if (database != selected) {
      selected = database;
      target.send(() -> {}, SELECT, Address.bytes(String.valueOf(database)));
    }
  }

  private void run(DefaultCommand command) throws ImportException {
    breakTold = false;
    byte[][] words = words(command);
    String name = new String(words[0], StandardCharsets.ISO_8859_1).toUpperCase(Locale.ROOT);
    long end = endOf(command);
    if (name.equals("SELECT") && words.length == 2) {
      current = Integer.parseInt(new String(words[1], StandardCharsets.ISO_8859_1));
    }
    boolean isPing = name.equals("PING");
    byte[][] sent =
        wanted == Address.ALL_DATABASES ? words : SingleDatabase.of(words, name, current, wanted);
    target.send(
        () -> {
          if (!isPing) {
            progress.commandArrived();
          }
          progress.arrivedUpTo(end);
        },
        sent == null ? new byte[][] {PING} : sent);
    target.flush();
  }

  private static byte[][] words(DefaultCommand command) {
    byte[][] words = new byte[1 + command.getArgs().length][];
    words[0] = command.getCommand();
    System.arraycopy(command.getArgs(), 0, words, 1, words.length - 1);
    return words;
  }

  /// Where an event ends, in bytes of the snapshot or of the stream.
  private static long endOf(AbstractEvent event) {
    return event.getContext().getOffsets().getV2();
  }

  private void refused(String what) {
    progress.refusal();
    String line = "the target refuses " + what;
    if (!options.skipRefused) {
      fail(new ImportException(line + "; what came before it is there (--skip-refused goes on)"));
    } else if (progress.refused() <= REFUSALS_SHOWN) {
      notes.accept(line);
    }
  }

  private synchronized void fail(ImportException cause) {
    if (failure == null) {
      failure = cause;
    }
    Runnable stopping = stopSource;
    if (stopping != null) {
      stopping.run();
    }
  }

  private static Set<String> commandNames(RespClient client, Address source)
      throws ImportException {
    Reply reply;
    try {
      reply = client.call("COMMAND");
    } catch (IOException gone) {
      throw new ImportException("the source " + source + " is gone: " + gone.getMessage(), gone);
    }
    if (!(reply instanceof Reply.Array commands)) {
      throw new ImportException("the source " + source + " refuses COMMAND: " + reply.asText());
    }
    Set<String> names = new TreeSet<>();
    for (Reply command : commands.elements()) {
      if (command instanceof Reply.Array described) {
        names.add(described.elements().getFirst().asText());
      }
    }
    return names;
  }

  private static void close(Replicator replicator) {
    try {
      replicator.close();
    } catch (IOException _) {
      // It ends anyway.
    }
  }
}
