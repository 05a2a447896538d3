package io.varve.server;

import io.varve.engine.Engine;
import io.varve.engine.EngineStats;
import io.varve.engine.error.EngineException;
import io.varve.protocol.ProtocolLimits;
import io.varve.server.admin.AdminPages;
import io.varve.server.admin.AdminServer;
import io.varve.server.admin.Health;
import io.varve.server.cli.ServerStarter;
import io.varve.server.command.CommandStatistics;
import io.varve.server.command.CommandTable;
import io.varve.server.command.Dispatcher;
import io.varve.server.command.Invocation;
import io.varve.server.command.ServerIdentity;
import io.varve.server.command.ShutdownOptions;
import io.varve.server.command.TimeSource;
import io.varve.server.config.Configuration;
import io.varve.server.config.ConfigurationException;
import io.varve.server.config.Directives;
import io.varve.server.keyspace.DatabaseStatistics;
import io.varve.server.keyspace.Keyspace;
import io.varve.server.keyspace.KeyspaceAccess;
import io.varve.server.keyspace.KeyspaceOptions;
import io.varve.server.keyspace.Watcher;
import io.varve.server.loop.CommandLoop;
import io.varve.server.loop.CommandRunner;
import io.varve.server.loop.EventLoopReads;
import io.varve.server.loop.LoopCounters;
import io.varve.server.loop.ReaderPool;
import io.varve.server.metrics.MetricsPage;
import io.varve.server.metrics.MetricsSource;
import io.varve.server.net.NetOptions;
import io.varve.server.net.NetServer;
import io.varve.server.net.OutputLimit;
import io.varve.server.net.Transport;
import io.varve.server.pubsub.Subscriber;
import io.varve.server.pubsub.TrackingClient;
import io.varve.server.script.Scripts;
import io.varve.server.session.Session;
import io.varve.server.session.SessionRegistry;
import io.varve.server.types.Hashes;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A running server: puts the rooms together, and takes them apart in order.
///
/// Stopping: no new connections, no new requests; what has been received is finished, made durable and
/// answered; memtables are flushed; files are closed.
public final class Server implements ServerStarter.Running {

  private static final Logger LOG = LoggerFactory.getLogger(Server.class);

  private static final String PROTECTED =
      "DENIED Varve is running in protected mode because protected mode is enabled and no password"
          + " is set for the default user. In this mode connections are only accepted from this"
          + " machine. To let others in: set a password with requirepass, or turn protected-mode off"
          + " if the network around the server is one you trust.";

  private final Configuration configuration;
  private final Engine engine;
  private final Keyspace keyspace;
  private final ServerServices services;
  private final Dispatcher dispatcher;
  private final ReaderPool readers;
  private final CommandLoop loop;
  private final NetServer net;
  private final Saves saves;
  private final TimeSource time;
  private final int port;
  private final ServerReport report;
  private final MetricsPage metrics;
  private final @Nullable AdminServer admin;
  private final CountDownLatch stopRequested = new CountDownLatch(1);
  private final CountDownLatch stopped = new CountDownLatch(1);
  private final long startedMillis;
  private long lastClientCheckMillis;
  private volatile ProtocolLimits limits;
  private volatile OutputLimits outputLimits;
  private volatile boolean stopping;

  private Server(Configuration configuration, Engine engine, TimeSource time) throws IOException {
    this.configuration = configuration;
    this.engine = engine;
    this.time = time;
    this.startedMillis = time.millis();
    this.limits = limitsOf(configuration);
    this.outputLimits = OutputLimits.of(configuration);
    this.keyspace =
        new Keyspace(engine, KeyspaceOptions.DEFAULTS.withDatabases(configuration.databases()));
    this.services = new ServerServices(configuration, engine, time);
    services.functions().open(keyspace.libraries());
    this.dispatcher = new Dispatcher(services);
    this.readers =
        new ReaderPool(
            configuration.readerThreads(),
            Scripts.STACK_BYTES,
            () -> newRunner(keyspace.newReaderAccess()));
    this.loop =
        new CommandLoop(
            engine,
            keyspace,
            dispatcher,
            newRunner(keyspace.newWriterAccess()),
            readers,
            this::tick,
            1000 / configuration.get(Directives.HZ),
            time);
    Invocation whileBusy = new Invocation(services, null);
    services.scripts().whileBusy(() -> loop.serveWhileBusy(whileBusy));
    this.saves = new Saves(engine, loop, time);
    Transport transport = chooseTransport(configuration);
    this.net =
        new NetServer(
            netOptions(configuration, transport),
            loop,
            engine.credits(),
            services.sessions(),
            time,
            new Door(),
            () -> new EventLoopReads(engine, newRunner(keyspace.newReaderAccess())));
    EncodingSettings.follow(configuration, keyspace);
    keyspace.listenToEvents(services.keyspaceEvents());
    keyspace.addChangeListener(services.tracking());
    keyspace.innerExpiry(Hashes::removePassed);
    keyspace.start(readers::execute, loop::post);
    configuration.onChange(
        Directives.MERGE_BYTES_PER_SECOND,
        now -> engine.setBackgroundBytesPerSecond(now.get(Directives.MERGE_BYTES_PER_SECOND)));
    configuration.onChange(
        Directives.COMPACTION_MODE,
        now -> engine.setCompactionMode(EngineSettings.compactionMode(now)));
    configuration.onChange(Directives.PROTO_MAX_BULK_LEN, now -> limits = limitsOf(now));
    configuration.onChange(Directives.CLIENT_QUERY_BUFFER_LIMIT, now -> limits = limitsOf(now));
    configuration.onChange(
        Directives.CLIENT_OUTPUT_BUFFER_LIMIT, now -> outputLimits = OutputLimits.of(now));
    this.report =
        new ServerReport(configuration, engine, keyspace, loop, readers, net, services, saves);
    services.attach(new Parts());
    this.metrics = new MetricsPage(new Figures());
    this.port = net.bind();
    services.attach(identity(transport));
    this.admin = startAdmin();
    loop.start(stopRequested::countDown);
    net.accept();
  }

