package io.varve.server.net;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.AdaptiveRecvByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.varve.engine.admission.WriteCredits;
import io.varve.protocol.ProtocolLimits;
import io.varve.server.command.TimeSource;
import io.varve.server.loop.CommandLoop;
import io.varve.server.loop.EventLoopReads;
import io.varve.server.session.Session;
import io.varve.server.session.SessionRegistry;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Listens, makes connections, knows them all.
///
/// Each connection lives on one event loop for good. Who may come in at all (protected mode, the
/// number of clients) is asked of the [Door].
public final class NetServer implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(NetServer.class);

  private static final int RECEIVE_BYTES_MIN = 512;
  private static final int RECEIVE_BYTES_FIRST = 16 << 10;
  private static final int RECEIVE_BYTES_MAX = 64 << 10;
  private static final int WRITE_WATERMARK_LOW = 256 << 10;
  private static final int WRITE_WATERMARK_HIGH = 1 << 20;
  private static final int FAREWELL_SECONDS_MAX = 5;

  /// What the roof decides for a connection.
  public interface Door {
    /// The text of the error for a peer that may not come in, or null.
    @Nullable String findRefusal(InetSocketAddress remote);

    /// Whether a new client need not say who it is.
    boolean isOpen();

    /// Limits of what a client may send from now on.
    ProtocolLimits limits();

    /// How much may wait for a client. Any thread.
    OutputLimit outputLimit(Session session);

    /// The peer is gone. Called on the event loop.
    void left(Session session);
  }

  private final NetOptions options;
  private final CommandLoop loop;
  private final WriteCredits credits;
  private final Door door;
  private final EventLoopGroup eventLoops;
  private final Map<EventLoop, EventLoopRoom> rooms = new ConcurrentHashMap<>();
  private final SessionRegistry sessions;
  private final TimeSource time;
  private volatile boolean reading = true;
  private final List<Channel> listeners = new ArrayList<>();
  private final NetCounters counters = new NetCounters();

  public NetServer(
      NetOptions options,
      CommandLoop loop,
      WriteCredits credits,
      SessionRegistry sessions,
      TimeSource time,
      Door door,
      Supplier<EventLoopReads> newReads) {
    this.options = options;
    this.sessions = sessions;
    this.time = time;
    this.loop = loop;
    this.credits = credits;
    this.door = door;
    this.eventLoops =
        new MultiThreadIoEventLoopGroup(
            options.ioThreads(),
            new DefaultThreadFactory("varve-io", true),
            options.transport().ioHandlerFactory());
    int index = 0;
    for (var executor : eventLoops) {
      EventLoop eventLoop = (EventLoop) executor;
      boolean alone = options.ioThreads() == 1;
      rooms.put(eventLoop, new EventLoopRoom(eventLoop, index++, newReads.get(), loop, alone));
    }
  }

  /// Binds all addresses. Clients may connect; they are not served before [#accept()].
  ///
  /// @return the port, for when any free one was asked for
  /// @throws IOException naming the address that cannot be bound and why
  public int bind() throws IOException {
    ServerBootstrap bootstrap =
        new ServerBootstrap()
            .group(eventLoops)
            .channel(options.transport().serverChannel())
            .option(ChannelOption.SO_BACKLOG, options.backlog())
            .option(ChannelOption.SO_REUSEADDR, true)
            .option(ChannelOption.AUTO_READ, false)
            .childOption(ChannelOption.TCP_NODELAY, true)
            .childOption(ChannelOption.SO_KEEPALIVE, options.keepAliveSeconds() > 0)
            .childOption(
                ChannelOption.WRITE_BUFFER_WATER_MARK,
                new WriteBufferWaterMark(WRITE_WATERMARK_LOW, WRITE_WATERMARK_HIGH))
            .childOption(
                ChannelOption.RECVBUF_ALLOCATOR,
                new AdaptiveRecvByteBufAllocator(
                    RECEIVE_BYTES_MIN, RECEIVE_BYTES_FIRST, RECEIVE_BYTES_MAX))
            .childHandler(
                new ChannelInitializer<>() {
                  @Override
                  protected void initChannel(Channel channel) {
                    accept(channel);
                  }
                });
    int port = options.port();
    for (String address : options.addresses()) {
      port = bind(bootstrap, address, port);
    }
    if (listeners.isEmpty()) {
      throw new IOException("none of the addresses " + options.addresses() + " exists");
    }
    return port;
  }

  /// Begins to serve.
  public void accept() {
    for (Channel listener : listeners) {
      listener.config().setAutoRead(true);
    }
  }

  private int bind(ServerBootstrap bootstrap, String address, int port) throws IOException {
    boolean optional = address.startsWith("-");
    String host = optional ? address.substring(1) : address;
    InetSocketAddress socketAddress =
        switch (host) {
          case "*" -> new InetSocketAddress("0.0.0.0", port);
          case "::*" -> new InetSocketAddress("::", port);
          default -> new InetSocketAddress(host, port);
        };
    var bound = bootstrap.bind(socketAddress).awaitUninterruptibly();
    if (bound.isSuccess()) {
      listeners.add(bound.channel());
      return ((InetSocketAddress) bound.channel().localAddress()).getPort();
    }
    if (!optional) {
      throw new IOException("cannot listen on " + host + ":" + port, bound.cause());
    }
    LOG.info("not listening on {}:{}: {}", host, port, bound.cause().getMessage());
    return port;
  }

  private void accept(Channel channel) {
    InetSocketAddress remote = (InetSocketAddress) channel.remoteAddress();
    String refusal = door.findRefusal(remote);
    if (refusal != null) {
      sessions.countRefused();
      ByteBuf farewell = Unpooled.copiedBuffer("-" + refusal + "\r\n", StandardCharsets.UTF_8);
      channel.writeAndFlush(farewell).addListener(ChannelFutureListener.CLOSE);
      return;
    }
    EventLoopRoom room = rooms.get(channel.eventLoop());
    if (room == null) {
      throw new IllegalStateException("a channel of an event loop that is not ours");
    }
    SocketConnection connection =
        new SocketConnection(sessions.nextId(), door.isOpen(), channel, this, room);
    sessions.add(connection.session());
    channel.pipeline().addLast(connection.handler());
  }

  public NetCounters counters() {
    return counters;
  }

  NetOptions options() {
    return options;
  }

  WriteCredits credits() {
    return credits;
  }

  CommandLoop loop() {
    return loop;
  }

  ProtocolLimits limits() {
    return door.limits();
  }

  OutputLimit outputLimit(Session session) {
    return door.outputLimit(session);
  }

  long nowMillis() {
    return time.millis();
  }

  void removed(SocketConnection connection) {
    sessions.remove(connection.session());
    door.left(connection.session());
  }

  /// Stops accepting; open connections go on.
  public void stopAccepting() {
    for (Channel listener : listeners) {
      listener.close().awaitUninterruptibly();
    }
    listeners.clear();
  }

  /// Reads no more requests; what has been decoded is still answered.
  public void stopReading() {
    reading = false;
    for (Session session : sessions.all()) {
      if (session.connection() instanceof SocketConnection connection) {
        connection.stopReading();
      }
    }
  }

  boolean isReading() {
    return reading;
  }

  /// Closes all connections and ends the event loops.
  @Override
  public void close() {
    stopAccepting();
    for (Session session : sessions.all()) {
      session.connection().close();
    }
    eventLoops
        .shutdownGracefully(0, FAREWELL_SECONDS_MAX, TimeUnit.SECONDS)
        .awaitUninterruptibly(FAREWELL_SECONDS_MAX, TimeUnit.SECONDS);
  }
}
