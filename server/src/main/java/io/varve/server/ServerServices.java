package io.varve.server;

import io.varve.engine.Engine;
import io.varve.engine.error.EngineException;
import io.varve.server.acl.Acl;
import io.varve.server.acl.AclLog;
import io.varve.server.command.ClientPause;
import io.varve.server.command.CommandCatalog;
import io.varve.server.command.CommandException;
import io.varve.server.command.CommandStatistics;
import io.varve.server.command.CommandTable;
import io.varve.server.command.InfoReport;
import io.varve.server.command.LatencyMonitor;
import io.varve.server.command.LevelReport;
import io.varve.server.command.LoopBinding;
import io.varve.server.command.MemoryUse;
import io.varve.server.command.ServerAccess;
import io.varve.server.command.ServerIdentity;
import io.varve.server.command.ShutdownOptions;
import io.varve.server.command.SlowLog;
import io.varve.server.command.TimeSource;
import io.varve.server.config.Configuration;
import io.varve.server.config.ConfigurationException;
import io.varve.server.config.ConfigurationLine;
import io.varve.server.config.Directives;
import io.varve.server.keyspace.KeyEventClass;
import io.varve.server.pubsub.KeyspaceEvents;
import io.varve.server.pubsub.Monitors;
import io.varve.server.pubsub.PubSub;
import io.varve.server.pubsub.Tracking;
import io.varve.server.script.Functions;
import io.varve.server.script.Scripts;
import io.varve.server.session.Session;
import io.varve.server.session.SessionRegistry;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What commands may ask of the server: the roof's answer to [ServerAccess].
///
/// Made before the rooms that need it; those that it needs itself are given by [#attach].
final class ServerServices implements ServerAccess {

  /// What exists only once the server is put together.
  interface Whole {
    Saves saves();

    ServerReport report();

    /// Runs a task on a thread that may wait for the disk.
    void runWaiting(Runnable task);

    /// Runs a task on the command loop, behind what it does now.
    void postToLoop(Runnable task);

    /// Runs a task at the end of the command loop's round. On the loop only.
    void runLastOfRound(Runnable task);

    /// Ends the wait of a client.
    void unblock(Session session, boolean withError);

    /// Runs the waiting request of a client again. Any thread.
    void retry(Session session);

    /// Has the loop look again at requests that were held back.
    void wakeLoop();

    void stop(ShutdownOptions options);

    boolean abortStop();

    void activeExpiry(boolean on);
  }

  private final Configuration configuration;
  private final Scripts scripts = new Scripts();
  private final Functions functions = new Functions(scripts);
  private final CommandTable commands;
  private final CommandStatistics statistics;
  private final SlowLog slowLog;
  private final LatencyMonitor latency;
  private final SessionRegistry sessions = new SessionRegistry();
  private final ClientPause pause = new ClientPause();
  private final LoopBinding loopBinding = new LoopBinding();
  private final PubSub pubSub = new PubSub();
  private final KeyspaceEvents keyspaceEvents = new KeyspaceEvents(pubSub);
  private final Tracking tracking =
      new Tracking(sessions::find, task -> whole().runLastOfRound(task));
  private final Monitors monitors = new Monitors();
  private final TimeSource time;
  private final Acl acl;
  private final AclLog aclLog = new AclLog();
  private final Engine engine;
  private @Nullable ServerIdentity identity;
  private @Nullable Whole whole;

  ServerServices(Configuration configuration, Engine engine, TimeSource time) {
    this.configuration = configuration;
    this.engine = engine;
    this.time = time;
    this.commands = new CommandTable(CommandFamilies.all(scripts, functions));
    this.statistics = new CommandStatistics(commands);
    this.slowLog = new SlowLog(10_000, 128);
    this.latency = new LatencyMonitor();
    this.acl = new Acl(new CommandCatalog(commands), configuration.requirePass());
    followConfiguration();
    List<ConfigurationLine> users = configuration.userLines();
    if (configuration.get(Directives.ACLFILE).isEmpty()) {
      ConfiguredUsers.load(users, acl);
      return;
    }
    if (!users.isEmpty()) {
      throw users.getFirst().error("users are defined here or in an aclfile, not in both");
    }
    try {
      aclFile().load();
    } catch (CommandException broken) {
      throw new ConfigurationException(broken.reply());
    }
  }

