/// Write batches: what changes together, encoded as it goes to the log.
@NullMarked
package io.varve.engine.batch;

import org.jspecify.annotations.NullMarked;
