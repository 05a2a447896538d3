package io.varve.engine.file;

import io.varve.engine.bytes.Layouts;
import io.varve.engine.error.StorageException;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// A file system in memory that can lose power.
///
/// Per block of 4 KiB it knows what was synced, per directory which names were. At any moment
/// [#crashClone(Survival)] gives the disk as it would be found after a power cut: each block and each
/// change of a directory that was not synced has survived or not, independently, as a seeded draw
/// decides. That is harsher than file systems with a journal are. A rename survives as a whole or not
/// at all. Directories themselves are durable at once.
///
/// Blocks are never changed in place, so a clone costs references only. Thread-safe. One file in spite
/// of its length: what survives is decided by blocks and names together.
public final class CrashingFileSystem implements FileSystem {

  public static final int BLOCK_BYTES = 4 << 10;

  /// What outlives a power cut besides what was synced.
  public sealed interface Survival {
    /// Nothing.
    record Synced() implements Survival {}

    /// Everything: the process died, not the machine.
    record Everything() implements Survival {}

    /// Each block and name by a draw.
    ///
    /// @param percent chance of each to survive
    record Drawn(long seed, int percent) implements Survival {}
  }

  /// Told before each operation that changes the disk, from the thread that makes it.
  @FunctionalInterface
  public interface Watcher {
    void before(FileOperation operation, String file);
  }

  /// A file whose sync can fail as that of a kernel does.
  interface LosesPages {
    /// The pages are no longer dirty, and not on the disk either.
    void failSync();
  }

  /// The content of a file, as programs see it and as a power cut would leave it.
  private static final class Inode {
    /// Null for a block that was never written: zeros without space.
    final ArrayList<byte @Nullable []> blocks = new ArrayList<>();

    final ArrayList<byte @Nullable []> durableBlocks = new ArrayList<>();
    final BitSet dirty = new BitSet();
    long size;
    long durableSize;

    long allocatedBlocks() {
      long count = 0;
      for (byte[] block : blocks) {
        count += block == null ? 0 : 1;
      }
      return count;
    }

    byte @Nullable [] block(int index) {
      return index < blocks.size() ? blocks.get(index) : null;
    }

    void setBlock(int index, byte @Nullable [] block) {
      while (blocks.size() <= index) {
        blocks.add(null);
      }
      blocks.set(index, block);
      dirty.set(index);
    }

    void sync() {
      for (int i = dirty.nextSetBit(0); i >= 0; i = dirty.nextSetBit(i + 1)) {
        while (durableBlocks.size() <= i) {
          durableBlocks.add(null);
        }
        durableBlocks.set(i, block(i));
      }
      dirty.clear();
      durableSize = size;
    }
  }

  /// A change of names that survives whole or not at all: names that go, and one that comes.
  private record NameChange(@Nullable Path removed, @Nullable Path added, Inode inode) {}

  private static final class Directory {
    final Map<Path, Inode> names = new HashMap<>();
    final Map<Path, Inode> durableNames = new HashMap<>();
    final List<NameChange> pending = new ArrayList<>();

    void change(NameChange change) {
      apply(names, change);
      pending.add(change);
    }

    static void apply(Map<Path, Inode> names, NameChange change) {
      if (change.removed() != null) {
        names.remove(change.removed(), change.inode());
      }
      if (change.added() != null) {
        names.put(change.added(), change.inode());
      }
    }
  }

  // All guarded by this.
  private final Map<Path, Directory> directories = new HashMap<>();
  private final Set<Path> locked = new HashSet<>();
  private long capacityBytes = Long.MAX_VALUE / 2;
  private @Nullable Watcher watcher;

