package io.varve.server.command;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.varve.engine.Engine;
import io.varve.engine.EngineOptions;
import io.varve.engine.ReadView;
import io.varve.engine.iterator.ReadContext;
import io.varve.protocol.RequestBatch;
import io.varve.server.acl.Acl;
import io.varve.server.acl.AclLog;
import io.varve.server.keyspace.Keyspace;
import io.varve.server.keyspace.KeyspaceAccess;
import io.varve.server.keyspace.KeyspaceOptions;
import io.varve.server.pubsub.KeyspaceEvents;
import io.varve.server.pubsub.Monitors;
import io.varve.server.pubsub.PubSub;
import io.varve.server.pubsub.Tracking;
import io.varve.server.session.Connection;
import io.varve.server.session.Session;
import io.varve.server.session.SessionRegistry;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.TreeMap;

/// A server without network and threads, for tests: commands run on the test's thread against a real
/// store. Time stands still until the test moves it.
public final class TestServer implements ServerAccess, TimeSource, AutoCloseable {

  private final CommandTable commands;
  private final Acl acl;
  private final AclLog aclLog = new AclLog();
  private final CommandStatistics statistics;
  private final SlowLog slowLog = new SlowLog(10_000, 128);
  private final LatencyMonitor latency = new LatencyMonitor();
  private final SessionRegistry sessions = new SessionRegistry();
  private final ClientPause pause = new ClientPause();
  private final LoopBinding loopBinding = new LoopBinding();
  private final PubSub pubSub = new PubSub();
  private final KeyspaceEvents keyspaceEvents = new KeyspaceEvents(pubSub);
  private final ArrayDeque<Runnable> posted = new ArrayDeque<>();
  private final Tracking tracking = new Tracking(sessions::find, posted::add);
  private final Monitors monitors = new Monitors();
  private final TreeMap<String, String> config = new TreeMap<>();
  private final Engine engine;
  private final Keyspace keyspace;
  private final KeyspaceAccess access;
  private final Invocation invocation;
  private final Dispatcher dispatcher;
  private final ReadContext reads = new ReadContext();
  private final List<ShutdownOptions> shutdowns = new ArrayList<>();
  private long micros = 1_700_000_000_000_000L;
  private long nanosPerLook;
  private long nanos;

  public TestServer(Path directory, List<Command> table) {
    commands = new CommandTable(table);
    acl = new Acl(new CommandCatalog(commands), "");
    statistics = new CommandStatistics(commands);
    config.put("requirepass", "");
    config.put("maxclients", "10000");
    config.put("notify-keyspace-events", "");
    config.put("tracking-table-max-keys", "1000000");
    config.put("enable-debug-command", "no");
    engine = Engine.open(directory, EngineOptions.defaults());
    keyspace = new Keyspace(engine, KeyspaceOptions.DEFAULTS);
    keyspace.listenToEvents(keyspaceEvents);
    keyspace.addChangeListener(tracking);
    keyspace.start(Runnable::run, Runnable::run);
    access = keyspace.newWriterAccess();
    dispatcher = new Dispatcher(this);
    invocation = new Invocation(this, access);
  }

  public Session connect() {
    Session session =
        new Session(sessions.nextId(), new TestConnection(this), millis(), !isPasswordRequired());
    ByteBuf buffer = Unpooled.directBuffer(1024);
    session.target(buffer);
    sessions.add(session);
    return session;
  }

  /// What a client has been sent unasked since it was looked at last, one character per byte.
  public String takePushes(Session session) {
    if (!(session.connection() instanceof TestConnection connection)) {
      throw new IllegalArgumentException("not a client of this server");
    }
    String pushes = connection.pushes.toString();
    connection.pushes.setLength(0);
    return pushes;
  }

  /// Executes a request and returns the bytes of its reply, one character each. Pushes that came
  /// before stand before it, those that it causes behind it.
  public String call(Session session, String... args) {
    byte[][] bytes = new byte[args.length][];
    for (int i = 0; i < args.length; i++) {
      bytes[i] = args[i].getBytes(StandardCharsets.ISO_8859_1);
    }
    return call(session, RequestBatch.of(bytes));
  }

  public String call(Session session, RequestBatch request) {
    ByteBuf buffer = Unpooled.directBuffer(1024);
    session.target(buffer);
    String before = takePushes(session);
    dispatch(session, request);
    return before + buffer.toString(StandardCharsets.ISO_8859_1) + takePushes(session);
  }

  /// Dispatches and commits as the command loop does.
  public Outcome dispatch(Session session, RequestBatch request) {
    invocation.nowMillis(millis());
    try (ReadView view = engine.acquireView()) {
      access.begin(view, engine.lastSequence(), reads, true, millis());
      boolean committed = false;
      try {
        Outcome outcome = dispatcher.dispatch(session, request, 0, invocation);
        if (access.hasWrites()) {
          engine.write(access.batch());
          engine.commit();
        }
        tracking.actor(session);
        access.commit();
        tracking.actor(null);
        committed = true;
        invocation.runEffects();
        while (!posted.isEmpty()) {
          posted.remove().run();
        }
        return outcome;
      } finally {
        if (!committed) {
          access.abort();
        }
        reads.reset();
      }
    }
  }

