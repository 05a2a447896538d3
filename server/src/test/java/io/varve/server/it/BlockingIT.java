package io.varve.server.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.varve.protocol.Reply;
import io.varve.protocol.RespClient;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/// Clients that wait for each other: who is served, with what, in which order, and how waiting ends.
///
/// That nobody is served is shown by what happens next: the client gets what was pushed last, or the
/// element is still there.
@ExtendWith(ServerUnderTest.class)
class BlockingIT {

  private static final int TRIES = 2_000;

  private final List<RespClient> clients = new ArrayList<>();
  private RespClient admin;

  @BeforeEach
  void connect() throws IOException {
    admin = open();
    awaitBlocked(0);
  }

  @AfterEach
  void close() throws IOException {
    for (RespClient client : clients) {
      client.close();
    }
  }

  @Test
  void clientsAreServedInTheOrderInWhichTheyCame() throws IOException {
    RespClient first = waiting("BLPOP", "list", "0");
    RespClient second = waiting("BRPOP", "list", "0");
    RespClient third = waiting("BLPOP", "other", "list", "0");
    assertEquals(number(5), admin.call("RPUSH", "list", "1", "2", "3", "4", "5"));
    assertEquals(words("list", "1"), first.read());
    assertEquals(words("list", "5"), second.read());
    assertEquals(words("list", "2"), third.read());
    assertEquals(words("3", "4"), admin.call("LRANGE", "list", "0", "-1"));
  }

  @Test
  void sortedSetsServeFromTheEndThatWasAskedForAndByTheOrderOfTheKeys() throws IOException {
    RespClient least = waiting("BZPOPMIN", "set", "0");
    RespClient greatest = waiting("BZPOPMAX", "none", "set", "0");
    RespClient several = waiting("BZMPOP", "0", "2", "other", "set", "MIN", "COUNT", "2");
    admin.call("ZADD", "set", "1", "a", "2.5", "b", "3", "c", "4", "d", "5", "e");
    assertEquals(words("set", "a", "1"), least.read());
    assertEquals(words("set", "e", "5"), greatest.read());
    Reply pairs = new Reply.Array(List.of(words("b", "2.5"), words("c", "3")));
    assertEquals(new Reply.Array(List.of(bulk("set"), pairs)), several.read());
    assertEquals(words("d"), admin.call("ZRANGE", "set", "0", "-1"));
    RespClient both = waiting("BZPOPMIN", "second", "first", "0");
    admin.call("MULTI");
    admin.call("ZADD", "first", "1", "x");
    admin.call("ZADD", "second", "2", "y");
    admin.call("EXEC");
    assertEquals(words("second", "y", "2"), both.read());
  }

  @Test
  void sortedSetsServeInTheThirdProtocolWithScoresThatAreNumbers() throws IOException {
    RespClient pair = open();
    pair.call("HELLO", "3");
    wait(pair, 1, "BZPOPMIN", "set", "0");
    RespClient nested = open();
    nested.call("HELLO", "3");
    wait(nested, 2, "BZMPOP", "0", "1", "set", "MAX");
    admin.call("ZADD", "set", "1", "a", "inf", "b");
    assertEquals(
        new Reply.Array(List.of(bulk("set"), bulk("a"), new Reply.Floating("1"))), pair.read());
    Reply element = new Reply.Array(List.of(bulk("b"), new Reply.Floating("inf")));
    assertEquals(
        new Reply.Array(List.of(bulk("set"), new Reply.Array(List.of(element)))), nested.read());
  }

  @Test
  void whoWaitsForSortedSetsIsNotServedByOtherTypesNorTheOtherWayAround() throws IOException {
    RespClient set = waiting("BZPOPMIN", "key", "0");
    RespClient list = waiting("BLPOP", "key", "0");
    admin.call("RPUSH", "key", "element");
    assertEquals(words("key", "element"), list.read());
    admin.call("ZADD", "source", "7", "member");
    admin.call("RENAME", "source", "key");
    assertEquals(words("key", "member", "7"), set.read());
    admin.call("SET", "text", "x");
    assertTrue(admin.call("BZPOPMAX", "none", "text", "0").toString().contains("WRONGTYPE"));
    assertTrue(admin.call("BZMPOP", "0", "1", "text", "MIN").toString().contains("WRONGTYPE"));
  }

  @Test
  void eachCommandThatStoresSortedSetsServes() throws IOException {
    for (List<String> way :
        List.of(
            List.of("ZINCRBY", "set", "1", "m"),
            List.of("GEOADD", "set", "13.4", "52.5", "m"),
            List.of("ZUNIONSTORE", "set", "1", "source"),
            List.of("ZRANGESTORE", "set", "source", "0", "-1"),
            List.of("GEOSEARCHSTORE", "set", "source", "FROMMEMBER", "m", "BYRADIUS", "1", "km"))) {
      admin.call("GEOADD", "source", "13.4", "52.5", "m");
      RespClient client = waiting("BZPOPMIN", "set", "0");
      admin.call(way.toArray(new String[0]));
      Reply.Array popped = (Reply.Array) client.read();
      assertEquals(List.of(bulk("set"), bulk("m")), popped.elements().subList(0, 2));
    }
  }

