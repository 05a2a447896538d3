package io.varve.engine.sstable;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.varve.engine.block.BlockCache;
import io.varve.engine.bytes.Slice;
import io.varve.engine.file.DiskFileSystem;
import io.varve.engine.file.FileSystem;
import io.varve.engine.iterator.EntryIterator;
import io.varve.engine.iterator.ReadContext;
import io.varve.engine.key.InternalKey;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Tables of released format versions keep opening, with the same content.
class GoldenTableTest {

  private final FileSystem fileSystem = new DiskFileSystem();

  @ParameterizedTest
  @EnumSource
  void keepsOpeningWithTheSameContent(GoldenTables golden) {
    TableModel model = golden.model();
    try (var cache = new BlockCache(0)) {
      SstableReader table = TableModel.open(fileSystem, golden.path(), golden.fileNumber(), cache);
      var findings = new ArrayList<SstableFinding>();
      table.verify(findings::add);
      assertEquals(List.of(), findings);
      assertEquals(1_790_000_000_000L, table.properties().creationMillis());
      assertEquals(golden.options().bloomBitsPerKey(), table.properties().bloomBitsPerKey(), 0.001);
      var context = new ReadContext();
      try (EntryIterator iterator = table.iterator(context, 0, CachePolicy.FILL)) {
        iterator.seekToFirst();
        for (Map.Entry<TableModel.Key, byte[]> entry : model.entries.entrySet()) {
          assertTrue(iterator.isValid());
          assertEquals(Slice.of(entry.getKey().userKey()), iterator.userKey());
          assertEquals(entry.getKey().trailer(), iterator.trailer());
          assertEquals(Slice.of(entry.getValue()), iterator.value());
          // Through the filter and the index.
          var expected = new Slice();
          var found = new Slice();
          long sequence = InternalKey.sequence(entry.getKey().trailer());
          assertEquals(
              model.get(entry.getKey().userKey(), sequence, expected),
              table.get(iterator.userKey(), sequence, context, 0, found));
          assertEquals(expected, found);
          iterator.next();
        }
        assertFalse(iterator.isValid());
      }
      context.releasePins();
      table.release();
    }
  }

  @Test
  void oneOfThemHasIndexPartitions() {
    try (var cache = new BlockCache(0)) {
      GoldenTables golden = GoldenTables.V1_PARTITIONED;
      SstableReader table = TableModel.open(fileSystem, golden.path(), golden.fileNumber(), cache);
      assertEquals(2, table.footer().indexLevels());
      table.release();
    }
  }

  /// For a new format version only: `-Dvarve.rewrite=true`.
  @ParameterizedTest
  @EnumSource
  @EnabledIfSystemProperty(named = "varve.rewrite", matches = "true")
  void write(GoldenTables golden) throws Exception {
    Files.createDirectories(GoldenTables.directory());
    if (!Files.exists(golden.path())) {
      golden.model().write(fileSystem, golden.path(), golden.fileNumber(), golden.options());
    }
  }
}
