/// What an entry of the tree is called: user key, sequence number, kind; and how entries are ordered.
///
/// The chapter is `docs/internals/glossary.md`; the encoding stands in `docs/format/sstable.md`.
@NullMarked
package io.varve.engine.key;

import org.jspecify.annotations.NullMarked;
