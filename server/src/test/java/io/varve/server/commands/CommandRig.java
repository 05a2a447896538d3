package io.varve.server.commands;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.varve.engine.Engine;
import io.varve.engine.EngineOptions;
import io.varve.engine.ReadView;
import io.varve.engine.error.NotInMemoryException;
import io.varve.engine.iterator.ReadContext;
import io.varve.engine.wal.CommitMode;
import io.varve.engine.wal.SyncPolicy;
import io.varve.protocol.Reply;
import io.varve.protocol.ReplyReader;
import io.varve.protocol.RequestBatch;
import io.varve.server.acl.Acl;
import io.varve.server.command.ClientPause;
import io.varve.server.command.Command;
import io.varve.server.command.CommandCatalog;
import io.varve.server.command.CommandStatistics;
import io.varve.server.command.CommandTable;
import io.varve.server.command.Dispatcher;
import io.varve.server.command.Invocation;
import io.varve.server.command.LatencyMonitor;
import io.varve.server.command.LoopBinding;
import io.varve.server.command.ServerAccess;
import io.varve.server.command.SlowLog;
import io.varve.server.command.TimeSource;
import io.varve.server.keyspace.Keyspace;
import io.varve.server.keyspace.KeyspaceAccess;
import io.varve.server.keyspace.KeyspaceOptions;
import io.varve.server.pubsub.Tracking;
import io.varve.server.script.FunctionCommands;
import io.varve.server.script.Functions;
import io.varve.server.script.ScriptCommands;
import io.varve.server.script.Scripts;
import io.varve.server.session.Connection;
import io.varve.server.session.Session;
import io.varve.server.types.Hashes;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/// A server without sockets: real engine, keyspace and dispatcher, driven by the test's thread as the
/// command loop, with one reader thread. The clock is the test's.
public final class CommandRig implements AutoCloseable {

  private final Path directory;
  private final EngineOptions options;
  private final BlockingQueue<Runnable> loopTasks = new LinkedBlockingQueue<>();
  private final ExecutorService readers = Executors.newSingleThreadExecutor();
  private final Session session;
  private Engine engine;
  private Keyspace keyspace;
  private KeyspaceAccess writer;
  private Invocation writerInvocation;
  private KeyspaceAccess reader;
  private Invocation readerInvocation;
  private Dispatcher dispatcher;
  private int rehearsals;
  private long nowMillis = 1_800_000_000_000L;
  private Consumer<Keyspace> keyspaceSetting = _ -> {};

  public CommandRig(Path directory) {
    this.directory = directory;
    this.options =
        EngineOptions.builder()
            .syncPolicy(SyncPolicy.NEVER)
            .commitMode(CommitMode.INLINE)
            .memtableBytes(64 << 10)
            .blockCacheBytes(64 << 10)
            .rowCacheBytes(128 << 10)
            .blockBytes(1024)
            .openTablesMax(64)
            .fanOut(4)
            .tableBytes(64 << 10)
            .walSegmentBytes(256 << 10)
            .reserveBytes(0)
            .build();
    this.session = new Session(1, new NoConnection(), nowMillis, true);
    open();
  }

  /// Opens the store again, as after a restart.
  public void reopen() {
    closeStore();
    open();
  }

  /// Opens the store again without the loop's last words: what the log has is all there is.
  public void reopenAsAfterACrash() {
    keyspace.close();
    engine.close();
    loopTasks.clear();
    open();
  }

  /// Applies settings to the keyspace now and after each opening of the store.
  public void keyspaceSetting(Consumer<Keyspace> setting) {
    keyspaceSetting = setting;
    setting.accept(keyspace);
  }

  public Engine engine() {
    return engine;
  }

  public Keyspace keyspace() {
    return keyspace;
  }

  public Session session() {
    return session;
  }

  public int rehearsals() {
    return rehearsals;
  }

  public long nowMillis() {
    return nowMillis;
  }

  public void setNowMillis(long millis) {
    nowMillis = millis;
  }

  /// Runs a command and ends the commit group behind it.
  public Reply call(String... args) {
    byte[][] bytes = new byte[args.length][];
    for (int i = 0; i < args.length; i++) {
      bytes[i] = args[i].getBytes(StandardCharsets.UTF_8);
    }
    return call(bytes);
  }