  private void followConfiguration() {
    configuration.onChange(Directives.REQUIREPASS, now -> acl.changePassword(now.requirePass()));
    configuration.onChange(
        Directives.ACLLOG_MAX_LEN,
        now -> aclLog.max(Math.toIntExact(now.get(Directives.ACLLOG_MAX_LEN))));
    aclLog.max(Math.toIntExact(configuration.get(Directives.ACLLOG_MAX_LEN)));
    Configuration.Listener logs = _ -> applyLogSettings();
    configuration.onChange(Directives.SLOWLOG_LOG_SLOWER_THAN, logs);
    configuration.onChange(Directives.SLOWLOG_MAX_LEN, logs);
    configuration.onChange(Directives.LATENCY_MONITOR_THRESHOLD, logs);
    configuration.onChange(Directives.LATENCY_TRACKING, logs);
    configuration.onChange(Directives.LATENCY_TRACKING_INFO_PERCENTILES, logs);
    applyLogSettings();
    configuration.onChange(
        Directives.BUSY_REPLY_THRESHOLD,
        now -> scripts.busyAfter(now.get(Directives.BUSY_REPLY_THRESHOLD)));
    scripts.busyAfter(configuration.get(Directives.BUSY_REPLY_THRESHOLD));
    configuration.onChange(Directives.NOTIFY_KEYSPACE_EVENTS, this::selectEvents);
    selectEvents(configuration);
    configuration.onChange(
        Directives.TRACKING_TABLE_MAX_KEYS,
        now -> tracking.keysMax(now.get(Directives.TRACKING_TABLE_MAX_KEYS)));
    tracking.keysMax(configuration.get(Directives.TRACKING_TABLE_MAX_KEYS));
  }

  private void selectEvents(Configuration now) {
    keyspaceEvents.select(now.get(Directives.NOTIFY_KEYSPACE_EVENTS));
    loopBinding.forMisses(keyspaceEvents.isSelected(KeyEventClass.KEY_MISS));
  }

  private void applyLogSettings() {
    slowLog.configure(
        configuration.get(Directives.SLOWLOG_LOG_SLOWER_THAN),
        Math.toIntExact(configuration.get(Directives.SLOWLOG_MAX_LEN)));
    latency.threshold(configuration.get(Directives.LATENCY_MONITOR_THRESHOLD));
    statistics.keepLatencies(
        configuration.get(Directives.LATENCY_TRACKING),
        configuration.get(Directives.LATENCY_TRACKING_INFO_PERCENTILES));
  }

  Functions functions() {
    return functions;
  }

  Scripts scripts() {
    return scripts;
  }

  void attach(Whole newWhole) {
    whole = newWhole;
  }

  void attach(ServerIdentity newIdentity) {
    identity = newIdentity;
  }

  private Whole whole() {
    Whole now = whole;
    if (now == null) {
      throw new IllegalStateException("the server is not put together yet");
    }
    return now;
  }

  @Override
  public CommandTable commands() {
    return commands;
  }

  @Override
  public CommandStatistics statistics() {
    return statistics;
  }

  @Override
  public SlowLog slowLog() {
    return slowLog;
  }

  @Override
  public LatencyMonitor latency() {
    return latency;
  }

  @Override
  public SessionRegistry sessions() {
    return sessions;
  }

  @Override
  public ClientPause pause() {
    return pause;
  }

  @Override
  public LoopBinding loopBinding() {
    return loopBinding;
  }

  @Override
  public Tracking tracking() {
    return tracking;
  }

  @Override
  public Monitors monitors() {
    return monitors;
  }

  KeyspaceEvents keyspaceEvents() {
    return keyspaceEvents;
  }

  @Override
  public PubSub pubSub() {
    return pubSub;
  }

  @Override
  public TimeSource time() {
    return time;
  }

  @Override
  public ServerIdentity identity() {
    ServerIdentity now = identity;
    if (now == null) {
      throw new IllegalStateException("the server is not put together yet");
    }
    return now;
  }

  @Override
  public int databases() {
    return configuration.databases();
  }

