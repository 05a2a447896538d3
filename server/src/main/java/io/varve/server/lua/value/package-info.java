/// What Lua programs compute with: values, tables, the operations on them, and the state of one run
/// with its budgets. Knows neither the syntax of the language nor its library, and nothing of the
/// server.
@NullMarked
package io.varve.server.lua.value;

import org.jspecify.annotations.NullMarked;
