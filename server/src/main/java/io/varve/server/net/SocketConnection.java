package io.varve.server.net;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.unix.UnixChannel;
import io.netty.util.NetUtil;
import io.varve.engine.admission.WriteCredits;
import io.varve.protocol.RequestBatch;
import io.varve.protocol.RequestDecoder;
import io.varve.server.loop.ClientConnection;
import io.varve.server.loop.Outbox;
import io.varve.server.loop.Push;
import io.varve.server.loop.Submission;
import io.varve.server.session.Connection;
import io.varve.server.session.Session;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// One socket: bytes in, submissions to the command loop, replies out in order.
///
/// All methods but those of [Connection], [#closeAfterReplies()] and [#kill()] run on the socket's event
/// loop. While a client has many submissions under way, does not read its replies, or owes
/// credits for what it wrote, its socket is
/// not read: that is the whole of back-pressure, and what bounds a connection's memory.
public final class SocketConnection extends ClientConnection implements Connection {

  private static final Logger LOG = LoggerFactory.getLogger(SocketConnection.class);

  /// Submissions of one connection that may be in the command loop at a time.
  private static final int IN_FLIGHT_MAX = 16;

  private static final int REPLY_BYTES_MIN = 256;
  private static final int REPLY_BYTES_EXPECTED_MAX = 64 << 10;
  private static final int REPLY_BYTES_PER_REQUEST_MIN = 16;
  private static final int REPLY_BYTES_PER_REQUEST_MAX = 4 << 10;

  private final Session session;
  private final String remoteAddress;
  private final String localAddress;
  private final Channel channel;
  private final NetServer server;
  private final EventLoopRoom room;
  private final RequestDecoder decoder;
  private final WriteCredits.Spender spender = new WriteCredits.Spender();
  private boolean decoderKnowsClient;
  private int inFlight;

  /// As the last reads were: so that the buffer of replies need not grow, which copies what is in it.
  private int replyBytesPerRequest = REPLY_BYTES_PER_REQUEST_MIN;

  private boolean reading = true;
  private boolean closing;
  private boolean paying;
  private boolean pushesUnflushed;

  /// Since when more waits than the soft limit allows, 0 if it does not.
  private long beyondSoftMillis;

  private volatile boolean closeRequested;

  SocketConnection(
      long id, boolean authenticated, Channel channel, NetServer server, EventLoopRoom room) {
    this.channel = channel;
    this.remoteAddress = text(channel.remoteAddress());
    this.localAddress = text(channel.localAddress());
    this.session = new Session(id, this, server.nowMillis(), authenticated);
    this.server = server;
    this.room = room;
    this.decoder = new RequestDecoder(server.limits());
    this.decoderKnowsClient = authenticated;
    decoder.setAuthenticated(authenticated);
  }

  @Override
  public Outbox outbox() {
    return room.outbox();
  }

  @Override
  public void closeAfterReplies() {
    closeRequested = true;
  }

  /// Closes the socket now; replies under way are dropped. Any thread.
  public void kill() {
    markGone();
    ChannelFuture _ = channel.close();
  }

  @Override
  public Session session() {
    return session;
  }

  @Override
  public String remoteAddress() {
    return remoteAddress;
  }

  @Override
  public String localAddress() {
    return localAddress;
  }

  @Override
  public boolean isLocalSocket() {
    return false;
  }

  @Override
  public int fileDescriptor() {
    return channel instanceof UnixChannel unix ? unix.fd().intValue() : -1;
  }

  /// Bytes received that do not make a whole request yet.
  @Override
  public long inputBytes() {
    return decoder.bufferedBytes();
  }

  /// Bytes that wait to be written to the socket.
  @Override
  public long outputBytes() {
    ChannelOutboundBuffer buffer = channel.unsafe().outboundBuffer();
    return buffer == null ? 0 : buffer.totalPendingWriteBytes();
  }

  @Override
  public void close() {
    kill();
  }

  @Override
  public void closeAtOutputLimit() {
    LOG.warn(
        "client {} is closed: more waits for it than client-output-buffer-limit", session.id());
    server.counters().countSlowReader();
    kill();
  }

  @Override
  public void enforceOutputLimit() {
    if (outputBytes() > 0) {
      channel.eventLoop().execute(this::applyOutputLimit);
    }
  }

  /// The client that gets more than it reads is closed before its messages fill the memory: what is
  /// on its way from the loop counts, too.
  @Override
  public void push(byte[] encoded) {
    long waiting = outputBytes() + pushBytes() + encoded.length;
    if (server.outputLimit(session).isBeyondHard(waiting)) {
      session.killAtOutputLimit();
    } else {
      server.loop().push(this, encoded);
    }
  }

  private static String text(SocketAddress address) {
    if (address instanceof InetSocketAddress internet) {
      String host = NetUtil.toAddressString(internet.getAddress());
      return (host.indexOf(':') >= 0 ? "[" + host + "]" : host) + ":" + internet.getPort();
    }
    return String.valueOf(address);
  }

  /// Takes no more requests. Returns when none is on its way from here to the command loop.
  void stopReading() {
    channel.eventLoop().submit(this::pump).awaitUninterruptibly();
  }

  ChannelInboundHandlerAdapter handler() {
    return new Handler();
  }

  private void received(ByteBuf bytes) {
    if (closing) {
      bytes.release();
      return;
    }
    server.counters().countBytesIn(bytes.readableBytes());
    decoder.feed(bytes);
    pump();
  }