  /// Runs a command and ends the commit group behind it.
  public Reply call(byte[]... args) {
    Reply reply = callWithoutCommit(args);
    commit();
    return reply;
  }

  /// Runs a command within an open commit group.
  public Reply callWithoutCommit(byte[]... args) {
    RequestBatch request = RequestBatch.of(args);
    ByteBuf out = Unpooled.directBuffer();
    session.target(out);
    ReadContext fetched = null;
    while (true) {
      try {
        runOnLoop(request, fetched);
        return parse(out);
      } catch (NotInMemoryException signal) {
        out.clear();
        if (dispatcher.readableAnywhere(session, request, 0)) {
          onReader(() -> runOnReader(request));
          return parse(out);
        }
        rehearsals++;
        ReadContext context = new ReadContext();
        onReader(() -> rehearse(request, context));
        fetched = context;
      }
    }
  }

  /// What the loop does at the end of a round.
  public void commit() {
    runLoopTasks();
    keyspace.writeDirtyCounts();
    engine.commit();
  }

  public void tick() {
    keyspace.expireSome(nowMillis);
    settle();
  }

  /// Waits until the reader has nothing to do and its results are applied.
  public void settle() {
    for (int i = 0; i < 12; i++) {
      onReader(() -> {});
      runLoopTasks();
    }
    commit();
  }

  /// Moves everything into tables, so that reads of it need the disk.
  public void flush() {
    commit();
    engine.sealMemtable();
    engine.awaitFlushed();
  }

  @Override
  public void close() {
    closeStore();
    readers.shutdown();
  }

  private void open() {
    engine = Engine.open(directory, options);
    keyspace = new Keyspace(engine, KeyspaceOptions.DEFAULTS);
    keyspace.innerExpiry(Hashes::removePassed);
    keyspaceSetting.accept(keyspace);
    keyspace.start(readers, loopTasks::add);
    ServerAccess server = server();
    dispatcher = new Dispatcher(server);
    writer = keyspace.newWriterAccess();
    writerInvocation = new Invocation(server, writer);
    reader = keyspace.newReaderAccess();
    readerInvocation = new Invocation(server, reader);
    runLoopTasks();
  }

  private void closeStore() {
    settle();
    keyspace.close();
    engine.close();
  }

  private void runOnLoop(RequestBatch request, ReadContext fetched) {
    ReadContext context = new ReadContext().setMemoryOnly(true);
    if (fetched != null) {
      context.adoptPins(fetched);
    }
    try (ReadView view = engine.acquireView()) {
      writer.begin(view, engine.lastSequence(), context, true, nowMillis);
      writerInvocation.nowMillis(nowMillis);
      try {
        dispatcher.dispatch(session, request, 0, writerInvocation);
        if (writer.hasWrites()) {
          engine.write(writer.batch());
        }
        writer.commit();
        writerInvocation.runEffects();
      } catch (RuntimeException failed) {
        writer.abort();
        throw failed;
      } finally {
        context.releasePins();
      }
    }
  }

  private void runOnReader(RequestBatch request) {
    ReadContext context = new ReadContext();
    try (ReadView view = engine.acquireView()) {
      reader.begin(view, engine.lastSequence(), context, false, nowMillis);
      readerInvocation.nowMillis(nowMillis);
      dispatcher.dispatch(session, request, 0, readerInvocation);
    } finally {
      reader.abort();
      context.releasePins();
    }
  }

  private void rehearse(RequestBatch request, ReadContext context) {
    try (ReadView view = engine.acquireView()) {
      reader.begin(view, engine.lastSequence(), context, true, nowMillis);
      readerInvocation.nowMillis(nowMillis);
      dispatcher.rehearse(session, request, 0, readerInvocation);
    } finally {
      reader.abort();
    }
  }