  @Test
  void whatAPipelineAskedBeforeIsAnsweredAtOnceAndWhatFollowsInItsTurn() throws IOException {
    RespClient client = open();
    client.sendRaw("PING\r\nBLPOP list 0\r\nECHO after\r\n");
    client.flush();
    assertEquals(new Reply.Simple("PONG"), client.read());
    awaitBlocked(1);
    client.send("ECHO", "later");
    client.flush();
    admin.call("RPUSH", "list", "element");
    assertEquals(words("list", "element"), client.read());
    assertEquals(bulk("after"), client.read());
    assertEquals(bulk("later"), client.read());
  }

  @Test
  void aTransactionIsSeenAsAWhole() throws IOException {
    RespClient client = waiting("BLPOP", "list", "0");
    for (String command : List.of("MULTI", "RPUSH list 1", "DEL list", "RPUSH list 2", "EXEC")) {
      admin.call(command.split(" "));
    }
    assertEquals(words("list", "2"), client.read());
  }

  @Test
  void withinATransactionAndInAScriptNobodyWaits() throws IOException {
    admin.call("MULTI");
    admin.call("BLPOP", "list", "0");
    admin.call("BLMOVE", "list", "other", "LEFT", "RIGHT", "0");
    admin.call("RPUSH", "list", "1");
    admin.call("BLMPOP", "0", "1", "list", "LEFT");
    Reply.Array replies = (Reply.Array) admin.call("EXEC");
    assertEquals(4, replies.elements().size());
    assertEquals(new Reply.Array(List.of(bulk("list"), words("1"))), replies.elements().get(3));
    String script = "return redis.call(unpack(ARGV))";
    Reply nothing = admin.call("LPOP", "none", "1");
    assertEquals(nothing, admin.call("EVAL", script, "0", "BZPOPMIN", "set", "0"));
    assertEquals(nothing, admin.call("EVAL", script, "0", "BZMPOP", "0", "1", "set", "MIN"));
    admin.call("ZADD", "set", "1", "a");
    assertEquals(words("set", "a", "1"), admin.call("EVAL", script, "0", "BZPOPMAX", "set", "0"));
  }

  @Test
  void movingServesThoseWhoWaitForTheTarget() throws IOException {
    RespClient last = waiting("BLMPOP", "0", "2", "none", "c", "LEFT");
    RespClient middle = waiting("BLMOVE", "b", "c", "RIGHT", "LEFT", "0");
    RespClient first = waiting("BRPOPLPUSH", "a", "b", "0");
    assertEquals(number(1), admin.call("LPUSH", "a", "x"));
    assertEquals(bulk("x"), first.read());
    assertEquals(bulk("x"), middle.read());
    assertEquals(new Reply.Array(List.of(bulk("c"), words("x"))), last.read());
    assertEquals(number(0), admin.call("DBSIZE"));
  }

  @Test
  void aKeyOfAnotherTypeServesNobody() throws IOException {
    RespClient client = waiting("BLPOP", "list", "0");
    admin.call("SET", "list", "text");
    admin.call("DEL", "list");
    admin.call("RPUSH", "list", "element");
    assertEquals(words("list", "element"), client.read());
  }

  @Test
  void aListThatComesByItsNameServesAsOneThatIsPushed() throws IOException {
    for (List<String> way :
        List.of(
            List.of("RENAME", "source", "list"),
            List.of("COPY", "source", "list"),
            List.of("SWAPDB", "0", "1"))) {
      admin.call("FLUSHALL");
      RespClient client = waiting("BLPOP", "list", "0");
      admin.call("RPUSH", "source", "element");
      admin.call("COPY", "source", "list", "DB", "1");
      admin.call(way.toArray(new String[0]));
      assertEquals(words("list", "element"), client.read());
    }
  }

  @Test
  void anErrorOfTheOneLeavesTheElementToTheNext() throws IOException {
    admin.call("SET", "text", "x");
    RespClient mistaken = waiting("BLMOVE", "list", "text", "LEFT", "LEFT", "0");
    RespClient next = waiting("BLPOP", "list", "0");
    admin.call("RPUSH", "list", "element");
    assertTrue(mistaken.read().toString().contains("WRONGTYPE"));
    assertEquals(words("list", "element"), next.read());
  }

