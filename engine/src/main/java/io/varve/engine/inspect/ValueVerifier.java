package io.varve.engine.inspect;

import io.varve.engine.bytes.ByteCursor;
import io.varve.engine.bytes.Slice;
import io.varve.engine.error.CorruptionException;
import io.varve.engine.error.EngineException;
import io.varve.engine.inspect.StoreVerifier.Finding;
import io.varve.engine.iterator.EntryIterator;
import io.varve.engine.iterator.ReadContext;
import io.varve.engine.key.EntryKind;
import io.varve.engine.key.Expiry;
import io.varve.engine.key.InternalKey;
import io.varve.engine.sstable.CachePolicy;
import io.varve.engine.sstable.SstableReader;
import io.varve.engine.value.ValueFiles;
import io.varve.engine.value.ValueReference;
import io.varve.engine.version.TableMetadata;
import io.varve.engine.version.ValueFileShare;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;

/// Reads every value that a table's entries refer to, and holds what they amount to against what the
/// manifest says. One thread.
///
/// Values that nothing refers to are not read: nobody can ask for them.
final class ValueVerifier {

  private final ValueFiles values;
  private final Consumer<Finding> findings;
  private final Slice reference = new Slice();
  private long valueCount;

  ValueVerifier(ValueFiles values, Consumer<Finding> findings) {
    this.values = values;
    this.findings = findings;
  }

  /// Values read.
  long valueCount() {
    return valueCount;
  }

  /// @throws EngineException if the table cannot be walked to its end, which its own check reports
  void verify(TableMetadata expected, SstableReader table, ReadContext context) {
    Map<Long, Long> bytes = new TreeMap<>();
    try (EntryIterator entries = table.iterator(context, 0, CachePolicy.BYPASS)) {
      for (entries.seekToFirst(); entries.isValid(); entries.next()) {
        EntryKind kind = InternalKey.kind(entries.trailer());
        if (kind.isApart()) {
          reference.set(entries.value());
          if (kind.isExpiring()) {
            Expiry.valueOf(reference, reference);
          }
          verifyValue(table.fileName(), entries.userKey(), bytes, context);
        }
      }
    }
    Map<Long, Long> stated = new TreeMap<>();
    for (ValueFileShare share : expected.valueFiles()) {
      stated.put(share.fileNumber(), share.bytes());
    }
    if (!stated.equals(bytes)) {
      findings.accept(
          new Finding(
              table.fileName(),
              0,
              "bytes by value file: the manifest says "
                  + stated
                  + ", the entries refer to "
                  + bytes));
    }
  }

  private void verifyValue(
      String table, Slice userKey, Map<Long, Long> bytes, ReadContext context) {
    try {
      ValueReference to = ValueReference.parse(reference);
      bytes.merge(to.fileNumber(), to.storedBytes(), Long::sum);
      valueCount++;
      values.getPrivately(to, context, 0).release();
    } catch (ByteCursor.MalformedException e) {
      findings.accept(
          new Finding(table, 0, "entry " + userKey + " holds no reference: " + e.getMessage()));
    } catch (CorruptionException e) {
      findings.accept(
          new Finding(e.file(), e.offset(), "value of " + userKey + ": " + e.getMessage()));
    } catch (EngineException e) {
      findings.accept(new Finding(table, 0, "value of " + userKey + ": " + e.getMessage()));
    }
  }
}
