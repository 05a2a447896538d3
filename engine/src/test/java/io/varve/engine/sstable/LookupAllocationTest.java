package io.varve.engine.sstable;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import io.varve.engine.block.BlockCache;
import io.varve.engine.bytes.Slice;
import io.varve.engine.file.CrashingFileSystem;
import io.varve.engine.iterator.ReadContext;
import io.varve.engine.key.InternalKey;
import io.varve.engine.key.Lookup;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/// A lookup that memory can serve makes next to no work for the collector.
class LookupAllocationTest {

  /// Three keys for the cache and a number for the table, before the compiler removes them.
  private static final long BYTES_PER_LOOKUP_MAX = 200;

  private static final int KEYS = 2000;

  @Test
  void aLookupThatTheCacheServesAllocatesAlmostNothing() {
    var fileSystem = new CrashingFileSystem();
    Path path = Path.of("/db/000001.sst");
    fileSystem.createDirectories(path.getParent());
    var model = new TableModel();
    var keys = new Slice[KEYS];
    for (int i = 0; i < KEYS; i++) {
      keys[i] = TableModel.nativeCopy(("key" + (10_000 + i)).getBytes(StandardCharsets.US_ASCII));
      model.put("key" + (10_000 + i), 1 + i, "value of " + i);
    }
    model.write(fileSystem, path, 1, SstableOptions.DEFAULT.withBlockBytes(128));
    try (var cache = new BlockCache(64 << 20);
        var tables = new TableCache(fileSystem, _ -> path, cache, 10)) {
      lookUpAll(tables, keys);
      lookUpAll(tables, keys);
      var thread = (ThreadMXBean) ManagementFactory.getThreadMXBean();
      long before = thread.getCurrentThreadAllocatedBytes();
      lookUpAll(tables, keys);
      long bytes = (thread.getCurrentThreadAllocatedBytes() - before) / KEYS;
      assertTrue(bytes <= BYTES_PER_LOOKUP_MAX, bytes + " bytes per lookup");
    }
  }

  private static void lookUpAll(TableCache tables, Slice[] keys) {
    var context = new ReadContext();
    var value = new Slice();
    for (Slice key : keys) {
      SstableReader table = tables.acquire(1, context, 0);
      assertEquals(Lookup.FOUND, table.get(key, InternalKey.SEQUENCE_MAX, context, 0, value));
      table.release();
      context.releasePins();
    }
  }
}
