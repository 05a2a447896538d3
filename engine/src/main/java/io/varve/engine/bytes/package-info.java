/// Bytes and how to look at them: slices, growable buffers, varints, checksums, native memory.
///
/// A hot room: no allocation per call, no streams, no boxing. It knows nothing of keys or files.
@NullMarked
package io.varve.engine.bytes;

import org.jspecify.annotations.NullMarked;
