package io.varve.engine.file;

/// A held lock; closing gives it back.
public interface FileLock extends AutoCloseable {
  @Override
  void close();
}
