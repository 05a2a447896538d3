/// Micro-benchmarks of single rooms, with JMH: `scripts/bench jmh`.
///
/// For comparing two versions of the same code in one sitting. What a user sees is measured from
/// outside, in the package above.
@NullMarked
package io.varve.bench.micro;

import org.jspecify.annotations.NullMarked;
