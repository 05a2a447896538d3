package io.varve.engine.inspect;

import io.varve.engine.block.BlockHandle;
import io.varve.engine.bytes.Slice;
import io.varve.engine.key.InternalKey;
import io.varve.engine.key.KeyRange;
import io.varve.engine.sstable.SstableFooter;
import io.varve.engine.sstable.SstableProperties;
import java.util.function.Consumer;

/// A table as one JSON object per line, for tools: `part` says what the line is of. Keys and values
/// are strings in which a byte that is not printable ASCII, or a backslash, stands as `\xHH`.
final class SstableJsonOutput implements SstableDumpOutput {

  private final Consumer<String> lines;

  SstableJsonOutput(Consumer<String> lines) {
    this.lines = lines;
  }

  @Override
  public void file(String name, long bytes) {
    end(begin("file").field("name", name).field("bytes", bytes));
  }

  @Override
  public void footer(SstableFooter footer) {
    end(
        begin("footer")
            .field("fileNumber", footer.fileNumber())
            .field("propertiesOffset", footer.properties().offset())
            .field("propertiesLength", footer.properties().length())
            .field("rootIndexOffset", footer.rootIndex().offset())
            .field("rootIndexLength", footer.rootIndex().length())
            .field("indexLevels", footer.indexLevels())
            .field("filterOffset", footer.filterOffset())
            .field("filterLines", footer.filterLines())
            .field("filterPartitions", footer.filterPartitionCount())
            .field("filterProbes", footer.filterProbes()));
  }

  @Override
  public void properties(SstableProperties properties) {
    JsonWriter line =
        begin("properties")
            .field("entryCount", properties.entryCount())
            .field("tombstoneCount", properties.tombstoneCount())
            .field("keyCount", properties.keyCount())
            .field("smallestKey", Slice.of(properties.smallestUserKey()).toString())
            .field("largestKey", Slice.of(properties.largestUserKey()).toString())
            .field("smallestSequence", properties.smallestSequence())
            .field("largestSequence", properties.largestSequence())
            .field("rawKeyBytes", properties.rawKeyBytes())
            .field("rawValueBytes", properties.rawValueBytes())
            .field("dataBlockCount", properties.dataBlockCount())
            .field("dataBytes", properties.dataBytes())
            .field("compression", properties.compression().name())
            .field("bloomBitsPerKey", Double.toString(properties.bloomBitsPerKey()))
            .field("creationMillis", properties.creationMillis());
    if (properties.rangeTombstoneCount() > 0) {
      line.field("rangeTombstoneCount", properties.rangeTombstoneCount());
    }
    end(line);
  }

  @Override
  public void rangeTombstone(Slice start, Slice end, long trailer) {
    JsonWriter line = begin("rangeTombstone").field("start", start.toString());
    if (!KeyRange.isEndless(end)) {
      line.field("end", end.toString());
    }
    end(line.field("sequence", InternalKey.sequence(trailer)));
  }

  @Override
  public void indexEntry(Slice separator, long trailer, BlockHandle handle, long contentBytes) {
    end(
        begin("block")
            .field("offset", handle.offset())
            .field("length", handle.length())
            .field("contentBytes", contentBytes)
            .field("separator", separator.toString())
            .field("separatorVersion", SstableDumpOutput.version(trailer)));
  }

  @Override
  public void entry(Slice userKey, long trailer, Slice value) {
    JsonWriter entry =
        begin("entry")
            .field("key", userKey.toString())
            .field("sequence", InternalKey.sequence(trailer))
            .field("kind", SstableDumpOutput.kind(trailer));
    String place = SstableDumpOutput.place(trailer, value);
    end(
        place != null
            ? entry.field("reference", place)
            : entry
                .field("valueBytes", value.length())
                .field("value", SstableDumpOutput.preview(value)));
  }

  @Override
  public void fault(long offset, String detail) {
    end(begin("damage").field("offset", offset).field("detail", detail));
  }

  @Override
  public void end(long faults) {
    end(begin("end").field("faults", faults));
  }

  private static JsonWriter begin(String part) {
    return new JsonWriter().beginObject().field("part", part);
  }

  private void end(JsonWriter line) {
    lines.accept(line.endObject().toString());
  }
}
