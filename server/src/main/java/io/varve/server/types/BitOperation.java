package io.varve.server.types;

/// What BITOP does to bits.
public enum BitOperation {
  AND,
  OR,
  XOR,
  NOT
}
