package io.varve.server.keyspace;

/// How large collections may become before they change their encoding: Redis' directives.
///
/// @param hashEntries fields of a listpack
/// @param hashValueBytes bytes of the longest field or value in a listpack
/// @param setIntsetEntries members of an intset
/// @param setEntries members of a listpack
/// @param setValueBytes bytes of the longest member in a listpack
/// @param inlineBytes bytes up to which a collection that Redis would keep in a hashtable stays in its
///     header all the same, because one record is read and written quicker than several
public record EncodingLimits(
    long hashEntries,
    long hashValueBytes,
    long setIntsetEntries,
    long setEntries,
    long setValueBytes,
    int inlineBytes) {

  /// A header may not become longer than this, whatever the directives say: every change rewrites it.
  public static final int HEADER_BYTES_MAX = 1 << 20;

  /// As Redis has them.
  public static final EncodingLimits DEFAULTS = new EncodingLimits(128, 64, 512, 128, 64, 1024);
}
