package io.varve.engine.inspect;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.varve.engine.bytes.Slice;
import io.varve.engine.file.CrashingFileSystem;
import io.varve.engine.file.FileNames;
import io.varve.engine.key.EntryKind;
import io.varve.engine.key.InternalKey;
import io.varve.engine.sstable.SstableOptions;
import io.varve.engine.sstable.SstableWriter;
import io.varve.engine.version.CurrentFile;
import io.varve.engine.version.TableMetadata;
import io.varve.engine.version.VersionEdit;
import io.varve.engine.version.VersionSet;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class StoreVerifierTest {

  private static final Path DIRECTORY = Path.of("/store");

  private final CrashingFileSystem files = new CrashingFileSystem();
  private final List<TableMetadata> tables = new ArrayList<>();

  @BeforeEach
  void makeAStoreOfTwoTables() {
    files.createDirectories(DIRECTORY);
    try (VersionSet set = open()) {
      for (int i = 0; i < 2; i++) {
        TableMetadata table = writeTable(set, i);
        tables.add(table);
        set.apply(
                VersionEdit.builder()
                    .add(0, set.newNumber(), table)
                    .lastSequence(table.largestSequence())
                    .build())
            .release();
      }
    }
  }

  private VersionSet open() {
    return VersionSet.open(
        files,
        DIRECTORY,
        new VersionSet.Options(1 << 20, Map.of("layout", "plain")),
        new VersionSet.Listener() {});
  }

  private TableMetadata writeTable(VersionSet set, int index) {
    long number = set.newNumber();
    SstableWriter writer =
        new SstableWriter(
            files, FileNames.sstable(DIRECTORY, number), number, SstableOptions.DEFAULT);
    for (int i = 0; i < 500; i++) {
      writer.add(
          Slice.of("key" + (1000 + i)),
          InternalKey.trailer(1 + index * 500 + i, EntryKind.PUT),
          Slice.of("value" + i));
    }
    TableMetadata table = TableMetadata.of(writer.finish(), 1, 1);
    files.syncDirectory(DIRECTORY);
    return table;
  }

  private StoreVerifier.Report verify() {
    return StoreVerifier.verify(files, DIRECTORY, (_, _, _) -> {});
  }

  private Path pathOf(TableMetadata table) {
    return FileNames.sstable(DIRECTORY, table.fileNumber());
  }

  @Test
  void aSoundStoreHasNoFindings() {
    List<String> progress = new ArrayList<>();
    StoreVerifier.Report report =
        StoreVerifier.verify(files, DIRECTORY, (file, _, _) -> progress.add(file));
    assertEquals(List.of(), report.findings());
    assertEquals(List.of(), report.notes());
    assertEquals(2, report.tables());
    assertEquals(1000, report.entries());
    assertEquals(3, progress.size());
    assertTrue(report.isSound());
  }

  @Test
  void aFlippedBitInATableIsFoundAndTheOtherTableIsStillRead() {
    TableMetadata table = tables.getFirst();
    for (long offset = 0; offset < table.fileBytes(); offset += 97) {
      files.corrupt(pathOf(table), offset, 4);
      StoreVerifier.Report report = verify();
      assertFalse(report.isSound(), "offset " + offset);
      assertEquals(
          FileNames.nameOf(pathOf(table)), report.findings().getFirst().file(), "offset " + offset);
      assertEquals(2, report.tables());
      files.corrupt(pathOf(table), offset, 4);
    }
    assertTrue(verify().isSound());
  }

  @Test
  void aTableInTheOtherOnesPlaceIsFound() {
    Path first = pathOf(tables.get(0));
    Path second = pathOf(tables.get(1));
    Path aside = DIRECTORY.resolve("aside");
    files.rename(first, aside);
    files.rename(second, first);
    files.rename(aside, second);
    assertTrue(verify().findings().size() >= 2);
  }

  @Test
  void aMissingTableAndADamagedManifestAreFound() {
    files.delete(pathOf(tables.getFirst()));
    assertEquals("the file is missing", verify().findings().getFirst().detail());
    files.corrupt(FileNames.manifest(DIRECTORY, CurrentFile.read(files, DIRECTORY)), 30, 1);
    assertEquals(1, verify().findings().size());
    files.corrupt(FileNames.current(DIRECTORY), 3, 1);
    assertEquals("CURRENT", verify().findings().getFirst().file());
  }

  @Test
  void whatTheNextOpenDeletesIsNotedAndNotDeleted() {
    files.create(FileNames.sstable(DIRECTORY, 900)).close();
    files.create(DIRECTORY.resolve("CURRENT.tmp")).close();
    files.create(DIRECTORY.resolve("notes.txt")).close();
    StoreVerifier.Report report = verify();
    assertTrue(report.isSound());
    assertEquals(3, report.notes().size());
    assertTrue(files.exists(FileNames.sstable(DIRECTORY, 900)));
  }

  @Test
  void aManifestIsPrintedEditByEdit() {
    List<String> lines = new ArrayList<>();
    assertTrue(ManifestDump.dumpStore(files, DIRECTORY, DumpFormat.TEXT, lines::add));
    assertEquals("MANIFEST-000002", lines.get(0));
    assertEquals(
        "19 edit, next file number 3, last sequence number 0, WAL segment 0", lines.get(1));
    assertEquals("  property layout = plain", lines.get(2));
    assertTrue(lines.get(3).endsWith("edit, next file number 5, last sequence number 500"));
    assertTrue(lines.get(4).startsWith("  + L0 run 4 table 3 [key1000..key1499] 500 entries, "));
    assertTrue(lines.contains("levels:"));
    List<String> json = new ArrayList<>();
    assertTrue(ManifestDump.dumpStore(files, DIRECTORY, DumpFormat.JSON, json::add));
    assertEquals(
        "{\"offset\":19,\"nextFileNumber\":3,\"lastSequence\":0,\"walSegment\":0,"
            + "\"properties\":[{\"name\":\"layout\",\"value\":\"plain\"}],"
            + "\"removed\":[],\"added\":[]}",
        json.getFirst());
  }

  @Test
  void aDumpSaysWhereTheManifestIsDamagedAndGoesOn() {
    Path manifest = FileNames.manifest(DIRECTORY, CurrentFile.read(files, DIRECTORY));
    files.corrupt(manifest, 30, 1);
    List<String> lines = new ArrayList<>();
    assertFalse(ManifestDump.dumpFile(files, manifest, DumpFormat.TEXT, lines::add));
    assertTrue(lines.get(1).startsWith("19 DAMAGED, goes on at "), lines.get(1));
    assertTrue(lines.stream().anyMatch(line -> line.contains("table 3")));
  }
}
