package io.varve.engine.file;

import io.varve.engine.error.StorageException;
import io.varve.engine.file.FaultRule.Effect;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/// Another file system, with faults where rules say so. Without rules it changes nothing.
///
/// The first rule that strikes decides; delays add up. Thread-safe.
public final class FaultInjectingFileSystem implements FileSystem {

  private final FileSystem inner;
  private final List<FaultRule> rules = new CopyOnWriteArrayList<>();

  public FaultInjectingFileSystem(FileSystem inner) {
    this.inner = inner;
  }

  public FaultRule add(FaultRule rule) {
    rules.add(rule);
    return rule;
  }

  public void clearRules() {
    rules.clear();
  }

  @Override
  public WritableFile create(Path file) {
    strike(FileOperation.CREATE, file);
    return new FaultyWritableFile(inner.create(file));
  }

  @Override
  public WritableFile openForOverwrite(Path file) {
    strike(FileOperation.OPEN_FOR_OVERWRITE, file);
    return new FaultyWritableFile(inner.openForOverwrite(file));
  }

  @Override
  public ReadableFile open(Path file) {
    strike(FileOperation.OPEN, file);
    return new FaultyReadableFile(inner.open(file));
  }

  @Override
  public boolean exists(Path file) {
    return inner.exists(file);
  }

  @Override
  public long size(Path file) {
    return inner.size(file);
  }

  @Override
  public List<String> list(Path directory) {
    strike(FileOperation.LIST, directory);
    return inner.list(directory);
  }

  @Override
  public void createDirectories(Path directory) {
    inner.createDirectories(directory);
  }

  @Override
  public void rename(Path from, Path to) {
    strike(FileOperation.RENAME, from);
    inner.rename(from, to);
  }

  @Override
  public void link(Path existing, Path link) {
    strike(FileOperation.LINK, link);
    inner.link(existing, link);
  }

  @Override
  public void delete(Path file) {
    strike(FileOperation.DELETE, file);
    inner.delete(file);
  }

  @Override
  public void syncDirectory(Path directory) {
    strike(FileOperation.SYNC_DIRECTORY, directory);
    inner.syncDirectory(directory);
  }

  @Override
  public FileLock lock(Path file) {
    strike(FileOperation.LOCK, file);
    return inner.lock(file);
  }

  @Override
  public long usableBytes(Path directory) {
    return inner.usableBytes(directory);
  }

  private void strike(FileOperation operation, Path file) {
    fail(operation, FileNames.nameOf(file), effect(operation, FileNames.nameOf(file)));
  }

  /// Waits out delays and finds the effect of the first other rule that strikes.
  private @Nullable Effect effect(FileOperation operation, String file) {
    Effect found = null;
    for (FaultRule rule : rules) {
      if (rule.strikes(operation, file)) {
        if (rule.effect() instanceof Effect.Delay delay) {
          delay.pause().run();
        } else if (found == null) {
          found = rule.effect();
        }
      }
    }
    return found;
  }

  /// Turns an effect that is a plain error into its exception.
  private static void fail(FileOperation operation, String file, @Nullable Effect effect) {
    if (effect instanceof Effect.Fail fail) {
      throw error(operation, file, fail.message());
    }
  }

  private static StorageException error(FileOperation operation, String file, String message) {
    return new StorageException(
        operation.name().toLowerCase(java.util.Locale.ROOT), file, new IOException(message));
  }

  private final class FaultyReadableFile implements ReadableFile {
    private final ReadableFile file;

    FaultyReadableFile(ReadableFile file) {
      this.file = file;
    }

    @Override
    public String name() {
      return file.name();
    }

    @Override
    public long size() {
      return file.size();
    }

    @Override
    public int read(long position, MemorySegment target, long targetOffset, int length) {
      Effect effect = effect(FileOperation.READ, name());
      fail(FileOperation.READ, name(), effect);
      int wanted =
          effect instanceof Effect.ShortRead shorter ? Math.min(length, shorter.bytes()) : length;
      return file.read(position, target, targetOffset, wanted);
    }

    @Override
    public void close() {
      file.close();
    }
  }

  private final class FaultyWritableFile implements WritableFile {
    private final WritableFile file;

    FaultyWritableFile(WritableFile file) {
      this.file = file;
    }

    @Override
    public String name() {
      return file.name();
    }

    @Override
    public long position() {
      return file.position();
    }

    @Override
    public void append(MemorySegment source, long offset, int length) {
      Effect effect = effect(FileOperation.WRITE, name());
      fail(FileOperation.WRITE, name(), effect);
      if (effect instanceof Effect.PartialWrite partial) {
        file.append(source, offset, Math.min(length, partial.bytes()));
        throw error(FileOperation.WRITE, name(), partial.message());
      }
      file.append(source, offset, length);
    }

    @Override
    public void write(long position, MemorySegment source, long offset, int length) {
      Effect effect = effect(FileOperation.WRITE, name());
      fail(FileOperation.WRITE, name(), effect);
      if (effect instanceof Effect.PartialWrite partial) {
        file.write(position, source, offset, Math.min(length, partial.bytes()));
        throw error(FileOperation.WRITE, name(), partial.message());
      }
      file.write(position, source, offset, length);
    }

    @Override
    public void sync() {
      Effect effect = effect(FileOperation.SYNC, name());
      fail(FileOperation.SYNC, name(), effect);
      if (effect instanceof Effect.FailAndLose lose) {
        if (file instanceof CrashingFileSystem.LosesPages memory) {
          memory.failSync();
        }
        throw error(FileOperation.SYNC, name(), lose.message());
      }
      file.sync();
    }

    @Override
    public void truncate(long bytes) {
      Effect effect = effect(FileOperation.TRUNCATE, name());
      fail(FileOperation.TRUNCATE, name(), effect);
      file.truncate(bytes);
    }

    @Override
    public void close() {
      file.close();
    }
  }
}
