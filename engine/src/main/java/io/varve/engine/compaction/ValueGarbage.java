package io.varve.engine.compaction;

import io.varve.engine.version.TableMetadata;
import io.varve.engine.version.ValueFileShare;
import io.varve.engine.version.ValueFileUses;

/// What the garbage in value files weighs, table by table: the garbage of a file is divided among the
/// tables that refer to it in proportion to their shares, because it goes when all of them have let
/// go. Pure.
final class ValueGarbage {

  /// Garbage that a file may hold of its values before a merge that passes rewrites it: in the middle
  /// of what costs space and what costs writes. Of values that are overwritten uniformly each is
  /// rewritten twice in its life then.
  private static final double SHARE_MAX = 1.0 / 3;

  /// The same for a merge that is made for the sake of garbage.
  private static final double SHARE_WORTH_A_MERGE = 1.0 / 10;

  private final ValueFileUses uses;

  ValueGarbage(ValueFileUses uses) {
    this.uses = uses;
  }

  /// Whether a merge that passes should rewrite a file.
  static boolean isTooMuch(ValueFileUses.Use use) {
    return use.garbageBytes() > SHARE_MAX * use.valueBytes();
  }

  /// Whether a merge may be made to rewrite a file.
  static boolean isWorthAMerge(ValueFileUses.Use use) {
    return use.garbageBytes() > SHARE_WORTH_A_MERGE * use.valueBytes();
  }

  /// Bytes of garbage that a table stands for.
  double bytes(TableMetadata table) {
    double sum = 0;
    for (ValueFileShare share : table.valueFiles()) {
      ValueFileUses.Use use = uses.find(share.fileNumber());
      sum += use == null ? 0 : part(use, share);
    }
    return sum;
  }

  /// Bytes of garbage that a table stands for and that a merge made for them would free.
  double bytesWorthAMerge(TableMetadata table) {
    double sum = 0;
    for (ValueFileShare share : table.valueFiles()) {
      ValueFileUses.Use use = uses.find(share.fileNumber());
      sum += use == null || !isWorthAMerge(use) ? 0 : part(use, share);
    }
    return sum;
  }

  private static double part(ValueFileUses.Use use, ValueFileShare share) {
    return (double) use.garbageBytes() * share.bytes() / use.liveBytes();
  }
}
