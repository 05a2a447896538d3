package io.varve.server.loop;

/// Bytes for a client that it has not asked for. Immutable but for [#withdraw()], which the gate calls
/// before it lets it go.
public final class Push implements Outgoing {

  private static final byte[] NOTHING = {};

  private final ClientConnection connection;
  private final long seen;
  private final int chargedBytes;
  private byte[] encoded;

  Push(ClientConnection connection, byte[] encoded, long seen) {
    this.connection = connection;
    this.encoded = encoded;
    this.chargedBytes = encoded.length;
    this.seen = seen;
  }

  @Override
  public ClientConnection connection() {
    return connection;
  }

  @Override
  public long seen() {
    return seen;
  }

  @Override
  public void withdraw() {
    encoded = NOTHING;
  }

  /// Shared with other clients' pushes: not to be changed.
  public byte[] encoded() {
    return encoded;
  }

  /// What its connection was charged for it; see [ClientConnection#chargePush(int)].
  public int chargedBytes() {
    return chargedBytes;
  }
}
