package io.varve.server.loop;

/// How many clients wait in blocking commands, and for how many keys.
///
/// @param clients all of them
/// @param withDeadline those that wait for a limited time
/// @param keys keys that anybody waits for
/// @param keysWhateverComes those of them that somebody waits for to be deleted
public record WaitingCounts(int clients, int withDeadline, int keys, int keysWhateverComes) {}
