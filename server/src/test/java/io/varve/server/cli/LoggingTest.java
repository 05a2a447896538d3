package io.varve.server.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.joran.JoranConfigurator;
import io.varve.server.config.Configuration;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

class LoggingTest {

  private static final Logger log = LoggerFactory.getLogger(LoggingTest.class);

  @TempDir Path folder;

  @AfterEach
  void restore() throws Exception {
    LoggerContext context = (LoggerContext) LoggerFactory.getILoggerFactory();
    context.reset();
    JoranConfigurator configurator = new JoranConfigurator();
    configurator.setContext(context);
    configurator.doConfigure(LoggingTest.class.getResource("/logback.xml"));
  }

  private List<String> logged(Configuration configuration, Path file) throws IOException {
    Logging.configure(configuration);
    log.info("listening on {}", 6379);
    log.debug("not at this level");
    configuration.set(List.of("loglevel", "verbose"));
    log.debug("now");
    log.error("broken", new IllegalStateException("on\npurpose"));
    return Files.readAllLines(file);
  }

  @Test
  void textIsOneLinePerEventAndTheLevelChangesAtRuntime() throws IOException {
    Path file = folder.resolve("varve.log");
    List<String> lines = logged(Configuration.of("logfile", file.toString()), file);
    assertEquals(3, lines.size(), lines::toString);
    assertTrue(lines.get(0).endsWith(" INFO  [main] LoggingTest: listening on 6379"), lines.get(0));
    assertTrue(lines.get(1).endsWith(" DEBUG [main] LoggingTest: now"), lines.get(1));
    assertTrue(
        lines.get(2).contains("broken | java.lang.IllegalStateException: on | purpose"),
        lines.get(2));
  }

  @Test
  void jsonIsOneObjectPerEvent() throws IOException {
    Path file = folder.resolve("varve.json");
    List<String> lines =
        logged(Configuration.of("logfile", file.toString(), "log-format", "json"), file);
    assertEquals(3, lines.size(), lines::toString);
    for (String line : lines) {
      assertTrue(line.startsWith("{") && line.endsWith("}"), line);
    }
    assertTrue(lines.get(0).contains("\"listening on 6379\""), lines.get(0));
  }
}
