package io.varve.server;

import io.varve.server.config.Configuration;
import io.varve.server.config.Directive;
import io.varve.server.config.Directives;
import io.varve.server.keyspace.EncodingLimits;
import io.varve.server.keyspace.Keyspace;
import io.varve.server.keyspace.SortedSetLimits;

/// From directives to the limits of encodings and the step of trimming. All of them change at runtime.
final class EncodingSettings {

  private EncodingSettings() {}

  /// Has a keyspace keep to the directives, now and whenever one of them changes.
  static void follow(Configuration configuration, Keyspace keyspace) {
    follow(
        configuration,
        now -> keyspace.encodingLimits(of(now)),
        Directives.HASH_MAX_LISTPACK_ENTRIES,
        Directives.HASH_MAX_LISTPACK_VALUE,
        Directives.SET_MAX_INTSET_ENTRIES,
        Directives.SET_MAX_LISTPACK_ENTRIES,
        Directives.SET_MAX_LISTPACK_VALUE);
    follow(
        configuration,
        now -> keyspace.sortedSetLimits(ofSortedSets(now)),
        Directives.ZSET_MAX_LISTPACK_ENTRIES,
        Directives.ZSET_MAX_LISTPACK_VALUE);
    follow(
        configuration,
        now ->
            keyspace
                .listLimits()
                .listpackSize(Math.toIntExact(now.get(Directives.LIST_MAX_LISTPACK_SIZE))),
        Directives.LIST_MAX_LISTPACK_SIZE);
    follow(
        configuration,
        now -> keyspace.sparseBytesMax(now.get(Directives.HLL_SPARSE_MAX_BYTES)),
        Directives.HLL_SPARSE_MAX_BYTES);
    follow(
        configuration,
        now -> keyspace.streamTrimStep(streamTrimStep(now)),
        Directives.STREAM_NODE_MAX_ENTRIES);
  }

  private static void follow(
      Configuration configuration, Configuration.Listener apply, Directive<?>... directives) {
    apply.changed(configuration);
    for (Directive<?> directive : directives) {
      configuration.onChange(directive, apply);
    }
  }

  private static EncodingLimits of(Configuration configuration) {
    return new EncodingLimits(
        configuration.get(Directives.HASH_MAX_LISTPACK_ENTRIES),
        configuration.get(Directives.HASH_MAX_LISTPACK_VALUE),
        configuration.get(Directives.SET_MAX_INTSET_ENTRIES),
        configuration.get(Directives.SET_MAX_LISTPACK_ENTRIES),
        configuration.get(Directives.SET_MAX_LISTPACK_VALUE),
        EncodingLimits.DEFAULTS.inlineBytes());
  }

  private static SortedSetLimits ofSortedSets(Configuration configuration) {
    return new SortedSetLimits(
        configuration.get(Directives.ZSET_MAX_LISTPACK_ENTRIES),
        configuration.get(Directives.ZSET_MAX_LISTPACK_VALUE),
        SortedSetLimits.DEFAULTS.indexFanOut());
  }

  private static long streamTrimStep(Configuration configuration) {
    long entries = configuration.get(Directives.STREAM_NODE_MAX_ENTRIES);
    return entries > 0 ? entries : Directives.STREAM_NODE_MAX_ENTRIES.initial();
  }
}
