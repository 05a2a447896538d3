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

  /// Stops or starts counting this client's memory for eviction of clients.
  default void exemptFromEviction(boolean exempt) {}
}