  /// The disk as it is found after the power comes back now.
  public synchronized CrashingFileSystem crashClone(Survival survival) {
    CrashingFileSystem after = new CrashingFileSystem();
    Random random =
        survival instanceof Survival.Drawn drawn ? new Random(drawn.seed()) : new Random(0);
    int percent =
        switch (survival) {
          case Survival.Synced _ -> 0;
          case Survival.Everything _ -> 100;
          case Survival.Drawn drawn -> drawn.percent();
        };
    IdentityHashMap<Inode, Inode> copies = new IdentityHashMap<>();
    // In a fixed order, so that a seed means the same each time.
    for (Path path : directories.keySet().stream().sorted().toList()) {
      Directory directory = directories.get(path);
      Map<Path, Inode> found = new HashMap<>(directory.durableNames);
      for (NameChange change : directory.pending) {
        if (random.nextInt(100) < percent) {
          Directory.apply(found, change);
        }
      }
      Directory copy = new Directory();
      for (Path name : found.keySet().stream().sorted().toList()) {
        Inode inode = found.get(name);
        Inode copied = copies.get(inode);
        if (copied == null) {
          copied = afterCrash(inode, random, percent);
          copies.put(inode, copied);
        }
        copy.names.put(name, copied);
        copy.durableNames.put(name, copied);
      }
      after.directories.put(path, copy);
    }
    return after;
  }

  private static Inode afterCrash(Inode inode, Random random, int percent) {
    Inode copy = new Inode();
    boolean sizeSurvives = inode.size == inode.durableSize || random.nextInt(100) < percent;
    copy.size = sizeSurvives ? inode.size : inode.durableSize;
    int blocks = (int) ((copy.size + BLOCK_BYTES - 1) / BLOCK_BYTES);
    for (int i = 0; i < blocks; i++) {
      boolean current = !inode.dirty.get(i) || random.nextInt(100) < percent;
      List<byte @Nullable []> from =
          inode.dirty.get(i) && current ? inode.blocks : inode.durableBlocks;
      copy.blocks.add(i < from.size() ? from.get(i) : null);
    }
    copy.durableBlocks.addAll(copy.blocks);
    copy.durableSize = copy.size;
    return copy;
  }

  /// Bounds the space of all files: writes that need more fail as on a full disk.
  public synchronized void setCapacity(long bytes) {
    capacityBytes = bytes;
  }

  /// Null for none.
  public synchronized void watch(@Nullable Watcher newWatcher) {
    watcher = newWatcher;
  }

  /// Flips bits of a file, behind everybody's back and durably.
  public synchronized void corrupt(Path file, long offset, int xor) {
    Inode inode = find("corrupt", file);
    int index = (int) (offset / BLOCK_BYTES);
    byte[] block = copyOf(inode.block(index));
    block[(int) (offset % BLOCK_BYTES)] ^= (byte) xor;
    inode.setBlock(index, block);
    inode.sync();
  }

  @Override
  public synchronized WritableFile create(Path file) {
    before(FileOperation.CREATE, file);
    Directory directory = directoryOf("create", file);
    if (directory.names.containsKey(key(file))) {
      throw failed("create", file, "it exists");
    }
    Inode inode = new Inode();
    directory.change(new NameChange(null, key(file), inode));
    return new MemoryWritableFile(FileNames.nameOf(file), inode);
  }

  @Override
  public synchronized WritableFile openForOverwrite(Path file) {
    return new MemoryWritableFile(FileNames.nameOf(file), find("open for overwriting", file));
  }

  @Override
  public synchronized ReadableFile open(Path file) {
    Inode inode = find("open", file);
    return new MemoryReadableFile(FileNames.nameOf(file), inode, inode.size);
  }

  @Override
  public synchronized boolean exists(Path file) {
    if (directories.containsKey(key(file))) {
      return true;
    }
    Directory directory = directories.get(parent(file));
    return directory != null && directory.names.containsKey(key(file));
  }

  @Override
  public synchronized long size(Path file) {
    return find("look-up of the size", file).size;
  }

  @Override
  public synchronized List<String> list(Path directory) {
    Directory found = directories.get(key(directory));
    if (found == null) {
      throw failed("list", directory, "there is no such directory");
    }
    List<String> names = new ArrayList<>();
    for (Path name : found.names.keySet()) {
      names.add(FileNames.nameOf(name));
    }
    for (Path other : directories.keySet()) {
      if (key(directory).equals(other.getParent())) {
        names.add(FileNames.nameOf(other));
      }
    }
    names.sort(null);
    return names;
  }

