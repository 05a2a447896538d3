package io.varve.server.net;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.varve.protocol.Reply;
import io.varve.protocol.RespClient;
import io.varve.server.Server;
import io.varve.server.config.Configuration;
import io.varve.server.config.ConfigurationException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Users in a file, and what becomes of their connections.
class UsersTest {

  private static final Reply OK = new Reply.Simple("OK");

  @TempDir Path directory;

  private Server start(Path users) {
    return Server.start(
        Configuration.of(
            "port",
            "0",
            "admin-port",
            "0",
            "aclfile",
            users.toString(),
            "dir",
            directory.resolve("data").toString()));
  }

  private static RespClient connect(Server server) throws IOException {
    return RespClient.connect("127.0.0.1", server.port(), Duration.ofSeconds(30));
  }

  @Test
  void usersOutliveTheServerInTheirFile() throws Exception {
    Path users = Files.writeString(directory.resolve("users.acl"), "");
    try (Server server = start(users);
        RespClient client = connect(server)) {
      assertEquals(
          OK, client.call("ACL", "SETUSER", "alice", "on", ">pw", "~a*", "+@all", "-@admin"));
      assertEquals(OK, client.call("ACL", "SAVE"));
    }
    try (Server server = start(users);
        RespClient client = connect(server)) {
      assertEquals(OK, client.call("AUTH", "alice", "pw"));
      assertEquals(OK, client.call("SET", "a", "1"));
      assertEquals(
          new Reply.Failure("NOPERM No permissions to access a key"), client.call("SET", "b", "1"));
      assertEquals(
          new Reply.Failure("NOPERM User alice has no permissions to run the 'acl|save' command"),
          client.call("ACL", "SAVE"));
    }
  }

  @Test
  void withoutAFileOfTheirOwnUsersLieInTheConfiguration() throws Exception {
    Path file =
        Files.writeString(
            directory.resolve("varve.conf"),
            "port 0\nadmin-port 0\ndir \"" + directory.resolve("data") + "\"\nrequirepass root\n");
    try (Server server = Server.start(Configuration.load(file, List.of()));
        RespClient client = connect(server)) {
      client.call("AUTH", "root");
      assertEquals(OK, client.call("CONFIG", "REWRITE"));
      assertFalse(Files.readString(file).contains("user "), "nobody has made a user");
      client.call("ACL", "SETUSER", "alice", "on", ">pw", "~a*", "+@all", "(~b* +get)");
      assertEquals(OK, client.call("CONFIG", "REWRITE"));
    }
    try (Server server = Server.start(Configuration.load(file, List.of()));
        RespClient client = connect(server)) {
      assertEquals(OK, client.call("AUTH", "root"));
      assertEquals(OK, client.call("AUTH", "alice", "pw"));
      assertEquals(OK, client.call("SET", "a", "1"));
      assertEquals(new Reply.Null(), client.call("GET", "b"));
      assertEquals(
          new Reply.Failure("NOPERM No permissions to access a key"), client.call("SET", "b", "1"));
    }
    Files.writeString(file, "user alice on\n", StandardOpenOption.APPEND);
    Configuration twice = Configuration.load(file, List.of());
    assertThrows(ConfigurationException.class, () -> Server.start(twice).close());
  }

  @Test
  void aBrokenFileChangesNothingAndKeepsTheServerFromStarting() throws Exception {
    Path users = Files.writeString(directory.resolve("users.acl"), "user alice on nopass +get\n");
    try (Server server = start(users);
        RespClient client = connect(server)) {
      Files.writeString(users, "user bob on nopass +nosuch\n");
      assertTrue(client.call("ACL", "LOAD") instanceof Reply.Failure);
      assertEquals(
          new Reply.Array(List.of(Reply.Bulk.of("alice"), Reply.Bulk.of("default"))),
          client.call("ACL", "USERS"));
    }
    assertThrows(ConfigurationException.class, () -> start(users).close());
  }

  @Test
  void connectionsOfRemovedUsersAndForbiddenSubscribersAreClosed() throws Exception {
    Path users = Files.writeString(directory.resolve("users.acl"), "");
    try (Server server = start(users);
        RespClient admin = connect(server);
        RespClient alice = connect(server);
        RespClient bob = connect(server)) {
      admin.call("ACL", "SETUSER", "alice", "on", "nopass", "+@all", "&news");
      admin.call("ACL", "SETUSER", "bob", "on", "nopass", "+@all");
      alice.call("AUTH", "alice", "");
      alice.call("SUBSCRIBE", "news");
      bob.call("AUTH", "bob", "");
      admin.call("ACL", "SETUSER", "alice", "resetchannels");
      assertTrue(alice.awaitClose());
      assertEquals(new Reply.Int(1), admin.call("ACL", "DELUSER", "bob"));
      assertTrue(bob.awaitClose());
    }
  }

  @Test
  void aUserOfSomeKeysReadsNoOthersThroughSort() throws Exception {
    Path users = Files.writeString(directory.resolve("users.acl"), "");
    try (Server server = start(users);
        RespClient admin = connect(server);
        RespClient bob = connect(server)) {
      admin.call("RPUSH", "list", "2", "1");
      admin.call("SET", "secret_1", "s");
      admin.call("ACL", "SETUSER", "bob", "on", "nopass", "~list", "~result", "+@all", "-@admin");
      bob.call("AUTH", "bob", "");
      Reply sorted = new Reply.Array(List.of(Reply.Bulk.of("1"), Reply.Bulk.of("2")));
      assertEquals(sorted, bob.call("SORT", "list"));
      assertEquals(
          new Reply.Failure("ERR GET option of SORT denied due to insufficient ACL permissions."),
          bob.call("SORT", "list", "GET", "secret_*"));
      assertEquals(
          new Reply.Failure("ERR BY option of SORT denied due to insufficient ACL permissions."),
          bob.call("SORT", "list", "BY", "secret_*"));
      assertEquals(
          new Reply.Failure("NOPERM No permissions to access a key"),
          bob.call("SORT", "list", "STORE", "result", "STORE", "secret_1"));
      admin.call("ACL", "SETUSER", "bob", "%R~*");
      assertEquals(
          new Reply.Array(List.of(Reply.Bulk.of("s"), new Reply.Null())),
          bob.call("SORT", "list", "GET", "secret_*"));
      assertEquals(new Reply.Int(2), bob.call("SORT", "list", "STORE", "result"));
    }
  }

  @Test
  void whoMayReadABitFieldMayGetFromItAndNoMore() throws Exception {
    Path users = Files.writeString(directory.resolve("users.acl"), "");
    try (Server server = start(users);
        RespClient admin = connect(server);
        RespClient bob = connect(server)) {
      admin.call("ACL", "SETUSER", "bob", "on", "nopass", "%R~bits", "+bitfield");
      bob.call("AUTH", "bob", "");
      assertEquals(
          new Reply.Array(List.of(new Reply.Int(0))),
          bob.call("BITFIELD", "bits", "GET", "u8", "0"));
      assertEquals(
          new Reply.Failure("NOPERM No permissions to access a key"),
          bob.call("BITFIELD", "bits", "GET", "u8", "0", "SET", "u8", "0", "1"));
      String log = admin.call("ACL", "LOG").toString();
      assertTrue(log.contains(" cmd=bitfield user=bob "), log);
      String info = admin.call("INFO", "stats").asText();
      assertTrue(info.contains("acl_access_denied_key:1\r\n"), info);
      assertTrue(info.contains("acl_access_denied_cmd:0\r\n"), info);
    }
  }
}
