package io.varve.server.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ConfigurationTest {

  private static String refusal(Configuration configuration, String... namesAndValues) {
    ConfigurationException refused =
        assertThrows(
            ConfigurationException.class, () -> configuration.set(List.of(namesAndValues)));
    return refused.reply();
  }

  @Test
  void setChangesAllPairsOrNone() {
    Configuration configuration = Configuration.defaults();
    configuration.set(List.of("maxclients", "5", "HZ", "20", "maxmemory", "1gb"));
    assertEquals(5, configuration.maxClients());
    assertEquals("20", configuration.text(Directives.HZ));
    assertEquals(1L << 30, configuration.get(Directives.MAXMEMORY));
    refusal(configuration, "maxclients", "6", "hz", "many");
    assertEquals(5, configuration.maxClients());
  }

  @Test
  void refusalsAreRedisWords() {
    Configuration configuration = Configuration.defaults();
    String failed = "ERR CONFIG SET failed (possibly related to argument '";
    assertEquals(
        failed + "port') - can't set immutable config", refusal(configuration, "port", "1"));
    assertEquals(
        failed + "dir') - can't set protected config", refusal(configuration, "dir", "/tmp"));
    assertEquals(
        "ERR Unknown option or number of arguments for CONFIG SET - 'nope'",
        refusal(configuration, "hz", "10", "nope", "1"));
    assertEquals(
        "ERR Unknown option or number of arguments for CONFIG SET - 'hz'",
        refusal(configuration, "hz"));
    assertEquals(
        failed + "hz') - duplicate parameter", refusal(configuration, "hz", "1", "hz", "2"));
    assertEquals(
        failed + "hz') - argument couldn't be parsed into an integer",
        refusal(configuration, "hz", "1.5"));
    assertEquals(
        failed + "hz') - argument must be between 1 and 500 inclusive",
        refusal(configuration, "hz", "501"));
    assertEquals(
        failed + "protected-mode') - argument must be 'yes' or 'no'",
        refusal(configuration, "protected-mode", "true"));
    assertEquals(
        failed + "maxmemory') - argument must be a memory value",
        refusal(configuration, "maxmemory", "1tb"));
    assertEquals(
        failed
            + "loglevel') - argument(s) must be one of the following:"
            + " debug, verbose, notice, warning, nothing",
        refusal(configuration, "loglevel", "loud"));
    assertEquals(
        failed
            + "client-output-buffer-limit') - Error in hard, soft or soft_seconds setting in buffer"
            + " limit configuration.",
        refusal(configuration, "client-output-buffer-limit", "normal 10mbs 10mb 60"));
    assertEquals(
        failed + "appenddirname') - can't set immutable config: it has no effect in Varve",
        refusal(configuration, "appenddirname", "x"));
    assertEquals(failed + "save') - argument must be ''", refusal(configuration, "save", "60 1"));
  }

  @Test
  void matchTakesPatternsOfAnyCase() {
    Configuration configuration = Configuration.defaults();
    assertEquals(Map.of("port", "6379"), configuration.match(List.of("PORT")));
    assertEquals(
        List.of("slowlog-log-slower-than", "slowlog-max-len"),
        List.copyOf(configuration.match(List.of("slowlog-*", "slowlog-max-le?")).keySet()));
    assertEquals(
        Directives.all().size(),
        configuration.match(List.of("*", "hz", "port")).size() - aliases());
    assertEquals(Map.of(), configuration.match(List.of("unknown", "")));
  }

  @Test
  void matchAnswersByTheNameThatWasAskedFor() {
    Configuration configuration = Configuration.defaults();
    configuration.set(List.of("lua-time-limit", "77"));
    assertEquals(Map.of("lua-time-limit", "77"), configuration.match(List.of("lua-time-limit")));
    assertEquals(
        Map.of("busy-reply-threshold", "77"), configuration.match(List.of("busy-reply-*")));
    assertEquals(
        List.of("zset-max-listpack-value", "zset-max-ziplist-value"),
        List.copyOf(configuration.match(List.of("zset-max-*-value")).keySet()));
  }

  private static int aliases() {
    return Directives.all().stream().mapToInt(directive -> directive.aliases().size()).sum();
  }

  @Test
  void listenersHearOfChangesAndMayRefuseThem() {
    Configuration configuration = Configuration.defaults();
    List<String> heard = new ArrayList<>();
    configuration.onChange(Directives.HZ, now -> heard.add("hz " + now.get(Directives.HZ)));
    configuration.onChange(
        Directives.TIMEOUT,
        now -> {
          if (now.get(Directives.TIMEOUT) == 7) {
            throw new ConfigurationException("seven is right out");
          }
        });
    configuration.set(List.of("hz", "11", "timeout", "6"));
    assertEquals(
        "ERR CONFIG SET failed (possibly related to argument 'timeout') - seven is right out",
        refusal(configuration, "hz", "12", "timeout", "7"));
    assertEquals(List.of("hz 11", "hz 12", "hz 11"), heard);
    assertEquals(6, configuration.get(Directives.TIMEOUT));
    assertThrows(
        IllegalArgumentException.class, () -> configuration.onChange(Directives.PORT, now -> {}));
  }

  @Test
  void outputLimitsChangeOneClassAtATime() {
    Configuration configuration = Configuration.defaults();
    configuration.set(List.of("client-output-buffer-limit", "pubsub 1mb 512kb 30"));
    OutputBufferLimits limits = configuration.clientOutputBufferLimits();
    assertEquals(new OutputBufferLimits.Limit(1 << 20, 512 << 10, 30), limits.pubsub());
    assertEquals(OutputBufferLimits.DEFAULT.normal(), limits.normal());
    assertTrue(
        refusal(configuration, "client-output-buffer-limit", "pubsub 1mb 1mb")
            .endsWith("Wrong number of arguments in buffer limit configuration."));
    assertTrue(
        refusal(configuration, "client-output-buffer-limit", "nobody 1 1 1")
            .endsWith("Invalid client class specified in buffer limit configuration."));
    assertTrue(
        refusal(configuration, "client-output-buffer-limit", "normal 1 1 -1")
            .endsWith("setting in buffer limit configuration."));
  }

  @Test
  void percentilesMayBeAnyOrNone() {
    Configuration configuration = Configuration.defaults();
    String name = "latency-tracking-info-percentiles";
    configuration.set(List.of(name, "0.0 50.0 99.99 100.0"));
    assertEquals(Map.of(name, "0 50 99.99 100"), configuration.match(List.of(name)));
    assertTrue(refusal(configuration, name, "50 a").endsWith("- Invalid " + name + " parameters"));
    assertTrue(
        refusal(configuration, name, "50 101")
            .endsWith("parameters should sit between [0.0,100.0]"));
    assertEquals(Map.of(name, "0 50 99.99 100"), configuration.match(List.of(name)));
    configuration.set(List.of(name, ""));
    assertEquals(Map.of(name, ""), configuration.match(List.of(name)));
  }

  @Test
  void memorySizesHaveUnits() {
    assertEquals(1000, MemorySize.parse("1k"));
    assertEquals(1024, MemorySize.parse("1KB"));
    assertEquals(2_000_000, MemorySize.parse("2m"));
    assertEquals(3L << 30, MemorySize.parse("3Gb"));
    assertEquals(7, MemorySize.parse("7b"));
    for (String wrong : List.of("", "kb", "-1", "1 mb", "1.5gb", "99999999999gb", "1tb")) {
      assertThrows(ConfigurationException.class, () -> MemorySize.parse(wrong), wrong);
    }
    for (long bytes : new long[] {0, 1, 1023, 1024, 5 << 20, 1L << 30, Long.MAX_VALUE}) {
      assertEquals(bytes, MemorySize.parse(MemorySize.format(bytes)));
    }
  }

  @Test
  void globsMatchAsInRedis() {
    assertTrue(Glob.matches("*max*len", "slowlog-max-len"));
    assertTrue(Glob.matches("h[a-z]", "hz"));
    assertTrue(Glob.matches("h[^a]", "hz"));
    assertTrue(Glob.matches("\\h\\z", "hz"));
    assertTrue(Glob.matches("h[z", "hz"));
    assertTrue(!Glob.matches("h[^z]", "hz"));
    assertTrue(!Glob.matches("h?z", "hz"));
    assertTrue(!Glob.matches("*a*a*a*a*b", "a".repeat(100)));
  }
}