  @Override
  public synchronized void createDirectories(Path directory) {
    for (Path at = key(directory); at != null; at = at.getParent()) {
      directories.computeIfAbsent(at, _ -> new Directory());
    }
  }

  @Override
  public synchronized void rename(Path from, Path to) {
    before(FileOperation.RENAME, from);
    Inode inode = find("rename", from);
    Directory source = directoryOf("rename", from);
    Directory target = directoryOf("rename", to);
    if (source == target) {
      source.change(new NameChange(key(from), key(to), inode));
    } else {
      target.change(new NameChange(null, key(to), inode));
      source.change(new NameChange(key(from), null, inode));
    }
  }

  @Override
  public synchronized void link(Path existing, Path link) {
    before(FileOperation.LINK, link);
    Inode inode = find("link", existing);
    Directory directory = directoryOf("link", link);
    if (directory.names.containsKey(key(link))) {
      throw failed("link", link, "it exists");
    }
    directory.change(new NameChange(null, key(link), inode));
  }

  @Override
  public synchronized void delete(Path file) {
    before(FileOperation.DELETE, file);
    Directory folder = directories.get(key(file));
    if (folder != null && folder.names.isEmpty()) {
      directories.remove(key(file));
      return;
    }
    Inode inode = find("delete", file);
    directoryOf("delete", file).change(new NameChange(key(file), null, inode));
  }

  @Override
  public synchronized void syncDirectory(Path path) {
    before(FileOperation.SYNC_DIRECTORY, path);
    Directory directory = directories.get(key(path));
    if (directory == null) {
      throw failed("sync", path, "there is no such directory");
    }
    directory.durableNames.clear();
    directory.durableNames.putAll(directory.names);
    directory.pending.clear();
  }

  @Override
  public synchronized FileLock lock(Path file) {
    Directory directory = directoryOf("lock", file);
    if (!locked.add(key(file))) {
      throw failed("lock", file, "the directory " + parent(file) + " is in use by another store");
    }
    if (!directory.names.containsKey(key(file))) {
      directory.change(new NameChange(null, key(file), new Inode()));
    }
    return () -> {
      synchronized (this) {
        locked.remove(key(file));
      }
    };
  }

  @Override
  public synchronized long usableBytes(Path directory) {
    return Math.max(0, capacityBytes - usedBytes());
  }

  private long usedBytes() {
    Set<Inode> counted = java.util.Collections.newSetFromMap(new IdentityHashMap<>());
    long blocks = 0;
    for (Directory directory : directories.values()) {
      for (Inode inode : directory.names.values()) {
        if (counted.add(inode)) {
          blocks += inode.allocatedBlocks();
        }
      }
    }
    return blocks * BLOCK_BYTES;
  }

  private void before(FileOperation operation, Path file) {
    before(operation, FileNames.nameOf(file));
  }

  private void before(FileOperation operation, String name) {
    if (watcher != null) {
      watcher.before(operation, name);
    }
  }

  private Inode find(String operation, Path file) {
    Inode inode = directoryOf(operation, file).names.get(key(file));
    if (inode == null) {
      throw failed(operation, file, "there is no such file");
    }
    return inode;
  }

  private Directory directoryOf(String operation, Path file) {
    Directory directory = directories.get(parent(file));
    if (directory == null) {
      throw failed(operation, file, "there is no such directory");
    }
    return directory;
  }

  private static Path key(Path path) {
    return path.toAbsolutePath().normalize();
  }

  private static @Nullable Path parent(Path file) {
    return key(file).getParent();
  }

  private static StorageException failed(String operation, Path file, String detail) {
    return new StorageException(operation, file.toString(), new IOException(detail));
  }

  private static byte[] copyOf(byte @Nullable [] block) {
    return block == null ? new byte[BLOCK_BYTES] : block.clone();
  }

  private final class MemoryReadableFile implements ReadableFile {
    private final String name;
    private final Inode inode;
    private final long sizeAtOpen;
    private boolean closed;

