package io.varve.server.cli;

import io.varve.server.replica.Address;
import io.varve.server.replica.ImportException;
import io.varve.server.replica.ImportProgress;
import io.varve.server.replica.Importer;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// `varve import`: takes over the data of a running Redis, or of its RDB file, into a running server.
@Command(
    name = "import",
    description = {
      "Copies all of a running Redis, or of an RDB file, into a running Varve.",
      "A running Redis is followed afterwards, so that nothing written meanwhile is missed, until this"
          + " is stopped (Ctrl-C)."
    },
    mixinStandardHelpOptions = true)
final class ImportCommand implements Callable<Integer> {

  private static final long PROGRESS_MILLIS = 1000;

  /// While a source is followed a line says less that is new.
  private static final int FOLLOWING_LINES_EVERY = 10;

  private static final String URI_BEGINNING = "redis://";

  /// What to do with what is there.
  private static final class Existing {
    @Option(names = "--replace", description = "Write into a target that has keys already.")
    private boolean replace;

    @Option(names = "--flush", description = "Delete all that the target has first.")
    private boolean flush;
  }

  @Spec private CommandSpec spec = CommandSpec.create();

  @Parameters(
      paramLabel = "SOURCE",
      description = "dump.rdb, or redis://[user:password@]host[:port][/database]")
  private String source = "";

  @Option(
      names = "--to",
      paramLabel = "TARGET",
      description = "host:port or redis://[user:password@]host[:port]. Default: ${DEFAULT-VALUE}")
  private String to = "localhost:6379";

  @ArgGroup private Existing existing = new Existing();

  @Option(
      names = "--skip-refused",
      description = "Go on when the target refuses a key or command, and say which.")
  private boolean skipRefused;

  @Option(names = "--once", description = "Do not follow: end when all that was there is copied.")
  private boolean once;

  private final CountDownLatch ended = new CountDownLatch(1);
  private long nanosBefore;
  private long keysBefore;
  private long commandsBefore;
  private int code = ExitCode.FAILURE;

  @Override
  public Integer call() {
    Logging.silence("com.moilioncircle");
    try {
      code = run();
    } catch (ImportException failed) {
      say("varve: " + failed.getMessage());
    } finally {
      ended.countDown();
    }
    return code;
  }

  private int run() throws ImportException {
    Address target = Address.parse(to);
    if (target.database() != Address.ALL_DATABASES) {
      throw new ImportException("--to names a database; keys keep the number of theirs");
    }
    Importer.Options options = new Importer.Options(existing(), skipRefused, once);
    try (Importer importer = new Importer(target, options, this::say)) {
      Thread hook = new Thread(() -> stopAndWait(importer), "varve-import-stop");
      Runtime.getRuntime().addShutdownHook(hook);
      Thread progress = Thread.ofPlatform().daemon().start(() -> showProgress(importer));
      try {
        if (source.startsWith(URI_BEGINNING)) {
          importer.follow(Address.parse(source));
        } else {
          importer.importFile(Path.of(source));
        }
      } finally {
        progress.interrupt();
        removeHook(hook);
        say(summary(importer.progress()));
      }
      return importer.progress().refused() == 0 ? ExitCode.OK : ExitCode.FAILURE;
    }
  }

  private Importer.Existing existing() {
    if (existing.flush) {
      return Importer.Existing.FLUSHED;
    }
    return existing.replace ? Importer.Existing.REPLACED : Importer.Existing.REFUSED;
  }

  /// Ctrl-C and SIGTERM: lets what was read be written, and ends the process as if it had ended by itself.
  private void stopAndWait(Importer importer) {
    importer.stop();
    try {
      ended.await();
    } catch (InterruptedException _) {
      return;
    }
    Runtime.getRuntime().halt(code);
  }

  private static void removeHook(Thread hook) {
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException _) {
      // It runs, and waits for this.
    }
  }

  private void showProgress(Importer importer) {
    nanosBefore = System.nanoTime();
    int lines = 0;
    try {
      while (!Thread.currentThread().isInterrupted()) {
        Thread.sleep(PROGRESS_MILLIS);
        ImportProgress now = importer.progress();
        if (now.snapshotBytes() == 0) {
          say("waiting for the snapshot");
        } else if (!now.isFollowing()) {
          say(copying(now));
        } else if (lines++ % FOLLOWING_LINES_EVERY == 0) {
          say(following(now, importer.findLag()));
        }
      }
    } catch (InterruptedException _) {
      // The import has ended.
    }
  }

  private String copying(ImportProgress now) {
    return String.format(
        Locale.ROOT,
        "copying: %,d keys, %s read, %,d keys/s",
        now.keys(),
        ImportProgress.bytesText(now.snapshotBytes()),
        rate(now));
  }

  private String following(ImportProgress now, long lag) {
    return String.format(
        Locale.ROOT,
        "following: %,d keys copied, %,d commands since, %,d commands/s, %s",
        now.keys(),
        now.commands(),
        rate(now),
        lag < 0 ? "lag unknown" : ImportProgress.bytesText(lag) + " behind");
  }

  /// Keys and commands per second since this was asked last.
  private long rate(ImportProgress now) {
    long nanos = System.nanoTime();
    long done = now.keys() - keysBefore + now.commands() - commandsBefore;
    long rate = Math.round(done * 1e9 / Math.max(1, nanos - nanosBefore));
    nanosBefore = nanos;
    keysBefore = now.keys();
    commandsBefore = now.commands();
    return rate;
  }

  private static String summary(ImportProgress at) {
    String text =
        String.format(
            Locale.ROOT,
            "copied %,d keys (%s)",
            at.keys(),
            ImportProgress.bytesText(at.snapshotBytes()));
    if (at.isFollowing()) {
      text +=
          String.format(
              Locale.ROOT,
              ", then %,d commands: the target has all up to offset %d of %s",
              at.commands(),
              at.offset(),
              at.replicationId());
    }
    return at.refused() == 0
        ? text
        : text + String.format(Locale.ROOT, "; %,d were refused", at.refused());
  }

  private synchronized void say(String line) {
    PrintWriter err = spec.commandLine().getErr();
    err.println(line);
    err.flush();
  }
}
