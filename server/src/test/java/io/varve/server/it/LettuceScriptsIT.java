package io.varve.server.it;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lettuce.core.FlushMode;
import io.lettuce.core.RedisCommandExecutionException;
import io.lettuce.core.RedisNoScriptException;
import io.lettuce.core.ScriptOutputType;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// Scripts and functions as users of Lettuce know them.
class LettuceScriptsIT extends WithLettuce {

  private static final String LIBRARY =
      """
      #!lua name=lib
      redis.register_function('twice', function(keys, args) return 2 * args[1] end)
      redis.register_function{
        function_name = 'read',
        callback = function(keys) return redis.call('GET', keys[1]) end,
        flags = {'no-writes'}
      }
      """;

  @AfterEach
  void deleteLibraries() {
    redis.functionFlush(FlushMode.SYNC);
  }

  @Test
  void scriptsReadWriteAndAnswerInAllTypes() {
    String[] keys = {"k"};
    assertEquals(
        "OK",
        redis.<String>eval(
            "return redis.call('SET', KEYS[1], ARGV[1])", ScriptOutputType.STATUS, keys, "v"));
    assertEquals(
        "v",
        redis.<String>evalReadOnly(
            "return redis.call('GET', KEYS[1])".getBytes(UTF_8), ScriptOutputType.VALUE, keys));
    assertEquals(
        List.of(1L, "two", List.of(3L)),
        redis.<List<Object>>eval("return {1.9, 'two', {3}, nil}", ScriptOutputType.MULTI));
    assertEquals(true, redis.<Boolean>eval("return 1", ScriptOutputType.BOOLEAN));
    assertNull(redis.<String>eval("return false", ScriptOutputType.VALUE));
    var wrong =
        assertThrows(
            RedisCommandExecutionException.class,
            () -> redis.eval("return redis.call('LPOP', KEYS[1])", ScriptOutputType.VALUE, keys));
    assertTrue(wrong.getMessage().startsWith("WRONGTYPE"), wrong.getMessage());
  }

  @Test
  void scriptsAreNamedByTheDigestThatTheClientComputes() {
    String script = "return ARGV[1] .. '!'";
    String digest = redis.scriptLoad(script);
    assertEquals(redis.digest(script), digest);
    String[] none = {};
    assertEquals("hello!", redis.<String>evalsha(digest, ScriptOutputType.VALUE, none, "hello"));
    assertEquals(List.of(true, false), redis.scriptExists(digest, "0".repeat(40)));
    assertEquals("OK", redis.scriptFlush());
    assertThrows(
        RedisNoScriptException.class,
        () -> redis.evalsha(digest, ScriptOutputType.VALUE, none, "hello"));
  }

  @Test
  void functionsAreLoadedCalledListedAndCarriedOver() {
    assertEquals("lib", redis.functionLoad(LIBRARY));
    assertEquals("lib", redis.functionLoad(LIBRARY, true));
    String[] none = {};
    assertEquals(42L, redis.<Long>fcall("twice", ScriptOutputType.INTEGER, none, "21"));
    redis.set("k", "v");
    assertEquals("v", redis.<String>fcallReadOnly("read", ScriptOutputType.VALUE, "k"));
    assertEquals(1, redis.functionList("lib").size());
    byte[] dump = redis.functionDump();
    assertEquals("OK", redis.functionFlush(FlushMode.SYNC));
    assertThrows(
        RedisCommandExecutionException.class,
        () -> redis.fcall("twice", ScriptOutputType.INTEGER, none, "21"));
    assertEquals("OK", redis.functionRestore(dump));
    assertEquals(42L, redis.<Long>fcall("twice", ScriptOutputType.INTEGER, none, "21"));
  }
}
