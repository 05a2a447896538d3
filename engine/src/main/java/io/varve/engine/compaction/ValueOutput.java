package io.varve.engine.compaction;

import io.varve.engine.block.Block;
import io.varve.engine.block.Compression;
import io.varve.engine.bytes.GrowableBuffer;
import io.varve.engine.bytes.Slice;
import io.varve.engine.error.CorruptionException;
import io.varve.engine.file.FileNames;
import io.varve.engine.iterator.ReadContext;
import io.varve.engine.key.EntryKind;
import io.varve.engine.key.Expiry;
import io.varve.engine.key.InternalKey;
import io.varve.engine.value.ValueFileWriter;
import io.varve.engine.value.ValueReference;
import io.varve.engine.version.DataFile;
import io.varve.engine.version.ValueFileShare;
import io.varve.engine.version.ValueFileUses;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// The values of a job's output tables: decides for each entry whether its value goes into the table or
/// apart, carries references, and writes a value file beside each table that needs one. One thread.
///
/// What it does with an entry:
///
/// | comes in | value is large | value is small |
/// |---|---|---|
/// | with its value | value to the value file, reference to the table | as it is |
/// | with a reference to a file that is carried | as it is, unread | as it is, unread |
/// | with a reference to a file that is rewritten | read, to the value file | read, to the table |
final class ValueOutput {

  private final JobResources resources;
  private final Compression compression;
  private final ValueFileUses uses;
  private final ValueOwnership ownership;
  private final ReadContext context;
  private final List<DataFile> written = new ArrayList<>();

  /// Bytes that the open table refers to, by value file.
  private final TreeMap<Long, Long> bytesByFile = new TreeMap<>();

  private final GrowableBuffer encoded =
      new GrowableBuffer(Expiry.BYTES + ValueReference.ENCODED_BYTES_MAX);
  private final Slice plain = new Slice();
  private final Slice placedValue = new Slice();
  private @Nullable ValueFileWriter writer;
  private @Nullable Block held;
  private long placedTrailer;
  private long tableBytes;
  private long fileBytes;
  private long rewrittenBytes;

  /// @param compression of the values that are written
  /// @param uses value files that the input refers to
  /// @param ownership which of them are rewritten
  /// @param context counts what is read; nothing is pinned to it
  ValueOutput(
      JobResources resources,
      Compression compression,
      ValueFileUses uses,
      ValueOwnership ownership,
      ReadContext context) {
    this.resources = resources;
    this.compression = compression;
    this.uses = uses;
    this.ownership = ownership;
    this.context = context;
  }

  /// Finds the place for an entry's value; [#placedTrailer()] and [#placedValue()] are what the table is
  /// to hold, until the next call.
  void place(long trailer, Slice value) {
    releaseHeld();
    placedTrailer = trailer;
    placedValue.set(value);
    EntryKind kind = InternalKey.kind(trailer);
    if (!kind.isPut()) {
      return;
    }
    if (kind.isExpiring()) {
      Expiry.valueOf(value, plain);
    } else {
      plain.set(value);
    }
    if (!kind.isApart()) {
      if (resources.largeValues().isLarge(plain.length())) {
        moveApart(kind, value);
      }
      return;
    }
    ValueReference reference = ValueReference.decode(plain);
    if (ownership.carries(reference.fileNumber())) {
      addShare(reference);
    } else {
      rewrite(kind, value, reference);
    }
  }

  private void rewrite(EntryKind kind, Slice value, ValueReference reference) {
    Block block = resources.largeValues().files().getPrivately(reference, context, 0);
    held = block;
    rewrittenBytes += reference.storedBytes();
    plain.set(block.bytes(), 0, block.size());
    if (resources.largeValues().isLarge(block.size())) {
      moveApart(kind, value);
    } else {
      moveIntoTable(kind, value);
    }
  }

  /// @param value what the entry held: its start is the expiry, if the kind has one
  private void moveApart(EntryKind kind, Slice value) {
    ValueReference reference = openWriter().add(plain);
    addShare(reference);
    encoded.clear();
    putExpiry(kind, value);
    reference.encode(encoded);
    placed(kind.isExpiring() ? EntryKind.PUT_EXPIRING_APART : EntryKind.PUT_APART);
  }

  private void moveIntoTable(EntryKind kind, Slice value) {
    encoded.clear();
    putExpiry(kind, value);
    encoded.putBytes(plain);
    placed(kind.isExpiring() ? EntryKind.PUT_EXPIRING : EntryKind.PUT);
  }

  private void putExpiry(EntryKind kind, Slice value) {
    if (kind.isExpiring()) {
      encoded.putBytes(value.segment(), value.offset(), Expiry.BYTES);
    }
  }

  private void placed(EntryKind kind) {
    placedTrailer = InternalKey.trailer(InternalKey.sequence(placedTrailer), kind);
    encoded.slice(placedValue);
  }

  private void addShare(ValueReference reference) {
    bytesByFile.merge(reference.fileNumber(), reference.storedBytes(), Long::sum);
    tableBytes += reference.storedBytes();
  }

  private ValueFileWriter openWriter() {
    ValueFileWriter open = writer;
    if (open == null) {
      DataFile file = DataFile.value(resources.versions().newNumber());
      written.add(file);
      Path path = file.path(resources.versions().directory());
      open = new ValueFileWriter(resources.files(), path, file.number(), compression);
      writer = open;
    }
    return open;
  }

  /// Sequence number and kind of the entry as it is to be written.
  long placedTrailer() {
    return placedTrailer;
  }

  /// The entry's value as it is to be written.
  Slice placedValue() {
    return placedValue;
  }

  /// Bytes of values that the open table refers to.
  long tableBytes() {
    return tableBytes;
  }

  /// Bytes of all value files that were finished.
  long fileBytes() {
    return fileBytes;
  }

  /// Bytes of values read to be rewritten since this was last asked.
  long takeRewrittenBytes() {
    long bytes = rewrittenBytes;
    rewrittenBytes = 0;
    return bytes;
  }

  /// The table ends: completes and syncs its value file, if it has one.
  ///
  /// @return what the table refers to
  List<ValueFileShare> finishTable() {
    releaseHeld();
    List<ValueFileShare> shares = new ArrayList<>();
    ValueFileWriter open = writer;
    if (open != null) {
      ValueFileWriter.Summary own = open.finish();
      writer = null;
      fileBytes += own.fileBytes();
      bytesByFile.remove(own.fileNumber());
      shares.add(
          new ValueFileShare(
              own.fileNumber(), own.valueBytes(), own.valueBytes(), own.fileBytes()));
    }
    for (Map.Entry<Long, Long> carried : bytesByFile.entrySet()) {
      ValueFileUses.Use use = uses.find(carried.getKey());
      if (use == null) {
        throw new CorruptionException(
            FileNames.nameOf(DataFile.value(carried.getKey()).path(Path.of(""))),
            0,
            "a table refers to it that has no share in it");
      }
      shares.add(
          new ValueFileShare(
              use.fileNumber(), carried.getValue(), use.valueBytes(), use.fileBytes()));
    }
    bytesByFile.clear();
    tableBytes = 0;
    return shares;
  }

  /// Gives up the file that is open.
  ///
  /// @return all files that were made
  List<DataFile> abandon() {
    releaseHeld();
    ValueFileWriter open = writer;
    writer = null;
    if (open != null) {
      open.abandon();
    }
    return List.copyOf(written);
  }

  private void releaseHeld() {
    Block block = held;
    held = null;
    if (block != null) {
      block.release();
    }
  }
}