  @Override
  public boolean isPasswordRequired() {
    return acl.isPasswordRequired();
  }

  @Override
  public Acl acl() {
    return acl;
  }

  @Override
  public AclLog aclLog() {
    return aclLog;
  }

  @Override
  public void loadAcl() {
    aclFile().load();
  }

  @Override
  public void saveAcl() {
    aclFile().save();
  }

  private AclFile aclFile() {
    String file = configuration.get(Directives.ACLFILE);
    if (file.isEmpty()) {
      throw new CommandException(
          "ERR This Redis instance is not configured to use an ACL file. You may want to specify users"
              + " via the ACL SETUSER command and then issue a CONFIG REWRITE (assuming you have a"
              + " Redis configuration file set) in order to store users in the Redis configuration.");
    }
    return new AclFile(Path.of(file), acl);
  }

  @Override
  public boolean isDebugAllowed(Session session) {
    return switch (configuration.get(Directives.ENABLE_DEBUG_COMMAND)) {
      case NO -> false;
      case LOCAL -> Loopback.is(session.connection().remoteAddress());
      case YES -> true;
    };
  }

  @Override
  public List<String> configGet(List<String> patterns) {
    List<String> pairs = new ArrayList<>();
    configuration
        .match(patterns)
        .forEach(
            (name, value) -> {
              pairs.add(name);
              pairs.add(value);
            });
    return pairs;
  }

  @Override
  public void configSet(List<String> namesAndValues) {
    try {
      configuration.set(namesAndValues);
    } catch (ConfigurationException refused) {
      throw new CommandException(refused.reply());
    }
  }

  @Override
  public void configRewrite() {
    try {
      boolean here = configuration.get(Directives.ACLFILE).isEmpty();
      configuration.rewrite(
          here ? ConfiguredUsers.lines(acl, commands, configuration.requirePass()) : null);
    } catch (ConfigurationException refused) {
      throw new CommandException(refused.reply());
    }
  }

  @Override
  public void save() {
    if (!whole().saves().save()) {
      throw new CommandException("ERR Background save already in progress");
    }
  }

  @Override
  public void reload() {
    whole().saves().reload();
  }

  @Override
  public boolean startBackgroundSave() {
    Saves saves = whole().saves();
    if (!saves.begin()) {
      return false;
    }
    whole().runWaiting(saves::run);
    return true;
  }

  @Override
  public boolean startLogRewrite() {
    String failure = findWriteFailure();
    if (failure != null) {
      throw new CommandException("ERR the log of writes has failed: " + failure);
    }
    if (engine.stats().sealedMemtables() > 0) {
      return false;
    }
    whole().postToLoop(engine::sealMemtable);
    return true;
  }

  @Override
  public void awaitSynced(long sequence) {
    engine.awaitDurable(sequence);
    engine.sync();
  }

  @Override
  public long lastSaveSeconds() {
    return whole().saves().lastSaveSeconds();
  }

  @Override
  public void shutdown(ShutdownOptions options) {
    if (engine.failure() != null && !options.force()) {
      throw new CommandException(
          "ERR Errors trying to SHUTDOWN. Check logs: the log of writes has failed");
    }
    whole().stop(options);
  }

  @Override
  public boolean abortShutdown() {
    return whole().abortStop();
  }

  @Override
  public @Nullable String findWriteFailure() {
    EngineException failure = engine.failure();
    return failure == null ? null : failure.getMessage();
  }

  @Override
  public @Nullable String findRoomShortage() {
    return engine.findRoomShortage();
  }

  @Override
  public void unblock(Session session, boolean withError) {
    whole().unblock(session, withError);
  }

  @Override
  public void retry(Session session) {
    whole().retry(session);
  }

  @Override
  public void pauseChanged() {
    whole().wakeLoop();
  }

  @Override
  public void describe(String section, InfoReport out) {
    whole().report().describe(section, out);
  }

  @Override
  public MemoryUse memory() {
    return whole().report().memory();
  }

  @Override
  public List<LevelReport> levels() {
    return whole().report().levels();
  }

  @Override
  public void resetCounters() {
    sessions.resetCounters();
  }

  @Override
  public void activeExpiry(boolean on) {
    whole().activeExpiry(on);
  }
}