  /// Decodes and hands on what may be handed on.
  private void pump() {
    decoder.setLimits(server.limits());
    while (mayTake()) {
      RequestBatch requests = decoder.decode();
      if (requests == null) {
        break;
      }
      take(requests);
    }
    boolean wantsMore = mayTake();
    if (wantsMore != reading) {
      reading = wantsMore;
      channel.config().setAutoRead(wantsMore);
    }
  }

  /// Whether the next requests may be decoded now. Who has not said who he is waits for the answer
  /// to what he sent: it may be the AUTH that lifts the limits of strangers.
  private boolean mayTake() {
    if (closing
        || paying
        || inFlight >= IN_FLIGHT_MAX
        || !channel.isWritable()
        || !server.isReading()) {
      return false;
    }
    boolean known = inFlight > 0 ? decoderKnowsClient : session.isAuthenticated();
    if (known != decoderKnowsClient) {
      decoderKnowsClient = known;
      decoder.setAuthenticated(known);
    }
    return known || inFlight == 0;
  }

  private void take(RequestBatch requests) {
    int bytesMax = server.outputLimit(session).bufferBytesMax();
    int bytes =
        Math.clamp(
            (long) requests.count() * replyBytesPerRequest,
            REPLY_BYTES_MIN,
            REPLY_BYTES_EXPECTED_MAX);
    ByteBuf replies = channel.alloc().directBuffer(Math.min(bytes, bytesMax), bytesMax);
    int answered = 0;
    if (inFlight == 0 && requests.error() == null) {
      try {
        answered = room.reads().answer(session, requests, replies);
        if (answered > 0) {
          replyBytesPerRequest = perRequest(replies.readableBytes(), answered);
        }
      } catch (RuntimeException | Error fault) {
        replies.release();
        requests.release();
        throw fault;
      }
    }
    if (answered == requests.count() && requests.error() == null) {
      requests.release();
      write(replies);
    } else {
      inFlight++;
      room.run(new Submission(this, requests, answered, replies));
    }
  }

  private static int perRequest(int bytes, int requests) {
    return Math.clamp(
        (bytes + requests - 1) / requests,
        REPLY_BYTES_PER_REQUEST_MIN,
        REPLY_BYTES_PER_REQUEST_MAX);
  }

  /// All requests of a submission are answered and what the replies tell of is durable.
  void answered(Submission submission) {
    inFlight--;
    write(submission.replies());
    if (submission.bytesWritten() > 0) {
      pay(submission.bytesWritten());
    }
    pump();
    channel.flush();
  }

  /// Spends credits for what was written. While they are owed the socket is not read; a timer of its
  /// event loop brings it back, and nobody else notices.
  private void pay(long bytes) {
    WriteCredits credits = server.credits();
    credits.spend(spender, bytes);
    if (!paying) {
      long nanos = credits.pauseNanos(spender);
      if (nanos > 0) {
        paying = true;
        server.counters().countPause();
        resumeIn(nanos);
      }
    }
  }

  private void resumeIn(long nanos) {
    var _ = channel.eventLoop().schedule(this::resume, nanos, TimeUnit.NANOSECONDS);
  }

  private void resume() {
    long nanos = closing ? 0 : server.credits().pauseNanos(spender);
    if (nanos > 0) {
      resumeIn(nanos);
      return;
    }
    paying = false;
    server.counters().countPauseEnd();
    pump();
    channel.flush();
  }

  /// Something that the client has not asked for; [#flushPushed()] follows.
  void pushed(Push push) {
    chargePush(-push.chargedBytes());
    pushesUnflushed = true;
    write(Unpooled.wrappedBuffer(push.encoded()));
  }

  void flushPushed() {
    if (pushesUnflushed) {
      pushesUnflushed = false;
      channel.flush();
    }
  }

  private void write(ByteBuf replies) {
    // Nothing behind the farewell: the client could take it for the answer that it did not get.
    if (replies.isReadable() && channel.isActive() && !closing) {
      server.counters().countBytesOut(replies.readableBytes());
      ChannelFuture _ = channel.write(replies, channel.voidPromise());
    } else {
      replies.release();
    }
    if (closeRequested || (inFlight == 0 && session.isCloseAfterReply())) {
      closing = true;
      channel.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(ChannelFutureListener.CLOSE);
    } else {
      applyOutputLimit();
    }
  }

  private void applyOutputLimit() {
    if (session.isKilled()) {
      return;
    }
    long waiting = outputBytes();
    OutputLimit limit = server.outputLimit(session);
    if (limit.isBeyondHard(waiting)) {
      session.killAtOutputLimit();
    } else if (!limit.isBeyondSoft(waiting)) {
      beyondSoftMillis = 0;
    } else {
      long now = server.nowMillis();
      if (beyondSoftMillis == 0) {
        beyondSoftMillis = now;
      } else if (now - beyondSoftMillis > limit.softMillis()) {
        session.killAtOutputLimit();
      }
    }
  }

  private void inactive() {
    closing = true;
    markGone();
    decoder.close();
    server.removed(this);
  }

  private final class Handler extends ChannelInboundHandlerAdapter {

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
      received((ByteBuf) message);
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext context) {
      context.flush();
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext context) {
      if (channel.isWritable()) {
        pump();
        // What was answered here and now: no read is under way that would end with a flush.
        context.flush();
      } else {
        pump();
      }
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
      inactive();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
      if (!(cause instanceof java.io.IOException)) {
        LOG.error("client {} is closed after a fault", session.id(), cause);
      }
      ChannelFuture _ = context.close();
    }
  }
}
