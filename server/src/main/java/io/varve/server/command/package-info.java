/// What a command is: its record, the table of all of them, arguments, errors, statistics.
///
/// Knows no single command and no socket. COMMAND, the ACL categories and the docs page of commands
/// derive from the table.
@NullMarked
package io.varve.server.command;

import org.jspecify.annotations.NullMarked;
