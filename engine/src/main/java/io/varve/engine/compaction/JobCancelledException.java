package io.varve.engine.compaction;

/// A job was told to end early because the store closes. Not a fault; its outputs are deleted.
public final class JobCancelledException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  JobCancelledException() {
    super("the store is closing", null, false, false);
  }
}
