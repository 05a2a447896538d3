package io.varve.server.session;

import io.varve.protocol.RequestBatch;
import java.util.Arrays;

/// What a session has collected between MULTI and EXEC, and whether EXEC may still run it.
///
/// Touched on the command loop only. The queue is bounded by [#QUEUED_BYTES_MAX], so that a client
/// that never sends EXEC cannot fill the memory.
public final class Transaction {

  /// Bytes of arguments that one transaction may hold.
  public static final long QUEUED_BYTES_MAX = 1L << 30;

  private static final int COMMANDS_INITIAL = 8;

  /// Counted per queued request on top of its bytes: objects and arrays.
  private static final int REQUEST_OVERHEAD_BYTES = 96;

  private RequestBatch[] requests = new RequestBatch[0];
  private int[] commands = new int[0];
  private int count;
  private long bytes;
  private boolean open;
  private boolean refused;
  private boolean watchedKeyTouched;

  Transaction() {}

  /// Whether MULTI was called and neither EXEC nor DISCARD since.
  public boolean isOpen() {
    return open;
  }

  public void open() {
    open = true;
  }

  /// Number of queued commands.
  public int count() {
    return count;
  }

  /// Bytes held by the queue.
  public long bytes() {
    return bytes;
  }

  /// A queued request: a batch of one, on the heap.
  public RequestBatch request(int index) {
    return requests[index];
  }

  /// The command of a queued request, as its number in the command table.
  public int command(int index) {
    return commands[index];
  }

  /// Queues a request.
  ///
  /// @param request a batch of one that is independent of the socket's buffer
  /// @param command number in the command table
  /// @return whether there was room
  public boolean add(RequestBatch request, int command) {
    long size = request.segment().byteSize() + 8L * request.argCount(0) + REQUEST_OVERHEAD_BYTES;
    if (bytes + size > QUEUED_BYTES_MAX) {
      return false;
    }
    if (count == requests.length) {
      int capacity = Math.max(COMMANDS_INITIAL, 2 * count);
      requests = Arrays.copyOf(requests, capacity);
      commands = Arrays.copyOf(commands, capacity);
    }
    requests[count] = request;
    commands[count] = command;
    count++;
    bytes += size;
    return true;
  }

  /// A command could not be queued: EXEC will refuse the whole.
  public void refuse() {
    refused = true;
  }

  public boolean isRefused() {
    return refused;
  }

  /// A watched key was touched: EXEC will run nothing.
  public void touchWatchedKey() {
    watchedKeyTouched = true;
  }

  public boolean isWatchedKeyTouched() {
    return watchedKeyTouched;
  }

  /// Forgets the watches; the registry of watches is told by the caller.
  public void clearWatches() {
    watchedKeyTouched = false;
  }

  /// Back to before MULTI; watches stay.
  public void close() {
    open = false;
    refused = false;
    requests = new RequestBatch[0];
    commands = new int[0];
    count = 0;
    bytes = 0;
  }
}
