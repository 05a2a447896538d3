package io.varve.engine.inspect;

import io.varve.engine.error.CorruptionException;
import io.varve.engine.file.FileNames;
import io.varve.engine.file.FileNames.FileName;
import io.varve.engine.file.FileSystem;
import io.varve.engine.key.KeyRange;
import io.varve.engine.version.CurrentFile;
import io.varve.engine.version.ManifestReader;
import io.varve.engine.version.StoreState;
import io.varve.engine.version.TableMetadata;
import io.varve.engine.version.VersionEdit;
import java.nio.file.Path;
import java.util.Locale;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Prints a manifest, edit by edit, and the levels that come out in the end. Says where it is damaged
/// and goes on with what can still be read.
public final class ManifestDump {

  private final DumpFormat format;
  private final Consumer<String> lines;
  private boolean damaged;
  private @Nullable StoreState state = StoreState.empty();

  private ManifestDump(DumpFormat format, Consumer<String> lines) {
    this.format = format;
    this.lines = lines;
  }

  /// Prints the manifest that a store's `CURRENT` names.
  ///
  /// @param lines takes the output
  /// @return whether everything was as it was written
  /// @throws CorruptionException if `CURRENT` itself is damaged: then name the manifest
  public static boolean dumpStore(
      FileSystem files, Path directory, DumpFormat format, Consumer<String> lines) {
    long number = CurrentFile.read(files, directory);
    return dumpFile(files, FileNames.manifest(directory, number), format, lines);
  }

  /// Prints one manifest.
  ///
  /// @param manifest its name says the number that its records are bound to
  /// @throws IllegalArgumentException if the name is not that of a manifest
  public static boolean dumpFile(
      FileSystem files, Path manifest, DumpFormat format, Consumer<String> lines) {
    @Nullable FileName name = FileNames.parse(FileNames.nameOf(manifest));
    if (name == null || name.kind() != FileNames.Kind.MANIFEST) {
      throw new IllegalArgumentException(manifest + " is not the name of a manifest");
    }
    ManifestDump dump = new ManifestDump(format, lines);
    dump.begin(manifest);
    String tail = ManifestReader.visit(files, manifest, name.number(), dump.visitor());
    dump.end(tail);
    return !dump.damaged;
  }

  private ManifestReader.Visitor visitor() {
    return new ManifestReader.Visitor() {
      @Override
      public void edit(long offset, VersionEdit edit) {
        switch (format) {
          case TEXT -> printText(offset, edit);
          case JSON -> printJson(offset, edit);
        }
        apply(offset, edit);
      }

      @Override
      public void damaged(long offset, long resumeOffset, String detail) {
        printDamage(offset, resumeOffset, detail);
      }
    };
  }

  private void begin(Path manifest) {
    if (format == DumpFormat.TEXT) {
      lines.accept(FileNames.nameOf(manifest));
    }
  }

  /// Behind damage the edits may not fit together; then there are no levels to show.
  private void apply(long offset, VersionEdit edit) {
    StoreState before = state;
    if (before == null) {
      return;
    }
    try {
      state = before.apply(edit);
    } catch (IllegalArgumentException e) {
      state = null;
      printDamage(offset, offset, "the edit does not fit the ones before it: " + e.getMessage());
    }
  }

  private void printDamage(long offset, long resumeOffset, String detail) {
    damaged = true;
    switch (format) {
      case TEXT -> lines.accept(offset + " DAMAGED, goes on at " + resumeOffset + ": " + detail);
      case JSON ->
          lines.accept(
              new JsonWriter()
                  .beginObject()
                  .field("offset", offset)
                  .field("damage", detail)
                  .field("resumeOffset", resumeOffset)
                  .endObject()
                  .toString());
    }
  }

  private void printText(long offset, VersionEdit edit) {
    StringBuilder line = new StringBuilder().append(offset).append(" edit");
    appendNumber(line, "next file number", edit.nextFileNumber());
    appendNumber(line, "last sequence number", edit.lastSequence());
    appendNumber(line, "WAL segment", edit.walSegment());
    lines.accept(line.toString());
    new TreeMap<>(edit.properties())
        .forEach((name, value) -> lines.accept("  property " + name + " = " + value));
    for (VersionEdit.RemovedTable removed : edit.removed()) {
      lines.accept("  - L" + removed.level() + " table " + removed.fileNumber());
    }
    for (VersionEdit.AddedTable added : edit.added()) {
      lines.accept(
          "  + L"
              + added.level()
              + " run "
              + added.runId()
              + " "
              + added.table()
              + ", "
              + added.table().tombstoneCount()
              + " tombstones, sequence numbers "
              + added.table().smallestSequence()
              + ".."
              + added.table().largestSequence());
    }
  }

  private static void appendNumber(StringBuilder line, String name, long value) {
    if (value != VersionEdit.UNCHANGED) {
      line.append(", ").append(name).append(' ').append(value);
    }
  }

  private void printJson(long offset, VersionEdit edit) {
    JsonWriter json = new JsonWriter().beginObject().field("offset", offset);
    putNumber(json, "nextFileNumber", edit.nextFileNumber());
    putNumber(json, "lastSequence", edit.lastSequence());
    putNumber(json, "walSegment", edit.walSegment());
    json.beginArray("properties");
    new TreeMap<>(edit.properties())
        .forEach(
            (name, value) ->
                json.beginObject().field("name", name).field("value", value).endObject());
    json.endArray().beginArray("removed");
    for (VersionEdit.RemovedTable removed : edit.removed()) {
      json.beginObject()
          .field("level", removed.level())
          .field("fileNumber", removed.fileNumber())
          .endObject();
    }
    json.endArray().beginArray("added");
    for (VersionEdit.AddedTable added : edit.added()) {
      putTable(json, added);
    }
    lines.accept(json.endArray().endObject().toString());
  }

  private static void putNumber(JsonWriter json, String name, long value) {
    if (value != VersionEdit.UNCHANGED) {
      json.field(name, value);
    }
  }

  private static void putTable(JsonWriter json, VersionEdit.AddedTable added) {
    TableMetadata table = added.table();
    json.beginObject()
        .field("level", added.level())
        .field("runId", added.runId())
        .field("fileNumber", table.fileNumber())
        .field("fileBytes", table.fileBytes())
        .field("entryCount", table.entryCount())
        .field("tombstoneCount", table.tombstoneCount())
        .field("rawBytes", table.rawBytes())
        .field("smallestKey", table.smallestKey().toString())
        .field("largestKey", KeyRange.describeEnd(table.largestKey()))
        .field("largestKeyIs", table.largestKind().name().toLowerCase(Locale.ROOT))
        .field("rangeTombstoneCount", table.rangeTombstoneCount())
        .field("smallestSequence", table.smallestSequence())
        .field("largestSequence", table.largestSequence())
        .endObject();
  }

  private void end(String tail) {
    StoreState last = state;
    switch (format) {
      case TEXT -> {
        lines.accept(tail);
        if (last != null) {
          lines.accept("levels:");
          last.version().describe().lines().forEach(line -> lines.accept("  " + line));
        }
      }
      case JSON ->
          lines.accept(new JsonWriter().beginObject().field("tail", tail).endObject().toString());
    }
  }
}
