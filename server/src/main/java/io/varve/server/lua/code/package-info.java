/// From the text of a Lua 5.1 program to a tree of nodes that executes itself. The tree is immutable and
/// shared by all runs, on whatever threads.
@NullMarked
package io.varve.server.lua.code;

import org.jspecify.annotations.NullMarked;
