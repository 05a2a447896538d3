package io.varve.bench.contest;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/// Adds up the files of a store again and again and keeps the highest sums: what has not been deleted
/// yet counts, whatever it is for.
final class SpaceSampler implements AutoCloseable {

  private static final String TABLE_SUFFIX = ".sst";

  private final Path directory;
  private final long pauseMillis;
  private final Thread thread;
  private volatile boolean stopped;
  private Space peak = new Space(0, 0);

  /// Bytes of files at one moment, or the highest of several moments.
  ///
  /// @param tables bytes of tables, those that are being written and those no longer needed included
  /// @param all the same of all files, logs included
  record Space(long tables, long all) {

    Space max(Space other) {
      return new Space(Math.max(tables, other.tables), Math.max(all, other.all));
    }
  }

  SpaceSampler(Path directory, long pauseMillis) {
    this.directory = directory;
    this.pauseMillis = pauseMillis;
    this.thread = Thread.ofPlatform().name("space-sampler").daemon(true).start(this::sample);
  }

  /// The sum now.
  static Space measure(Path directory) throws IOException {
    long tables = 0;
    long all = 0;
    try (DirectoryStream<Path> files = Files.newDirectoryStream(directory)) {
      for (Path file : files) {
        try {
          long bytes = Files.size(file);
          all += bytes;
          if (file.toString().endsWith(TABLE_SUFFIX)) {
            tables += bytes;
          }
        } catch (NoSuchFileException _) {
          // Deleted since it was listed.
        }
      }
    }
    return new Space(tables, all);
  }

  private void sample() {
    try {
      while (!stopped) {
        Space now = measure(directory);
        synchronized (this) {
          peak = peak.max(now);
          wait(pauseMillis);
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (IOException e) {
      throw new IllegalStateException("adding up " + directory, e);
    }
  }

  /// Ends sampling.
  ///
  /// @return the highest sums, with one last look
  Space stop() throws IOException, InterruptedException {
    close();
    thread.join();
    return peak.max(measure(directory));
  }

  @Override
  public void close() {
    stopped = true;
    synchronized (this) {
      notifyAll();
    }
  }
}
