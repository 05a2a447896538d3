package io.varve.engine.inspect;

import io.varve.engine.block.BlockHandle;
import io.varve.engine.bytes.Slice;
import io.varve.engine.key.InternalKey;
import io.varve.engine.key.KeyRange;
import io.varve.engine.sstable.SstableFooter;
import io.varve.engine.sstable.SstableProperties;
import java.util.function.Consumer;

/// A table as lines of text, for people.
final class SstableTextOutput implements SstableDumpOutput {

  private final Consumer<String> lines;

  SstableTextOutput(Consumer<String> lines) {
    this.lines = lines;
  }

  @Override
  public void file(String name, long bytes) {
    line("table " + name + ", " + bytes + " bytes");
  }

  @Override
  public void footer(SstableFooter footer) {
    line("footer");
    line("  file number         " + footer.fileNumber());
    line("  properties          " + place(footer.properties()));
    line("  root index          " + place(footer.rootIndex()));
    line("  index levels        " + footer.indexLevels());
    line("  filter offset       " + footer.filterOffset());
    line("  filter lines        " + footer.filterLines());
    line("  filter partitions   " + footer.filterPartitionCount());
    line("  filter probes       " + footer.filterProbes());
  }

  @Override
  public void properties(SstableProperties properties) {
    line("properties");
    line("  entries             " + properties.entryCount());
    line("  tombstones          " + properties.tombstoneCount());
    if (properties.rangeTombstoneCount() > 0) {
      line("  range tombstones    " + properties.rangeTombstoneCount());
    }
    line("  keys                " + properties.keyCount());
    line("  smallest user key   " + Slice.of(properties.smallestUserKey()));
    line("  largest user key    " + Slice.of(properties.largestUserKey()));
    line("  smallest sequence   " + properties.smallestSequence());
    line("  largest sequence    " + properties.largestSequence());
    line("  raw key bytes       " + properties.rawKeyBytes());
    line("  raw value bytes     " + properties.rawValueBytes());
    line("  data blocks         " + properties.dataBlockCount());
    line("  data bytes          " + properties.dataBytes());
    line("  compression         " + properties.compression());
    line("  bloom bits per key  " + properties.bloomBitsPerKey());
    line("  creation millis     " + properties.creationMillis());
  }

  @Override
  public void rangeTombstone(Slice start, Slice end, long trailer) {
    line(
        "range tombstone from "
            + start
            + " to "
            + KeyRange.describeEnd(end)
            + " "
            + SstableDumpOutput.version(trailer));
  }

  @Override
  public void indexEntry(Slice separator, long trailer, BlockHandle handle, long contentBytes) {
    line(
        "block "
            + place(handle)
            + (contentBytes < 0 ? "" : ", content " + contentBytes)
            + ", up to "
            + separator
            + " "
            + SstableDumpOutput.version(trailer));
  }

  @Override
  public void entry(Slice userKey, long trailer, Slice value) {
    var text = new StringBuilder("  ");
    text.append(userKey).append(" @").append(InternalKey.sequence(trailer)).append(' ');
    text.append(SstableDumpOutput.kind(trailer));
    String place = SstableDumpOutput.place(trailer, value);
    if (place != null) {
      text.append(' ').append(place);
    } else if (!value.isEmpty()) {
      text.append(' ').append(SstableDumpOutput.preview(value));
      if (value.length() > VALUE_BYTES_SHOWN) {
        text.append("... (").append(value.length()).append(" bytes)");
      }
    }
    line(text.toString());
  }

  @Override
  public void fault(long offset, String detail) {
    line("DAMAGE at offset " + offset + ": " + detail);
  }

  @Override
  public void end(long faults) {
    line(
        faults == 0
            ? "no damage found"
            : "damage found in " + faults + (faults == 1 ? " place" : " places"));
  }

  private static String place(BlockHandle handle) {
    return "at " + handle.offset() + ", length " + handle.length();
  }

  private void line(String text) {
    lines.accept(text);
  }
}