  /// Rehearses a request as a reader thread does.
  public void rehearse(Session session, RequestBatch request) {
    invocation.nowMillis(millis());
    try (ReadView view = engine.acquireView()) {
      access.begin(view, engine.lastSequence(), reads, true, millis());
      try {
        dispatcher.rehearse(session, request, 0, invocation);
      } finally {
        access.abort();
        reads.reset();
      }
    }
  }

  /// The invocation of the test's thread, for tests that dispatch without the keyspace.
  public Invocation invocation() {
    return invocation;
  }

  public Dispatcher dispatcher() {
    return dispatcher;
  }

  /// Lets time pass.
  public void advanceMillis(long millis) {
    micros += millis * 1000;
  }

  /// Lets every look at the clock for durations take this long.
  public void nanosPerLook(long step) {
    nanosPerLook = step;
  }

  public void set(String directive, String value) {
    config.put(directive, value);
    acl.changePassword(value("requirepass"));
  }

  public List<ShutdownOptions> shutdowns() {
    return shutdowns;
  }

  @Override
  public void close() {
    keyspace.close();
    engine.close();
  }

  @Override
  public long micros() {
    return micros;
  }

  @Override
  public long nanos() {
    nanos += nanosPerLook;
    return nanos;
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

  @Override
  public PubSub pubSub() {
    return pubSub;
  }

  @Override
  public TimeSource time() {
    return this;
  }

  @Override
  public ServerIdentity identity() {
    return new ServerIdentity("0.1.0", "0".repeat(40), 6379, "", "nio", 1_700_000_000_000L);
  }

  @Override
  public int databases() {
    return keyspace.databaseCount();
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
    throw new CommandException("ERR no ACL file");
  }

  @Override
  public void saveAcl() {
    throw new CommandException("ERR no ACL file");
  }

  @Override
  public boolean isDebugAllowed(Session session) {
    return value("enable-debug-command").equals("yes");
  }

  @Override
  public List<String> configGet(List<String> patterns) {
    List<String> found = new ArrayList<>();
    for (String pattern : patterns) {
      String name = pattern.toLowerCase(Locale.ROOT);
      if (config.containsKey(name)) {
        found.add(name);
        found.add(value(name));
      }
    }
    return found;
  }

  @Override
  public void configSet(List<String> namesAndValues) {
    for (int i = 0; i < namesAndValues.size(); i += 2) {
      String name = namesAndValues.get(i).toLowerCase(Locale.ROOT);
      if (!config.containsKey(name)) {
        throw new CommandException(
            "ERR Unknown option or number of arguments for CONFIG SET - '" + name + "'");
      }
      config.put(name, namesAndValues.get(i + 1));
      keyspaceEvents.select(value("notify-keyspace-events"));
      if (name.equals("requirepass")) {
        acl.changePassword(value(name));
      }
      tracking.keysMax(Long.parseLong(value("tracking-table-max-keys")));
    }
  }

  @Override
  public void configRewrite() {
    throw new CommandException("ERR The server is running without a config file");
  }

  @Override
  public void save() {}

  @Override
  public void reload() {}

  @Override
  public boolean startBackgroundSave() {
    return true;
  }

  @Override
  public boolean startLogRewrite() {
    return true;
  }

  @Override
  public void awaitSynced(long sequence) {}

  @Override
  public long lastSaveSeconds() {
    return micros / 1_000_000;
  }

  @Override
  public void shutdown(ShutdownOptions options) {
    shutdowns.add(options);
  }

  @Override
  public boolean abortShutdown() {
    return false;
  }

  @Override
  public void unblock(Session session, boolean withError) {}

  @Override
  public void retry(Session session) {}

  @Override
  public void pauseChanged() {}

  @Override
  public void describe(String section, InfoReport out) {}

  @Override
  public MemoryUse memory() {
    return new MemoryUse(
        3 << 20, 4 << 20, 5 << 20, 1 << 20, 1 << 20, 1 << 30, 2 << 20, 1 << 20, 0, 0);
  }

  @Override
  public List<LevelReport> levels() {
    return List.of();
  }

  @Override
  public void resetCounters() {}

  @Override
  public void activeExpiry(boolean on) {
    keyspace.activeExpiry(on);
  }

  private String value(String directive) {
    return config.getOrDefault(directive, "");
  }

  /// A connection that leads nowhere. The numbers of its address are those of its turn.
  private static final class TestConnection implements Connection {
    private final String remoteAddress;
    private final StringBuilder pushes = new StringBuilder();

    private TestConnection(TestServer server) {
      remoteAddress = "127.0.0.1:" + (50_001 + server.sessions.count());
    }

    @Override
    public String remoteAddress() {
      return remoteAddress;
    }

    @Override
    public String localAddress() {
      return "127.0.0.1:6379";
    }

    @Override
    public boolean isLocalSocket() {
      return false;
    }

    @Override
    public int fileDescriptor() {
      return 8;
    }

    @Override
    public long inputBytes() {
      return 0;
    }

    @Override
    public long outputBytes() {
      return 0;
    }

    @Override
    public void push(byte[] encoded) {
      pushes.append(new String(encoded, StandardCharsets.ISO_8859_1));
    }

    @Override
    public void close() {}
  }
}
