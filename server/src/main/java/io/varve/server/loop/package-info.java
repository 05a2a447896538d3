/// The command loop: the one thread that decides the order of everything, and what stands around it.
///
/// Requests come in as one [Submission] per connection and socket read through a JCTools queue;
/// replies leave through the [ReplyGate] when what they say is durable. A command that needs the
/// disk is parked and goes to the [ReaderPool]; the loop itself never waits for it. Knows Netty's
/// buffers, not its channels. Chapter: `docs/internals/threads.md`.
@NullMarked
package io.varve.server.loop;

import org.jspecify.annotations.NullMarked;
