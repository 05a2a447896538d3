package io.varve.server.cli;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.encoder.JsonEncoder;
import ch.qos.logback.classic.encoder.PatternLayoutEncoder;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.ConsoleAppender;
import ch.qos.logback.core.FileAppender;
import ch.qos.logback.core.OutputStreamAppender;
import ch.qos.logback.core.encoder.EncoderBase;
import io.varve.server.config.Choices.LogLevel;
import io.varve.server.config.Configuration;
import io.varve.server.config.Directives;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Puts `loglevel`, `logfile` and `log-format` to work. Before, and for the tools, `logback.xml` holds:
/// warnings on standard error.
final class Logging {

  /// One line per event: the lines of a stack trace are joined.
  private static final String PATTERN =
      "%d{yyyy-MM-dd'T'HH:mm:ss.SSSXXX} %-5level [%thread] %logger{0}: %msg"
          + "%replace(%replace(%ex){'\\s+$', ''}){'^(?=.)|\\s*[\\r\\n]+\\s*', ' | '}%nopex%n";

  private Logging() {}

  static void configure(Configuration configuration) {
    LoggerContext context = (LoggerContext) LoggerFactory.getILoggerFactory();
    EncoderBase<ILoggingEvent> encoder =
        switch (configuration.get(Directives.LOG_FORMAT)) {
          case TEXT -> {
            PatternLayoutEncoder text = new PatternLayoutEncoder();
            text.setPattern(PATTERN);
            yield text;
          }
          case JSON -> json();
        };
    encoder.setContext(context);
    OutputStreamAppender<ILoggingEvent> appender = appender(configuration);
    appender.setContext(context);
    appender.setEncoder(encoder);
    encoder.start();
    appender.start();
    ch.qos.logback.classic.Logger root = context.getLogger(Logger.ROOT_LOGGER_NAME);
    root.detachAndStopAllAppenders();
    root.addAppender(appender);
    applyLevel(configuration);
    configuration.onChange(Directives.LOGLEVEL, Logging::applyLevel);
  }

  /// One object per event, with what a collector cannot know by itself.
  private static JsonEncoder json() {
    JsonEncoder json = new JsonEncoder();
    json.setWithFormattedMessage(true);
    json.setWithMessage(false);
    json.setWithArguments(false);
    json.setWithSequenceNumber(false);
    json.setWithNanoseconds(false);
    json.setWithContext(false);
    json.setWithMDC(false);
    return json;
  }

  private static OutputStreamAppender<ILoggingEvent> appender(Configuration configuration) {
    String file = configuration.get(Directives.LOGFILE);
    if (file.isEmpty()) {
      return new ConsoleAppender<>();
    }
    FileAppender<ILoggingEvent> appender = new FileAppender<>();
    appender.setFile(file);
    return appender;
  }

  /// Lets a library say nothing: for a tool that tells its user itself.
  static void silence(String logger) {
    ((LoggerContext) LoggerFactory.getILoggerFactory()).getLogger(logger).setLevel(Level.OFF);
  }

  private static void applyLevel(Configuration configuration) {
    LogLevel wanted = configuration.get(Directives.LOGLEVEL);
    LoggerContext context = (LoggerContext) LoggerFactory.getILoggerFactory();
    Level level =
        switch (wanted) {
          case DEBUG -> Level.TRACE;
          case VERBOSE -> Level.DEBUG;
          case NOTICE -> Level.INFO;
          case WARNING -> Level.WARN;
          case NOTHING -> Level.OFF;
        };
    context.getLogger("io.varve").setLevel(level);
    // Libraries speak up only when something is wrong.
    context
        .getLogger(Logger.ROOT_LOGGER_NAME)
        .setLevel(wanted == LogLevel.NOTHING ? Level.OFF : Level.WARN);
  }
}
