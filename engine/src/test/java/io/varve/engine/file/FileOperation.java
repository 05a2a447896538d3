package io.varve.engine.file;

/// What is done to files, for rules about faults and for watchers.
public enum FileOperation {
  CREATE,
  OPEN_FOR_OVERWRITE,
  OPEN,
  READ,
  WRITE,
  SYNC,
  TRUNCATE,
  RENAME,
  LINK,
  DELETE,
  LIST,
  SYNC_DIRECTORY,
  LOCK
}
