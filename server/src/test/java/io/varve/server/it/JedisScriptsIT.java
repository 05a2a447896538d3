package io.varve.server.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import redis.clients.jedis.exceptions.JedisDataException;
import redis.clients.jedis.exceptions.JedisNoScriptException;

/// Scripts and functions as users of Jedis know them.
class JedisScriptsIT extends WithJedis {

  private static final String LIBRARY =
      """
      #!lua name=bank
      redis.register_function('pay', function(keys, args)
        local left = redis.call('DECRBY', keys[1], args[1])
        if left < 0 then
          redis.call('INCRBY', keys[1], args[1])
          return redis.error_reply('POOR not enough')
        end
        return redis.call('INCRBY', keys[2], args[1])
      end)
      redis.register_function{
        function_name = 'balance',
        callback = function(keys) return redis.call('GET', keys[1]) end,
        flags = {'no-writes'}
      }
      """;

  @AfterEach
  void deleteLibraries() {
    jedis.functionFlush();
  }

  @Test
  void scriptsReadWriteAndAnswerInAllTypes() {
    assertEquals(
        "v",
        jedis.eval(
            "redis.call('SET', KEYS[1], ARGV[1]) return redis.call('GET', KEYS[1])", 1, "k", "v"));
    assertEquals(
        List.of(1L, "two", List.of(3L)), jedis.eval("return {1.9, 'two', {3}, nil, 'unseen'}"));
    assertNull(jedis.eval("return false"));
    assertEquals("OK", jedis.eval("return redis.status_reply('OK')"));
    assertEquals(
        "v", jedis.evalReadonly("return redis.call('GET', KEYS[1])", List.of("k"), List.of()));
    assertThrows(
        JedisDataException.class,
        () -> jedis.evalReadonly("return redis.call('DEL', KEYS[1])", List.of("k"), List.of()));
    JedisDataException wrong =
        assertThrows(JedisDataException.class, () -> jedis.eval("return redis.call('LPOP', 'k')"));
    assertTrue(wrong.getMessage().startsWith("WRONGTYPE"), wrong.getMessage());
    JedisDataException broken =
        assertThrows(JedisDataException.class, () -> jedis.eval("return nonsense here"));
    assertTrue(broken.getMessage().startsWith("ERR Error compiling script"), broken.getMessage());
  }

  @Test
  void scriptsAreNamedByTheirDigest() {
    String digest = jedis.scriptLoad("return ARGV[1] .. '!'");
    assertEquals("hello!", jedis.evalsha(digest, 0, "hello"));
    assertEquals(List.of(true, false), jedis.scriptExists(digest, "0".repeat(40)));
    assertEquals("OK", jedis.scriptFlush());
    assertThrows(JedisNoScriptException.class, () -> jedis.evalsha(digest, 0, "hello"));
  }

  @Test
  void nothingComesBetweenTheCommandsOfAScript() {
    String script =
        """
        local n = tonumber(redis.call('GET', KEYS[1]) or '0')
        redis.call('SET', KEYS[1], n + 1)
        return n
        """;
    int times = 200;
    List<CompletableFuture<Void>> clients =
        List.of(1, 2, 3, 4).stream()
            .map(
                client ->
                    CompletableFuture.runAsync(
                        () -> {
                          var own = open();
                          for (int i = 0; i < times; i++) {
                            own.eval(script, 1, "n");
                          }
                        }))
            .toList();
    clients.forEach(CompletableFuture::join);
    assertEquals(String.valueOf(4 * times), jedis.get("n"));
  }

  @Test
  void functionsAreLoadedCalledListedAndDeleted() {
    assertEquals("bank", jedis.functionLoad(LIBRARY));
    assertThrows(JedisDataException.class, () -> jedis.functionLoad(LIBRARY));
    assertEquals("bank", jedis.functionLoadReplace(LIBRARY));
    jedis.set("mine", "100");
    assertEquals(30L, jedis.fcall("pay", List.of("mine", "yours"), List.of("30")));
    JedisDataException poor =
        assertThrows(
            JedisDataException.class,
            () -> jedis.fcall("pay", List.of("mine", "yours"), List.of("300")));
    assertTrue(poor.getMessage().startsWith("POOR not enough"), poor.getMessage());
    assertEquals("70", jedis.fcallReadonly("balance", List.of("mine"), List.of()));
    assertThrows(
        JedisDataException.class,
        () -> jedis.fcallReadonly("pay", List.of("mine", "yours"), List.of("1")));
    var library = jedis.functionList("bank").getFirst();
    assertEquals("bank", library.getLibraryName());
    assertEquals(2, library.getFunctions().size());
    assertEquals("OK", jedis.functionDelete("bank"));
    assertThrows(
        JedisDataException.class, () -> jedis.fcall("balance", List.of("mine"), List.of()));
  }
}
