package io.varve.server.net;

import io.netty.channel.IoHandlerFactory;
import io.netty.channel.ServerChannel;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.uring.IoUring;
import io.netty.channel.uring.IoUringIoHandler;
import io.netty.channel.uring.IoUringServerSocketChannel;
import java.util.Locale;

/// How the event loops talk to the kernel.
public enum Transport {
  EPOLL,
  IO_URING,
  NIO;

  /// The transport for a configured name: `auto` is epoll where it exists and NIO elsewhere.
  ///
  /// @throws IllegalArgumentException if the name is unknown or this machine lacks the transport;
  ///     the message says why
  public static Transport choose(String name) {
    return switch (name.toLowerCase(Locale.ROOT)) {
      case "auto" -> Epoll.isAvailable() ? EPOLL : NIO;
      case "epoll" -> require(EPOLL, Epoll.isAvailable(), Epoll.unavailabilityCause());
      case "io_uring" -> require(IO_URING, IoUring.isAvailable(), IoUring.unavailabilityCause());
      case "nio" -> NIO;
      default ->
          throw new IllegalArgumentException(
              "transport '" + name + "' is unknown; use auto, epoll, io_uring or nio");
    };
  }

  private static Transport require(Transport transport, boolean available, Throwable cause) {
    if (!available) {
      Throwable reason = cause;
      while (reason.getCause() != null) {
        reason = reason.getCause();
      }
      throw new IllegalArgumentException(
          "transport " + transport.wireName() + " is not available here: " + reason.getMessage());
    }
    return transport;
  }

  /// The name as configured: `epoll`, `io_uring`, `nio`.
  public String wireName() {
    return name().toLowerCase(Locale.ROOT);
  }

  IoHandlerFactory ioHandlerFactory() {
    return switch (this) {
      case EPOLL -> EpollIoHandler.newFactory(0, PatientSelect.factory());
      case IO_URING -> IoUringIoHandler.newFactory();
      case NIO -> NioIoHandler.newFactory();
    };
  }

  Class<? extends ServerChannel> serverChannel() {
    return switch (this) {
      case EPOLL -> EpollServerSocketChannel.class;
      case IO_URING -> IoUringServerSocketChannel.class;
      case NIO -> NioServerSocketChannel.class;
    };
  }
}
