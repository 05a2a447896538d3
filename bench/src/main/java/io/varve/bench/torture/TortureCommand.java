package io.varve.bench.torture;

import io.varve.bench.folder.Folders;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// `bench torture`: makes faults to real servers and counts what was lost.
@Command(
    name = "torture",
    mixinStandardHelpOptions = true,
    description = {
      "Makes faults to a Varve server under writes, and compares what it then holds with what it",
      "had acknowledged. Prints a line of counts for each fault; exits with 1 if anything was lost,",
      "came back, was wrong or hung, with 2 if it was called wrongly.",
      "  kill      SIGKILL at random moments",
      "  cut-ext4  power cut of an ext4 file system (root)",
      "  cut-xfs   power cut of an xfs file system (root, xfsprogs)",
      "  full      a disk that runs full and is freed again (root)"
    })
public final class TortureCommand implements Callable<Integer> {

  @Spec private @Nullable CommandSpec spec;

  @Option(
      names = "--seconds",
      defaultValue = "120",
      description = "Time for all, in equal shares; each fault makes a round (${DEFAULT-VALUE}).")
  private int seconds;

  @Option(
      names = "--seed",
      description = "Repeats the choices of a run; moments are as the machine has it.")
  private @Nullable Long seed;

  @Option(
      names = "--faults",
      split = ",",
      paramLabel = "NAME",
      defaultValue = "kill,cut-ext4,cut-xfs,full",
      description = "Which, in this order (${DEFAULT-VALUE}).")
  private List<String> faults = new ArrayList<>();

  @Option(names = "--launcher", hidden = true, required = true, description = "scripts/varve.")
  private @Nullable Path launcher;

  @Parameters(
      paramLabel = "OPTION",
      description = "After --: options for the servers that are started, as of scripts/serve.")
  private List<String> serverOptions = new ArrayList<>();

  @Override
  public Integer call() throws IOException, InterruptedException {
    if (seconds < 1) {
      throw wrongUsage("--seconds is at least 1");
    }
    List<Fault> chosen = faults.stream().map(this::fault).toList();
    Long given = seed;
    long drawn = given == null ? new Random().nextLong() : given;
    System.out.println("seed " + drawn);
    long end = System.nanoTime() + seconds * 1_000_000_000L;
    boolean isClean = true;
    for (int i = 0; i < chosen.size(); i++) {
      long now = System.nanoTime();
      long share = Math.max(0, end - now) / (chosen.size() - i);
      isClean &= make(chosen.get(i), faults.get(i), drawn, now + share);
    }
    return isClean ? 0 : 1;
  }

  private Fault fault(String name) {
    return switch (name) {
      case "kill" -> new KillFault();
      case "cut-ext4" -> new CutFault("ext4");
      case "cut-xfs" -> new CutFault("xfs");
      case "full" -> new FullFault();
      default -> throw wrongUsage("no such fault: " + name);
    };
  }

  /// @return whether nothing was lost
  private boolean make(Fault fault, String name, long drawn, long deadlineNanos)
      throws IOException, InterruptedException {
    String obstacle = fault.obstacle();
    if (obstacle != null) {
      row(name, "skipped: " + obstacle);
      return true;
    }
    Tally tally = new Tally();
    try (Cleanup cleanup = new Cleanup()) {
      Path scratch = Files.createTempDirectory("varve-torture");
      cleanup.add(() -> keepOrDelete(scratch, tally));
      Path known = launcher;
      if (known == null) {
        throw wrongUsage("--launcher is missing");
      }
      // Each fault draws numbers of its own, whichever others were asked for.
      long own = drawn ^ ((long) name.hashCode() << 32);
      Ground ground = Ground.make(known, scratch, serverOptions, own, tally, cleanup);
      try {
        fault.run(ground, deadlineNanos);
      } catch (IOException e) {
        // A file system that cannot be mounted after a cut, a server that breaks off what it is
        // asked.
        if (!cleanup.isInterrupted()) {
          tally.wrong(e.toString());
        }
      }
    }
    boolean didSomething = tally.acknowledged() > 0;
    row(name, tally + (didSomething ? "" : "\n  nothing was acknowledged, so nothing was shown"));
    if (fault instanceof FullFault && tally.refused() == 0) {
      System.out.println("  nothing was refused, so the disk never ran full");
    }
    return tally.isClean() && didSomething;
  }

  /// What is not clean is kept, for whoever looks for the reason.
  private static void keepOrDelete(Path scratch, Tally tally) throws IOException {
    if (tally.isClean()) {
      Folders.delete(scratch);
    } else {
      System.err.println("kept: " + scratch);
    }
  }

  private static void row(String name, String text) {
    System.out.printf(Locale.ROOT, "%-9s %s%n", name, text);
  }

  private RuntimeException wrongUsage(String message) {
    CommandSpec known = spec;
    return known == null
        ? new IllegalArgumentException(message)
        : new ParameterException(known.commandLine(), message);
  }
}