  /// Runs on the reader thread while this thread goes on being the loop.
  private void onReader(Runnable task) {
    CompletableFuture<Void> done = CompletableFuture.runAsync(task, readers);
    while (!done.isDone()) {
      try {
        Runnable next = loopTasks.poll(1, TimeUnit.MILLISECONDS);
        if (next != null) {
          next.run();
        }
      } catch (InterruptedException impossible) {
        throw new IllegalStateException(impossible);
      }
    }
    try {
      done.get();
    } catch (ExecutionException failed) {
      if (failed.getCause() instanceof RuntimeException cause) {
        throw cause;
      }
      throw new IllegalStateException(failed);
    } catch (InterruptedException impossible) {
      throw new IllegalStateException(impossible);
    }
  }

  private void runLoopTasks() {
    Runnable next;
    while ((next = loopTasks.poll()) != null) {
      next.run();
    }
  }

  private static Reply parse(ByteBuf out) {
    byte[] bytes = ByteBufUtil.getBytes(out);
    out.release();
    try {
      return new ReplyReader(new ByteArrayInputStream(bytes)).read();
    } catch (IOException malformed) {
      throw new UncheckedIOException(
          "malformed reply: " + new String(bytes, StandardCharsets.ISO_8859_1), malformed);
    }
  }

  /// The part of the server that these commands ask for anything; the rest is out of reach.
  private ServerAccess server() {
    Scripts scripts = new Scripts();
    Functions functions = new Functions(scripts);
    functions.open(keyspace.libraries());
    List<Command> commands = new ArrayList<>();
    commands.addAll(StringCommands.table());
    commands.addAll(ListCommands.table());
    commands.addAll(HashCommands.table());
    commands.addAll(FieldExpiryCommands.table());
    commands.addAll(SortedSetCommands.table());
    commands.addAll(SortCommands.table());
    commands.addAll(BitmapCommands.table());
    commands.addAll(HyperLogLogCommands.table());
    commands.addAll(SetCommands.table());
    commands.addAll(StreamCommands.table());
    commands.addAll(GeoCommands.table());
    commands.addAll(KeyCommands.table());
    commands.addAll(DumpCommands.table());
    commands.addAll(ExpiryCommands.table());
    commands.addAll(ObjectCommands.table());
    commands.addAll(KeyspaceCommands.table());
    commands.addAll(TransactionCommands.table());
    commands.addAll(ScriptCommands.table(scripts));
    commands.addAll(FunctionCommands.table(scripts, functions));
    commands.addAll(ConnectionCommands.table());
    commands.addAll(ServerCommands.table());
    commands.addAll(DebugCommands.table());
    CommandTable table = new CommandTable(commands);
    CommandStatistics statistics = new CommandStatistics(table);
    ClientPause pause = new ClientPause();
    LoopBinding loopBinding = new LoopBinding();
    Acl acl = new Acl(new CommandCatalog(table), "");
    Tracking tracking = new Tracking(_ -> null, Runnable::run);
    SlowLog slowLog = new SlowLog(-1, 1);
    LatencyMonitor latency = new LatencyMonitor();
    TimeSource time = TimeSource.system();
    return (ServerAccess)
        Proxy.newProxyInstance(
            ServerAccess.class.getClassLoader(),
            new Class<?>[] {ServerAccess.class},
            (proxy, method, args) ->
                switch (method.getName()) {
                  case "commands" -> table;
                  case "statistics" -> statistics;
                  case "pause" -> pause;
                  case "loopBinding" -> loopBinding;
                  case "tracking" -> tracking;
                  case "acl" -> acl;
                  case "slowLog" -> slowLog;
                  case "latency" -> latency;
                  case "time" -> time;
                  case "isDebugAllowed" -> true;
                  case "databases" -> KeyspaceOptions.DEFAULTS.databases();
                  default -> {
                    if (method.isDefault()) {
                      yield InvocationHandler.invokeDefault(proxy, method, args);
                    }
                    throw new UnsupportedOperationException(method.getName());
                  }
                });
  }

  private static final class NoConnection implements Connection {
    @Override
    public String remoteAddress() {
      return "127.0.0.1:1";
    }

    @Override
    public String localAddress() {
      return "127.0.0.1:2";
    }

    @Override
    public boolean isLocalSocket() {
      return false;
    }

    @Override
    public int fileDescriptor() {
      return -1;
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
      throw new AssertionError("nobody subscribes here");
    }

    @Override
    public void close() {}
  }
}