  private @Nullable AdminServer startAdmin() throws IOException {
    int adminPort = configuration.adminPort();
    return adminPort == 0
        ? null
        : AdminServer.start(configuration.adminBind(), adminPort, new Pages());
  }

  /// Opens the store and serves it.
  ///
  /// @throws io.varve.engine.error.EngineException if the store cannot be opened
  /// @throws IllegalStateException naming the address that cannot be listened on
  /// @throws ConfigurationException if a setting does not fit this machine
  public static Server start(Configuration configuration) {
    long startedNanos = System.nanoTime();
    Engine engine = Engine.open(configuration.directory(), EngineSettings.of(configuration));
    try {
      Server server = new Server(configuration, engine, TimeSource.system());
      LOG.info(
          "ready on port {} after {} ms",
          server.port(),
          (System.nanoTime() - startedNanos) / 1_000_000);
      return server;
    } catch (IOException unreachable) {
      engine.close();
      throw new IllegalStateException(unreachable.getMessage(), unreachable.getCause());
    } catch (RuntimeException | Error failed) {
      engine.close();
      throw failed;
    }
  }

  private CommandRunner newRunner(KeyspaceAccess access) {
    return new CommandRunner(engine, dispatcher, access, new Invocation(services, access), time);
  }

  private static Transport chooseTransport(Configuration configuration) {
    try {
      return Transport.choose(
          configuration.get(Directives.TRANSPORT).name().toLowerCase(Locale.ROOT));
    } catch (IllegalArgumentException unfit) {
      throw new ConfigurationException(String.valueOf(unfit.getMessage()));
    }
  }

  private static NetOptions netOptions(Configuration configuration, Transport transport) {
    return new NetOptions(
        configuration.bind(),
        configuration.port(),
        Math.toIntExact(configuration.get(Directives.TCP_BACKLOG)),
        transport,
        configuration.ioThreads(),
        Math.toIntExact(configuration.get(Directives.TCP_KEEPALIVE)));
  }

  private static ProtocolLimits limitsOf(Configuration configuration) {
    return ProtocolLimits.DEFAULT
        .withBulkBytesMax(configuration.protoMaxBulkLength())
        .withRequestBytesMax(configuration.clientQueryBufferLimit());
  }

  private ServerIdentity identity(Transport transport) {
    byte[] random = new byte[20];
    new SecureRandom().nextBytes(random);
    Path file = configuration.file();
    return new ServerIdentity(
        version(),
        HexFormat.of().formatHex(random),
        port,
        file == null ? "" : file.toAbsolutePath().toString(),
        transport.wireName(),
        startedMillis);
  }

  /// Version of this build.
  public static String version() {
    String version = Server.class.getPackage().getImplementationVersion();
    return version == null ? "development" : version;
  }

  /// Port of the Redis protocol.
  public int port() {
    return port;
  }

  /// Waits until somebody wants the server to stop.
  ///
  /// @return false if it is a fault of its own after which it must not go on
  @Override
  public boolean awaitStop() throws InterruptedException {
    stopRequested.await();
    return loop.fault() == null;
  }

  private void tick(long nowMillis) {
    keyspace.expireSome(nowMillis);
    if (report.isSampleDue(nowMillis)) {
      report.sampleCommands(services.statistics().calls(), nowMillis);
    }
    if (nowMillis - lastClientCheckMillis >= 1000) {
      lastClientCheckMillis = nowMillis;
      checkClients(nowMillis);
    }
  }

  private void checkClients(long nowMillis) {
    long idleMillisMax = configuration.get(Directives.TIMEOUT) * 1000;
    for (Session session : services.sessions().all()) {
      if (idleMillisMax > 0
          && !session.isSubscribed()
          && !session.isMonitor()
          && !session.isWaiting()
          && nowMillis - session.lastInteractionMillis() > idleMillisMax) {
        session.connection().close();
      }
      session.connection().enforceOutputLimit();
    }
  }

