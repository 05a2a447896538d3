package io.varve.server;

/// Tells clients of this machine from others.
final class Loopback {

  private Loopback() {}

  /// @param address `ip:port` as connections show it
  static boolean is(String address) {
    return address.startsWith("127.") || address.startsWith("[::1]:");
  }
}