    MemoryReadableFile(String name, Inode inode, long sizeAtOpen) {
      this.name = name;
      this.inode = inode;
      this.sizeAtOpen = sizeAtOpen;
    }

    @Override
    public String name() {
      return name;
    }

    @Override
    public long size() {
      return sizeAtOpen;
    }

    @Override
    public int read(long position, MemorySegment target, long targetOffset, int length) {
      synchronized (CrashingFileSystem.this) {
        requireOpen("read", name, closed);
        int available = (int) Math.max(0, Math.min(length, inode.size - position));
        int done = 0;
        while (done < available) {
          long at = position + done;
          int inBlock = (int) (at % BLOCK_BYTES);
          int part = Math.min(available - done, BLOCK_BYTES - inBlock);
          byte[] block = inode.block((int) (at / BLOCK_BYTES));
          if (block == null) {
            target.asSlice(targetOffset + done, part).fill((byte) 0);
          } else {
            MemorySegment.copy(block, inBlock, target, Layouts.BYTE, targetOffset + done, part);
          }
          done += part;
        }
        return done;
      }
    }

    @Override
    public void close() {
      closed = true;
    }
  }

  private final class MemoryWritableFile implements WritableFile, LosesPages {
    private final String name;
    private final Inode inode;
    private long position;
    private boolean closed;

    MemoryWritableFile(String name, Inode inode) {
      this.name = name;
      this.inode = inode;
    }

    @Override
    public String name() {
      return name;
    }

    @Override
    public long position() {
      return position;
    }

    @Override
    public void append(MemorySegment source, long offset, int length) {
      write(position, source, offset, length);
      position += length;
    }

    @Override
    public void write(long at, MemorySegment source, long offset, int length) {
      synchronized (CrashingFileSystem.this) {
        requireOpen("write", name, closed);
        before(FileOperation.WRITE, name);
        int done = 0;
        while (done < length) {
          int index = (int) ((at + done) / BLOCK_BYTES);
          int inBlock = (int) ((at + done) % BLOCK_BYTES);
          int part = Math.min(length - done, BLOCK_BYTES - inBlock);
          if (inode.block(index) == null && usedBytes() + BLOCK_BYTES > capacityBytes) {
            throw new StorageException("write", name, new IOException("No space left on device"));
          }
          byte[] block = copyOf(inode.block(index));
          MemorySegment.copy(source, Layouts.BYTE, offset + done, block, inBlock, part);
          inode.setBlock(index, block);
          done += part;
          inode.size = Math.max(inode.size, at + done);
        }
      }
    }

    @Override
    public void sync() {
      synchronized (CrashingFileSystem.this) {
        requireOpen("sync", name, closed);
        before(FileOperation.SYNC, name);
        inode.sync();
      }
    }

    @Override
    public void failSync() {
      synchronized (CrashingFileSystem.this) {
        inode.dirty.clear();
      }
    }

    @Override
    public void truncate(long bytes) {
      synchronized (CrashingFileSystem.this) {
        requireOpen("truncate", name, closed);
        before(FileOperation.TRUNCATE, name);
        int kept = (int) ((bytes + BLOCK_BYTES - 1) / BLOCK_BYTES);
        for (int i = kept; i < inode.blocks.size(); i++) {
          inode.setBlock(i, null);
        }
        if (bytes < inode.size && bytes % BLOCK_BYTES != 0 && inode.block(kept - 1) != null) {
          byte[] block = copyOf(inode.block(kept - 1));
          java.util.Arrays.fill(block, (int) (bytes % BLOCK_BYTES), BLOCK_BYTES, (byte) 0);
          inode.setBlock(kept - 1, block);
        }
        inode.size = bytes;
        position = Math.min(position, bytes);
      }
    }

    @Override
    public void close() {
      closed = true;
    }
  }

  private static void requireOpen(String operation, String name, boolean closed) {
    if (closed) {
      throw new StorageException(operation, name, new IOException("the file is closed"));
    }
  }
}
