package io.varve.server.net;

import io.varve.server.loop.EventLoopReads;

/// What the connections of one event loop share.
///
/// @param reads answers reads from memory on this event loop's thread
record EventLoopRoom(EventLoopOutbox outbox, EventLoopReads reads) {}
