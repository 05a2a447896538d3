package io.varve.server.lua.lib;

/// What a program has set of `cjson`. Holds for one run.
final class JsonSettings {

  /// What becomes of numbers that JSON has no text for.
  enum InvalidNumbers {
    OFF,
    ON,
    NULL
  }

  boolean sparseAsObject;
  int sparseRatio = 2;
  int sparseSafe = 10;
  int encodeDepthMax = 1000;
  int decodeDepthMax = 1000;
  int precision = 14;
  boolean keepBuffer = true;
  InvalidNumbers encodeInvalid = InvalidNumbers.OFF;
  boolean decodeInvalid = true;

  JsonSettings() {}
}