  @Test
  void aWaitEndsWithItsTime() throws IOException {
    RespClient client = open();
    Reply nothing = client.call("LPOP", "none", "1");
    assertEquals(nothing, client.call("BLPOP", "a", "b", "0.01"));
    assertEquals(nothing, client.call("BZPOPMIN", "a", "b", "0.01"));
    assertEquals(nothing, client.call("BZMPOP", "0.01", "2", "a", "b", "MIN"));
    awaitBlocked(0);
    admin.call("RPUSH", "a", "kept");
    assertEquals(words("kept"), admin.call("LRANGE", "a", "0", "-1"));
  }

  @Test
  void anAdministratorEndsAWait() throws IOException {
    RespClient client = open();
    String id = client.call("CLIENT", "ID").toString().replaceAll("\\D", "");
    assertEquals(number(0), admin.call("CLIENT", "UNBLOCK", id));
    wait(client, 1, "BLPOP", "a", "0");
    assertTrue(admin.call("CLIENT", "LIST").toString().contains("flags=b"));
    assertEquals(number(1), admin.call("CLIENT", "UNBLOCK", id, "ERROR"));
    assertTrue(client.read().toString().contains("UNBLOCKED client unblocked via CLIENT UNBLOCK"));
    wait(client, 1, "BLPOP", "a", "0");
    assertEquals(number(1), admin.call("CLIENT", "UNBLOCK", id));
    assertEquals(admin.call("LPOP", "none", "1"), client.read());
    assertEquals(new Reply.Simple("PONG"), client.call("PING"));
  }

  @Test
  void whoIsGoneTakesNothingWithHim() throws IOException {
    RespClient gone = waiting("BLPOP", "list", "0");
    RespClient killed = waiting("BLPOP", "list", "0");
    String line =
        admin
            .call("CLIENT", "LIST")
            .toString()
            .lines()
            .filter(l -> l.contains("flags=b"))
            .reduce((first, second) -> second)
            .orElseThrow();
    gone.close();
    admin.call("CLIENT", "KILL", "ID", line.replaceAll(".*\\bid=(\\d+) addr.*", "$1"));
    assertTrue(killed.awaitClose());
    awaitBlocked(0);
    admin.call("RPUSH", "list", "element");
    assertEquals(words("element"), admin.call("LRANGE", "list", "0", "-1"));
  }

  @Test
  void aPauseHoldsBackWhatWouldServe() throws IOException {
    RespClient client = waiting("BLPOP", "list", "0");
    RespClient pusher = open();
    admin.call("CLIENT", "PAUSE", "2000", "WRITE");
    pusher.send("RPUSH", "list", "element");
    pusher.flush();
    admin.call("CLIENT", "UNPAUSE");
    assertEquals(number(1), pusher.read());
    assertEquals(words("list", "element"), client.read());
  }

  @Test
  void manyWaitingClientsGetAnElementEach() throws IOException {
    int count = 200;
    List<RespClient> all = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      RespClient client = open();
      client.send("BLPOP", "list", "0");
      client.flush();
      all.add(client);
    }
    awaitBlocked(count);
    for (int i = 0; i < count; i++) {
      admin.send("RPUSH", "list", String.valueOf(i));
    }
    admin.flush();
    for (int i = 0; i < count; i++) {
      assertEquals(number(1), admin.read());
    }
    List<String> elements = new ArrayList<>();
    for (RespClient client : all) {
      elements.add(((Reply.Array) client.read()).elements().get(1).toString());
    }
    assertEquals(count, elements.stream().distinct().count());
    assertEquals(number(0), admin.call("EXISTS", "list"));
  }

  private RespClient open() throws IOException {
    RespClient client = ServerUnderTest.connect();
    clients.add(client);
    return client;
  }

  /// A client whose command waits, behind all that wait already.
  private RespClient waiting(String... command) throws IOException {
    RespClient client = open();
    wait(client, blocked() + 1, command);
    return client;
  }

  private void wait(RespClient client, int count, String... command) throws IOException {
    client.send(command);
    client.flush();
    awaitBlocked(count);
  }

  private void awaitBlocked(int count) throws IOException {
    for (int i = 0; i < TRIES && blocked() != count; i++) {
      Thread.onSpinWait();
    }
    assertEquals(count, blocked());
  }

  private int blocked() throws IOException {
    String info = admin.call("INFO", "clients").toString();
    return Integer.parseInt(info.replaceAll("(?s).*blocked_clients:(\\d+).*", "$1"));
  }

  private static Reply number(long value) {
    return new Reply.Int(value);
  }

  private static Reply bulk(String text) {
    return new Reply.Bulk(text.getBytes(StandardCharsets.UTF_8));
  }

  private static Reply words(String... words) {
    List<Reply> elements = new ArrayList<>();
    for (String word : words) {
      elements.add(bulk(word));
    }
    return new Reply.Array(elements);
  }
}
