/// What is written and read: keys and values that follow from numbers, and the draws of those numbers.
///
/// Knows no server and no measurement.
@NullMarked
package io.varve.bench.records;

import org.jspecify.annotations.NullMarked;