  /// On the loop: a client is gone, and nothing more of it will run.
  private void forget(Session session) {
    loop.clientLeft(session);
    if (session.watcher() instanceof Watcher watcher) {
      keyspace.unwatch(watcher);
    }
    Subscriber subscriber = session.findSubscriber();
    if (subscriber != null) {
      services.pubSub().unsubscribeAll(subscriber);
    }
    TrackingClient tracking = session.findTracking();
    if (tracking != null) {
      services.tracking().choose(tracking, null);
    }
    if (session.isMonitor()) {
      services.monitors().remove(session);
      services.loopBinding().forMonitors(!services.monitors().isEmpty());
    }
  }

  /// Stops in order and waits for it. May be called by several threads and more than once.
  @Override
  public void close() {
    synchronized (this) {
      if (stopping) {
        awaitStopped();
        return;
      }
      stopping = true;
    }
    LOG.info("stopping: finishing what was received");
    stopRequested.countDown();
    try {
      net.stopAccepting();
      net.stopReading();
      services.scripts().killAll();
      saves.close();
      loop.close();
      net.close();
      keyspace.close();
      readers.close();
      if (admin != null) {
        admin.close();
      }
      metrics.close();
    } finally {
      engine.close();
      LOG.info("stopped, all is on disk");
      stopped.countDown();
    }
  }

  private void awaitStopped() {
    try {
      stopped.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /// Who may come in.
  private final class Door implements NetServer.Door {

    @Override
    public @Nullable String findRefusal(InetSocketAddress remote) {
      if (services.sessions().count() >= configuration.maxClients()) {
        return "ERR max number of clients reached";
      }
      boolean stranger = !remote.getAddress().isLoopbackAddress();
      if (stranger && configuration.protectedMode() && !services.isPasswordRequired()) {
        return PROTECTED;
      }
      return null;
    }

    @Override
    public boolean isOpen() {
      return !services.isPasswordRequired();
    }

    @Override
    public ProtocolLimits limits() {
      return limits;
    }

    @Override
    public OutputLimit outputLimit(Session session) {
      return outputLimits.of(session);
    }

    @Override
    public void left(Session session) {
      loop.post(() -> forget(session));
    }
  }

  /// The whole, as the services see it.
  private final class Parts implements ServerServices.Whole {

    @Override
    public Saves saves() {
      return saves;
    }

    @Override
    public ServerReport report() {
      return report;
    }

    @Override
    public void runWaiting(Runnable task) {
      readers.execute(task);
    }

    @Override
    public void postToLoop(Runnable task) {
      loop.post(task);
    }

    @Override
    public void runLastOfRound(Runnable task) {
      loop.runLastOfRound(task);
    }

    @Override
    public void unblock(Session session, boolean withError) {
      loop.unblock(session, withError);
    }

    @Override
    public void retry(Session session) {
      loop.retry(session);
    }

    @Override
    public void wakeLoop() {
      loop.post(() -> {});
    }

    @Override
    public void stop(ShutdownOptions options) {
      stopRequested.countDown();
    }

    @Override
    public boolean abortStop() {
      return false;
    }

    @Override
    public void activeExpiry(boolean on) {
      keyspace.activeExpiry(on);
    }
  }

  /// What the metrics are made of.
  private final class Figures implements MetricsSource {

    @Override
    public EngineStats engine() {
      return engine.stats();
    }

    @Override
    public CommandTable commands() {
      return services.commands();
    }

    @Override
    public CommandStatistics statistics() {
      return services.statistics();
    }

    @Override
    public SessionRegistry sessions() {
      return services.sessions();
    }

    @Override
    public List<DatabaseStatistics> databases() {
      return keyspace.statistics();
    }

    @Override
    public ServerFigures server() {
      LoopCounters counters = loop.counters();
      return new ServerFigures(
          version(),
          time.millis() - startedMillis,
          engine.failure() != null,
          net.counters().bytesIn(),
          net.counters().bytesOut(),
          counters.rounds(),
          counters.submissions(),
          counters.parked(),
          counters.waitsForRoom(),
          counters.failures(),
          net.counters().pausedConnections());
    }
  }

  /// What the admin port shows.
  private final class Pages implements AdminPages {

    @Override
    public String metrics() {
      return metrics.scrape();
    }

    @Override
    public Health health() {
      if (stopping) {
        return new Health("stopping", false, "master", false, "");
      }
      EngineException failure = engine.failure();
      if (failure != null) {
        return new Health("read-only", false, "master", true, String.valueOf(failure.getMessage()));
      }
      String shortage = engine.findRoomShortage();
      return shortage == null
          ? Health.ok()
          : new Health("disk-full", true, "master", false, shortage);
    }
  }
}
