/// A client's connection as the commands see it: who it is, what it selected, what it has queued.
///
/// Knows the protocol's writers and no socket: what it asks of the socket goes through
/// [io.varve.server.session.Connection], which `net` implements. It knows no command either; queued
/// requests carry a number that `command` understands.
@NullMarked
package io.varve.server.session;

import org.jspecify.annotations.NullMarked;
