/// Sockets: accepting, decoding, answering reads that memory can answer, releasing replies.
///
/// Runs on Netty's event loops. Nothing here waits: not for the disk, not for the command loop.
/// Back-pressure is to stop reading a socket. Chapter: `docs/internals/threads.md`.
@NullMarked
package io.varve.server.net;

import org.jspecify.annotations.NullMarked;
