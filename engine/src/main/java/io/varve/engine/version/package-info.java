/// What the tree consists of at one moment, and how it becomes what it is at the next.
///
/// Tables lie in runs, runs in levels, levels in an immutable [Version]; a [VersionEdit] leads from
/// one version to the next and is durable in the manifest before anybody sees the new version
/// ([VersionSet]). Tables that no living version refers to are deleted here and nowhere else. The
/// room decides nothing about what is merged; that is `engine.compaction`. Chapters:
/// `docs/format/manifest.md`, `docs/internals/compaction.md`.
@NullMarked
package io.varve.engine.version;

import org.jspecify.annotations.NullMarked;
