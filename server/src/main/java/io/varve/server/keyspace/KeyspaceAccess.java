package io.varve.server.keyspace;

/// One thread's way to the keyspace: reads at a sequence number, and collects what an execution
/// writes until it is committed or thrown away.
public abstract class KeyspaceAccess {

  KeyspaceAccess() {}

  /// A logical database; the object is this access's own and reused.
  public abstract Database select(int index);

  public abstract long nowMillis();

  public abstract Keyspace keyspace();

  /// A point that [#rollbackTo(int)] can go back to, within this execution.
  public abstract int mark();

  /// Forgets all that was done since a mark, and the marks made since.
  public abstract void rollbackTo(int mark);

  /// Lets a watcher go of all its keys when the execution commits.
  public abstract void unwatch(Watcher watcher);
}
