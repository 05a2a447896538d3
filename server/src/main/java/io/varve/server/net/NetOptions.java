package io.varve.server.net;

import java.util.List;

/// What the sockets need to know.
///
/// @param addresses addresses to listen on; a leading `-` means "skip if this machine lacks it"
/// @param port TCP port, 0 for any free one
/// @param backlog connections that may wait to be accepted
/// @param ioThreads event loops
/// @param keepAliveSeconds idle time before TCP keep-alive probes, 0 for none
public record NetOptions(
    List<String> addresses,
    int port,
    int backlog,
    Transport transport,
    int ioThreads,
    int keepAliveSeconds) {}
