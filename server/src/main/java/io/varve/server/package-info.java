/// The roof of the server: wiring, start and stop, and what commands may ask of the whole.
///
/// The only room that translates configuration into the options of other rooms.
@NullMarked
package io.varve.server;

import org.jspecify.annotations.NullMarked;
