package io.varve.server.commands;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.varve.protocol.Reply;
import io.varve.server.CompatibilityPage;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/// The list of commands that the page on compatibility is held against misses none that the installed
/// Redis has.
@DisplayName("needs redis-server")
class KnownCommandsTest extends BesideRedis {

  @Test
  void everyCommandOfTheInstalledRedisIsOneOfTheList() throws IOException {
    TreeSet<String> unknown = new TreeSet<>();
    for (String name : namesOf(client.call("COMMAND", "LIST", "FILTERBY", "PATTERN", "*"))) {
      unknown.add(name.replace('|', ' ').toUpperCase(Locale.ROOT));
    }
    CompatibilityPage.namesInRedis().forEach(unknown::remove);
    assertEquals(Set.of(), unknown);
  }

  private static List<String> namesOf(Reply reply) {
    return ((Reply.Array) reply)
        .elements().stream()
            .map(name -> new String(((Reply.Bulk) name).bytes(), StandardCharsets.UTF_8))
            .toList();
  }
}
