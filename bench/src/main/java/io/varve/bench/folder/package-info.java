/// Folders that measurements make for themselves. Knows no measurement.
@NullMarked
package io.varve.bench.folder;

import org.jspecify.annotations.NullMarked;
