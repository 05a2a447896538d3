package io.varve.protocol;

/// How much a peer may ask of the decoder.
///
/// @param argumentsMax arguments of one request
/// @param bulkBytesMax bytes of one argument (`proto-max-bulk-len`)
/// @param lineBytesMax bytes of an inline request, and of any line that should hold a length
/// @param requestBytesMax bytes of one request, complete or not (`client-query-buffer-limit`)
/// @param argumentsMaxUnauthenticated arguments of a request before AUTH
/// @param bulkBytesMaxUnauthenticated bytes of an argument before AUTH
/// @param requestsPerBatchMax requests that one [RequestBatch] may hold
public record ProtocolLimits(
    int argumentsMax,
    int bulkBytesMax,
    int lineBytesMax,
    int requestBytesMax,
    int argumentsMaxUnauthenticated,
    int bulkBytesMaxUnauthenticated,
    int requestsPerBatchMax) {

  /// Redis' defaults.
  public static final ProtocolLimits DEFAULT =
      new ProtocolLimits(1 << 20, 512 << 20, 64 << 10, 1 << 30, 10, 16 << 10, 1024);

  public ProtocolLimits {
    if (argumentsMax < 1
        || bulkBytesMax < 0
        || lineBytesMax < 1
        || requestBytesMax < 1
        || argumentsMaxUnauthenticated < 1
        || bulkBytesMaxUnauthenticated < 0
        || requestsPerBatchMax < 1) {
      throw new IllegalArgumentException("limits must be positive");
    }
  }

  public ProtocolLimits withBulkBytesMax(int bytes) {
    return new ProtocolLimits(
        argumentsMax,
        bytes,
        lineBytesMax,
        requestBytesMax,
        argumentsMaxUnauthenticated,
        bulkBytesMaxUnauthenticated,
        requestsPerBatchMax);
  }

  public ProtocolLimits withRequestBytesMax(int bytes) {
    return new ProtocolLimits(
        argumentsMax,
        bulkBytesMax,
        lineBytesMax,
        bytes,
        argumentsMaxUnauthenticated,
        bulkBytesMaxUnauthenticated,
        requestsPerBatchMax);
  }
}
