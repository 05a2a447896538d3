/// Values in the form in which Redis writes them to RDB files, and in which DUMP and RESTORE carry them
/// from server to server: read and written here, byte by byte.
///
/// What is read comes from strangers: each length is checked against the bytes that are there before
/// anything is allocated for it. Its chapter is `docs/format/dump.md`.
@NullMarked
package io.varve.server.rdb;

import org.jspecify.annotations.NullMarked;
