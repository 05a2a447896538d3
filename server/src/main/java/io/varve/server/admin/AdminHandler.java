package io.varve.server.admin;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.timeout.ReadTimeoutException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Answers one connection's requests.
final class AdminHandler extends SimpleChannelInboundHandler<FullHttpRequest> {

  private static final Logger log = LoggerFactory.getLogger(AdminHandler.class);

  /// The text format of Prometheus, as its own servers ask for it.
  private static final String PROMETHEUS_TEXT = "text/plain; version=0.0.4; charset=utf-8";

  private static final String PLAIN_TEXT = "text/plain; charset=utf-8";
  private static final String JSON = "application/json";

  private final AdminPages pages;

  AdminHandler(AdminPages pages) {
    this.pages = pages;
  }

  @Override
  protected void channelRead0(ChannelHandlerContext context, FullHttpRequest request) {
    FullHttpResponse response = respond(request);
    boolean keepAlive = HttpUtil.isKeepAlive(request) && request.decoderResult().isSuccess();
    HttpUtil.setContentLength(response, response.content().readableBytes());
    HttpUtil.setKeepAlive(response, keepAlive);
    response.headers().set(HttpHeaderNames.CACHE_CONTROL, "no-store");
    if (request.method().equals(HttpMethod.HEAD)) {
      response.content().clear();
    }
    ChannelFuture written = context.writeAndFlush(response);
    if (!keepAlive) {
      written.addListener(ChannelFutureListener.CLOSE);
    }
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    if (!(cause instanceof ReadTimeoutException) && !(cause instanceof IOException)) {
      log.warn("admin connection {} closed after a failure", context.channel(), cause);
    }
    ChannelFuture _ = context.close();
  }

  private FullHttpResponse respond(FullHttpRequest request) {
    if (!request.decoderResult().isSuccess()) {
      return text(HttpResponseStatus.BAD_REQUEST, "This is not a request.\n");
    }
    String path = path(request.uri());
    if (!path.equals("/metrics") && !path.equals("/health")) {
      return text(HttpResponseStatus.NOT_FOUND, "Nothing is here. Try /metrics or /health.\n");
    }
    if (!request.method().equals(HttpMethod.GET) && !request.method().equals(HttpMethod.HEAD)) {
      FullHttpResponse refused =
          text(HttpResponseStatus.METHOD_NOT_ALLOWED, "Only GET and HEAD are served.\n");
      refused.headers().set(HttpHeaderNames.ALLOW, "GET, HEAD");
      return refused;
    }
    try {
      return path.equals("/metrics") ? metrics() : health();
    } catch (RuntimeException e) {
      log.error("admin page {} failed", path, e);
      return text(HttpResponseStatus.INTERNAL_SERVER_ERROR, "The page failed; see the log.\n");
    }
  }

  private FullHttpResponse metrics() {
    return response(HttpResponseStatus.OK, PROMETHEUS_TEXT, pages.metrics());
  }

  private FullHttpResponse health() {
    Health health = pages.health();
    HttpResponseStatus status =
        health.serving() ? HttpResponseStatus.OK : HttpResponseStatus.SERVICE_UNAVAILABLE;
    return response(status, JSON, health.toJson());
  }

  private static String path(String uri) {
    int query = uri.indexOf('?');
    return query < 0 ? uri : uri.substring(0, query);
  }

  private static FullHttpResponse text(HttpResponseStatus status, String text) {
    return response(status, PLAIN_TEXT, text);
  }

  private static FullHttpResponse response(
      HttpResponseStatus status, String contentType, String content) {
    ByteBuf body = Unpooled.copiedBuffer(content, StandardCharsets.UTF_8);
    FullHttpResponse response = new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, status, body);
    response.headers().set(HttpHeaderNames.CONTENT_TYPE, contentType);
    return response;
  }
}
