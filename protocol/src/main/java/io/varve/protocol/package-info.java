/// The Redis serialization protocol over Netty buffers: requests in, replies out, RESP2 and RESP3.
///
/// Knows no command, no session and no socket of the server. Everything that a peer sends is bounded
/// by [ProtocolLimits] before memory is spent on it. Nothing here is allocated per command: requests
/// are offsets into the socket's buffer, replies are written straight into the output buffer.
@NullMarked
package io.varve.protocol;

import org.jspecify.annotations.NullMarked;
