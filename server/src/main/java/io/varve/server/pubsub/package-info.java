/// Who has subscribed to what, and messages on their way to them.
///
/// [io.varve.server.pubsub.PubSub] belongs to the command loop: subscribing and publishing are decided
/// in one order, that of all commands. What a client is told leaves through
/// [io.varve.server.pubsub.PushTarget], in order with its replies. Knows no session, no socket and no
/// command. Chapter: `docs/internals/pubsub.md`.
@NullMarked
package io.varve.server.pubsub;

import org.jspecify.annotations.NullMarked;
