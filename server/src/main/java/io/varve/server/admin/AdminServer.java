package io.varve.server.admin;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.timeout.ReadTimeoutHandler;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/// The HTTP port: opened with [#start], served by one event loop of its own until [#close].
///
/// A request has bounds on its line, its headers and its body, a connection on its idle time, and there
/// are never more than a few connections.
public final class AdminServer implements AutoCloseable {

  private static final int REQUEST_LINE_BYTES_MAX = 4096;
  private static final int HEADER_BYTES_MAX = 8192;
  private static final int BODY_BYTES_MAX = 1024;
  private static final int CONNECTIONS_MAX = 64;
  private static final int IDLE_SECONDS_MAX = 30;

  private final EventLoopGroup loop;
  private final List<Channel> listeners = new ArrayList<>();

  private AdminServer(EventLoopGroup loop) {
    this.loop = loop;
  }

  /// Listens on addresses.
  ///
  /// @param addresses an address behind `-` may be missing on this machine
  /// @param port 0 picks a free one, see [#port()]
  /// @throws IOException naming the address that could not be bound
  public static AdminServer start(List<String> addresses, int port, AdminPages pages)
      throws IOException {
    EventLoopGroup loop =
        new MultiThreadIoEventLoopGroup(
            1, new DefaultThreadFactory("varve-admin", true), NioIoHandler.newFactory());
    AdminServer server = new AdminServer(loop);
    try {
      server.listen(addresses, port, pages);
      return server;
    } catch (IOException | RuntimeException e) {
      server.close();
      throw e;
    }
  }

  /// The TCP port that was bound.
  public int port() {
    return ((InetSocketAddress) listeners.getFirst().localAddress()).getPort();
  }

  /// Stops listening and drops the connections.
  @Override
  public void close() {
    for (Channel listener : listeners) {
      listener.close().syncUninterruptibly();
    }
    loop.shutdownGracefully(0, 2, TimeUnit.SECONDS).syncUninterruptibly();
  }

  private void listen(List<String> addresses, int port, AdminPages pages) throws IOException {
    ServerBootstrap bootstrap =
        new ServerBootstrap()
            .group(loop)
            .channel(NioServerSocketChannel.class)
            .option(ChannelOption.SO_REUSEADDR, true)
            .option(ChannelOption.SO_BACKLOG, CONNECTIONS_MAX)
            .childHandler(new Connections(pages));
    int wanted = port;
    for (String address : addresses) {
      boolean optional = address.startsWith("-");
      String host = optional ? address.substring(1) : address;
      InetSocketAddress socketAddress =
          switch (host) {
            case "*" -> new InetSocketAddress("0.0.0.0", wanted);
            case "::*" -> new InetSocketAddress("::", wanted);
            default -> new InetSocketAddress(host, wanted);
          };
      ChannelFuture bound = bootstrap.bind(socketAddress).awaitUninterruptibly();
      if (bound.isSuccess()) {
        listeners.add(bound.channel());
        // All addresses get the same port, also if it was picked.
        wanted = port();
      } else if (!optional) {
        throw new IOException(
            "cannot listen on " + host + ":" + wanted + " for admin", bound.cause());
      }
    }
    if (listeners.isEmpty()) {
      throw new IOException("none of the admin addresses exists: " + addresses);
    }
  }

  private static final class Connections extends ChannelInitializer<SocketChannel> {
    private final AdminPages pages;
    private final AtomicInteger open = new AtomicInteger();

    Connections(AdminPages pages) {
      this.pages = pages;
    }

    @Override
    protected void initChannel(SocketChannel channel) {
      if (open.incrementAndGet() > CONNECTIONS_MAX) {
        open.decrementAndGet();
        ChannelFuture _ = channel.close();
        return;
      }
      channel.closeFuture().addListener(_ -> open.decrementAndGet());
      channel
          .pipeline()
          .addLast(new ReadTimeoutHandler(IDLE_SECONDS_MAX))
          .addLast(
              new HttpServerCodec(
                  new HttpDecoderConfig()
                      .setMaxInitialLineLength(REQUEST_LINE_BYTES_MAX)
                      .setMaxHeaderSize(HEADER_BYTES_MAX)))
          .addLast(new HttpObjectAggregator(BODY_BYTES_MAX, true))
          .addLast(new AdminHandler(pages));
    }
  }
}
