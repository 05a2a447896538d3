/// The library of Lua 5.1 as far as it cannot reach beyond its program, and what Redis adds of its own:
/// cjson, cmsgpack, struct, bit. No files, no processes, no byte code, no environments.
@NullMarked
package io.varve.server.lua.lib;

import org.jspecify.annotations.NullMarked;
