package io.varve.server.session;

/// What a session asks of its socket. Every method may be called from any thread.
public interface Connection {

  /// `ip:port` of the peer; the path of a Unix socket with `:0`.
  String remoteAddress();

  /// `ip:port` of our end.
  String localAddress();

  /// Whether this is a Unix socket.
  boolean isLocalSocket();

  /// File descriptor, -1 if not known.
  int fileDescriptor();

  /// Bytes received and not executed yet.
  long inputBytes();

  /// Bytes of replies that the peer has not taken yet.
  long outputBytes();

  /// Sends bytes that the client has not asked for, behind all replies it was given so far. Command
  /// loop only.
  ///
  /// @param encoded not changed by anybody afterwards
  void push(byte[] encoded);

  /// Closes the socket soon, without waiting for replies to leave.
  void close();

  /// Closes the socket of a client that is to get more than may wait for it, and counts that.
  default void closeAtOutputLimit() {
    close();
  }

  /// Looks whether more waits for the client than may, or has waited for too long: nothing else would
  /// notice while it is sent nothing.
  default void enforceOutputLimit() {}

  /// Stops or starts counting this client's memory for eviction of clients.
  default void exemptFromEviction(boolean exempt) {}
}
