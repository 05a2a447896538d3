/// Servers in processes of their own, started the way a person starts them. Knows no measurement.
@NullMarked
package io.varve.bench.process;

import org.jspecify.annotations.NullMarked;
