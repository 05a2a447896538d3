package io.varve.server.command;

import io.varve.server.acl.Acl;
import io.varve.server.acl.AclLog;
import io.varve.server.pubsub.Monitors;
import io.varve.server.pubsub.PubSub;
import io.varve.server.pubsub.Tracking;
import io.varve.server.session.Session;
import io.varve.server.session.SessionRegistry;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What commands may ask of the server around them. Implemented by the roof; `command` owns it so
/// that commands need to know neither configuration, loop nor network.
///
/// Called on the command loop, except for what says that any thread may call it.
public interface ServerAccess {

  /// Every command there is. Any thread.
  CommandTable commands();

  /// What was counted per command, over all threads. Any thread.
  CommandStatistics statistics();

  /// Any thread.
  SlowLog slowLog();

  /// Any thread.
  LatencyMonitor latency();

  /// Any thread.
  SessionRegistry sessions();

  /// Any thread.
  ClientPause pause();

  /// Any thread.
  LoopBinding loopBinding();

  /// Who listens to what.
  PubSub pubSub();

  /// Who keeps what it has read.
  Tracking tracking();

  /// Who is shown all commands.
  Monitors monitors();

  /// Any thread.
  TimeSource time();

  /// Any thread.
  ServerIdentity identity();

  /// Number of databases. Any thread.
  int databases();

  // Who may do what.

  /// Whether a new connection has to authenticate. Any thread.
  boolean isPasswordRequired();

  /// The users. Any thread.
  Acl acl();

  /// What was forbidden lately. Any thread.
  AclLog aclLog();

  /// Has the users that the ACL file defines, or leaves all as it is.
  ///
  /// @throws CommandException if there is no file or something in it makes no sense
  void loadAcl();

  /// Writes the users to the ACL file.
  ///
  /// @throws CommandException if there is no file or it cannot be written
  void saveAcl();

  /// Whether DEBUG is allowed to this client (`enable-debug-command`).
  boolean isDebugAllowed(Session session);

  // Configuration.

  /// Names and values, in turn, of the directives that match any of the patterns.
  List<String> configGet(List<String> patterns);

  /// Sets all of the directives or none.
  ///
  /// @param namesAndValues in turn
  /// @throws CommandException if one is unknown, cannot be changed or does not take the value
  void configSet(List<String> namesAndValues);

  /// Writes the configuration back to its file.
  ///
  /// @throws CommandException if there is no file or it cannot be written
  void configRewrite();

  // Persistence.

  /// Makes a checkpoint of all that was acknowledged and waits for it.
  ///
  /// @throws CommandException if one is being made
  void save();

  /// Starts a checkpoint in the background.
  ///
  /// @return false if one is running already
  /// @throws CommandException if it cannot be started
  boolean startBackgroundSave();

  /// Starts to write memory to tables, so that the log up to here is no longer needed.
  ///
  /// @return false if memory is being written already
  /// @throws CommandException if nothing can be written any more
  boolean startLogRewrite();

  /// Waits until what is written up to a sequence number is synced. On threads that may wait only.
  ///
  /// @throws io.varve.engine.error.EngineException if it will never be
  void awaitSynced(long sequence);

  /// When all data were last known to be on disk: seconds since the epoch.
  long lastSaveSeconds();

  /// Begins to stop the server. The connection that asked is closed by it.
  ///
  /// @throws CommandException if it cannot be stopped cleanly and FORCE was not given
  void shutdown(ShutdownOptions options);

  /// Calls a shutdown off that has begun and not got too far.
  ///
  /// @return false if there is none
  boolean abortShutdown();

  /// Why nothing can be written any more, or null. Any thread.
  default @Nullable String findWriteFailure() {
    return null;
  }

  /// Why nothing can be added for now, or null; removing is welcome. Any thread.
  default @Nullable String findRoomShortage() {
    return null;
  }

  // Clients.

  /// Wakes a client that waits in a blocking command, if it still does.
  ///
  /// @param withError whether it gets an error and not the reply of a time-out
  void unblock(Session session, boolean withError);

  /// Runs the waiting request of a client again, if there is one: what it waits for has come, which is no
  /// key. Any thread.
  void retry(Session session);

  /// The pause has begun, been changed or ended: requests held back are to be looked at again.
  void pauseChanged();

  // Insight.

  /// Adds to a section of INFO what only the server's other rooms know.
  ///
  /// @param section in lower case: `memory`, `persistence`, `stats`, `clients`, `cpu` ...
  void describe(String section, InfoReport out);

  /// What the process uses of memory.
  MemoryUse memory();

  /// What each level of the store holds and has cost reads, the youngest first. Any thread.
  List<LevelReport> levels();

  /// Starts all counters of INFO anew (CONFIG RESETSTAT), beyond those of [#statistics()].
  void resetCounters();

  // Debugging.

  /// Writes to tables what is in memory and forgets it there. Waits for it, on threads that may wait
  /// only.
  void reload();

  /// Turns active expiry on or off.
  void activeExpiry(boolean on);
}
