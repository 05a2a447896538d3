package io.varve.server.command;

/// What SHUTDOWN was told.
///
/// @param save whether memory is to be written to tables first; the log makes it durable either way
/// @param now whether not to wait for what is under way
/// @param force whether to stop although something cannot be written
public record ShutdownOptions(boolean save, boolean now, boolean force) {}
