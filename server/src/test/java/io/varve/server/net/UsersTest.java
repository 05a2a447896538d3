package io.varve.server.net;

import static org.junit.jupiter.api.Assertions.assertEquals;
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
}
