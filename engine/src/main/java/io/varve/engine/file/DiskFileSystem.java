package io.varve.engine.file;

import io.varve.engine.error.StorageException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/// The file system of the operating system, through `FileChannel`.
///
/// Safe from any thread. An interrupted thread closes the channel that it works on, so no thread that
/// comes here may ever be interrupted. Buffered I/O: the page cache is the kernel's business, the block
/// cache ours.
public final class DiskFileSystem implements FileSystem {

  /// Locks on a file are held by the process, so the operating system would grant one to a second
  /// store of the same process: this set refuses it.
  private static final Set<Path> LOCKED_HERE = ConcurrentHashMap.newKeySet();

  @Override
  public WritableFile create(Path file) {
    return openWritable("create", file, StandardOpenOption.CREATE_NEW);
  }

  @Override
  public WritableFile openForOverwrite(Path file) {
    return openWritable("open for overwriting", file);
  }

  @Override
  public ReadableFile open(Path file) {
    FileChannel channel = null;
    try {
      channel = FileChannel.open(file, StandardOpenOption.READ);
      return new DiskReadableFile(FileNames.nameOf(file), channel, channel.size());
    } catch (IOException e) {
      closeAfterFailure(channel, e);
      throw failed("open", file, e);
    }
  }

  @Override
  public boolean exists(Path file) {
    return Files.exists(file);
  }

  @Override
  public long size(Path file) {
    try {
      return Files.size(file);
    } catch (IOException e) {
      throw failed("look-up of the size", file, e);
    }
  }

  @Override
  public List<String> list(Path directory) {
    List<String> names = new ArrayList<>();
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(directory)) {
      for (Path entry : entries) {
        names.add(FileNames.nameOf(entry));
      }
      return names;
    } catch (DirectoryIteratorException e) {
      throw new StorageException("list", directory.toString(), e);
    } catch (IOException e) {
      throw failed("list", directory, e);
    }
  }

  /// {@inheritDoc} The names of the new directories are durable on return.
  @Override
  public void createDirectories(Path directory) {
    Deque<Path> missing = new ArrayDeque<>();
    Path at = directory.toAbsolutePath();
    while (at != null && !Files.exists(at)) {
      missing.push(at);
      at = at.getParent();
    }
    try {
      Files.createDirectories(directory);
    } catch (IOException e) {
      throw failed("create", directory, e);
    }
    for (Path made : missing) {
      Path parent = made.getParent();
      if (parent != null) {
        syncDirectory(parent);
      }
    }
  }

  @Override
  public void rename(Path from, Path to) {
    try {
      Files.move(from, to, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      throw failed("rename to " + FileNames.nameOf(to), from, e);
    }
  }

  @Override
  public void link(Path existing, Path link) {
    try {
      Files.createLink(link, existing);
    } catch (IOException e) {
      throw failed("link to " + FileNames.nameOf(existing), link, e);
    }
  }

  @Override
  public void delete(Path file) {
    try {
      Files.delete(file);
    } catch (IOException e) {
      throw failed("delete", file, e);
    }
  }

  @Override
  public void syncDirectory(Path directory) {
    try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
      channel.force(true);
    } catch (IOException e) {
      throw failed("sync", directory, e);
    }
  }

  @Override
  public FileLock lock(Path file) {
    Path key = file.toAbsolutePath().normalize();
    if (!LOCKED_HERE.add(key)) {
      throw inUse(file);
    }
    FileChannel channel = null;
    try {
      channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
      if (channel.tryLock() == null) {
        channel.close();
        throw inUse(file);
      }
      FileChannel held = channel;
      return new DiskFileLock(key, held);
    } catch (OverlappingFileLockException e) {
      LOCKED_HERE.remove(key);
      closeAfterFailure(channel, e);
      throw inUse(file);
    } catch (IOException e) {
      LOCKED_HERE.remove(key);
      closeAfterFailure(channel, e);
      throw failed("lock", file, e);
    } catch (StorageException e) {
      LOCKED_HERE.remove(key);
      throw e;
    }
  }

  @Override
  public long usableBytes(Path directory) {
    try {
      return Files.getFileStore(directory).getUsableSpace();
    } catch (IOException e) {
      throw failed("look-up of the free space", directory, e);
    }
  }

  private static WritableFile openWritable(
      String operation, Path file, StandardOpenOption... more) {
    Set<StandardOpenOption> options = new HashSet<>(List.of(more));
    options.add(StandardOpenOption.WRITE);
    try {
      return new DiskWritableFile(FileNames.nameOf(file), FileChannel.open(file, options));
    } catch (IOException e) {
      throw failed(operation, file, e);
    }
  }

  private static StorageException inUse(Path lockFile) {
    return new StorageException(
        "lock",
        lockFile.toString(),
        "the directory " + lockFile.toAbsolutePath().getParent() + " is in use by another store");
  }

  private static StorageException failed(String operation, Path file, IOException cause) {
    return new StorageException(operation, file.toString(), cause);
  }

  private static void closeAfterFailure(@Nullable FileChannel channel, Exception failure) {
    if (channel != null) {
      try {
        channel.close();
      } catch (IOException e) {
        failure.addSuppressed(e);
      }
    }
  }

  /// A lock of the operating system and our place in the set of this process.
  private record DiskFileLock(Path key, FileChannel channel) implements FileLock {
    @Override
    public void close() {
      try {
        channel.close();
      } catch (IOException e) {
        throw failed("unlock", key, e);
      } finally {
        LOCKED_HERE.remove(key);
      }
    }
  }
}
