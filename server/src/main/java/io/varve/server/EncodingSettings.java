package io.varve.server;

import io.varve.server.config.Configuration;
import io.varve.server.config.Directive;
import io.varve.server.config.Directives;
import io.varve.server.keyspace.EncodingLimits;
import io.varve.server.keyspace.SortedSetLimits;
import java.util.List;

/// From directives to the limits of encodings. All of them change at runtime.
final class EncodingSettings {

  /// What the limits are made of.
  static final List<Directive<Long>> DIRECTIVES =
      List.of(
          Directives.HASH_MAX_LISTPACK_ENTRIES,
          Directives.HASH_MAX_LISTPACK_VALUE,
          Directives.SET_MAX_INTSET_ENTRIES,
          Directives.SET_MAX_LISTPACK_ENTRIES,
          Directives.SET_MAX_LISTPACK_VALUE);

  /// What the limits of sorted sets are made of.
  static final List<Directive<Long>> OF_SORTED_SETS =
      List.of(Directives.ZSET_MAX_LISTPACK_ENTRIES, Directives.ZSET_MAX_LISTPACK_VALUE);

  private EncodingSettings() {}

  static EncodingLimits of(Configuration configuration) {
    return new EncodingLimits(
        configuration.get(Directives.HASH_MAX_LISTPACK_ENTRIES),
        configuration.get(Directives.HASH_MAX_LISTPACK_VALUE),
        configuration.get(Directives.SET_MAX_INTSET_ENTRIES),
        configuration.get(Directives.SET_MAX_LISTPACK_ENTRIES),
        configuration.get(Directives.SET_MAX_LISTPACK_VALUE),
        EncodingLimits.DEFAULTS.inlineBytes());
  }

  static SortedSetLimits ofSortedSets(Configuration configuration) {
    return new SortedSetLimits(
        configuration.get(Directives.ZSET_MAX_LISTPACK_ENTRIES),
        configuration.get(Directives.ZSET_MAX_LISTPACK_VALUE),
        SortedSetLimits.DEFAULTS.indexFanOut());
  }
}
