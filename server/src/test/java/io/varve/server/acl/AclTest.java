package io.varve.server.acl;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.varve.engine.bytes.Slice;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class AclTest {

  private static final int GET = 0;
  private static final int SET = 1;
  private static final int CONFIG_GET = 3;

  /// Four commands: two to read and write, and a container with one sub-command.
  private static final AclCatalog COMMANDS =
      new AclCatalog() {
        private final List<String> names = List.of("get", "set", "config", "config|get");

        @Override
        public int size() {
          return names.size();
        }

        @Override
        public int find(String name) {
          return names.indexOf(name);
        }

        @Override
        public List<Integer> subcommandsOf(int command) {
          return command == 2 ? List.of(CONFIG_GET) : List.of();
        }

        @Override
        public @Nullable List<Integer> findCategory(String name) {
          return name.equals("write") ? List.of(SET) : null;
        }
      };

  private static boolean passes(Acl acl, String user, String password) {
    return acl.authenticate(user, password.getBytes(StandardCharsets.UTF_8)) != null;
  }

  private static AclUser user(String... rules) {
    return new Acl(COMMANDS, "").plan("alice", List.of(rules));
  }

  @Test
  void withoutAPasswordAnyWillDoForTheDefaultUser() {
    Acl acl = new Acl(COMMANDS, "");
    assertFalse(acl.isPasswordRequired());
    assertTrue(passes(acl, "default", ""));
    assertTrue(passes(acl, "default", "anything"));
    assertFalse(passes(acl, "alice", ""));
    assertFalse(acl.defaultAccount().isLimited());
  }

  @Test
  void onlyTheRightPasswordOfTheRightUserPasses() {
    Acl acl = new Acl(COMMANDS, "sécret");
    assertTrue(acl.isPasswordRequired());
    assertTrue(passes(acl, "default", "sécret"));
    assertFalse(passes(acl, "default", ""));
    assertFalse(passes(acl, "default", "secret"));
    assertFalse(passes(acl, "default", "sécretsécret"));
    assertFalse(passes(acl, "Default", "sécret"));
  }

  @Test
  void passwordMayChangeAndGo() {
    Acl acl = new Acl(COMMANDS, "old");
    acl.changePassword("new");
    assertFalse(passes(acl, "default", "old"));
    assertTrue(passes(acl, "default", "new"));
    acl.changePassword("");
    assertFalse(acl.isPasswordRequired());
  }

  @Test
  void aUserMayHaveSeveralPasswordsAndNoneWhileOff() {
    Acl acl = new Acl(COMMANDS, "");
    acl.put(acl.plan("alice", List.of("on", ">one", ">two")));
    assertTrue(passes(acl, "alice", "one"));
    assertTrue(passes(acl, "alice", "two"));
    acl.put(acl.plan("alice", List.of("<one")));
    assertFalse(passes(acl, "alice", "one"));
    acl.put(acl.plan("alice", List.of("off")));
    assertFalse(passes(acl, "alice", "two"));
  }

  @Test
  void laterRulesWin() {
    AclSelector rules = user("+@all", "-@write", "-config|get").root();
    assertTrue(rules.allowsCommand(GET, ""));
    assertFalse(rules.allowsCommand(SET, ""));
    assertFalse(rules.allowsCommand(CONFIG_GET, ""));
    assertEquals("+@all -@write -config|get", rules.commandRules());
    assertEquals("+@all", user("-get", "+@all").root().commandRules());
    assertFalse(user("+config", "-config").root().allowsCommand(CONFIG_GET, ""));
  }

  @Test
  void firstArgumentsOfCommandsCanBeAllowed() {
    AclSelector rules = user("+get|Public").root();
    assertTrue(rules.allowsCommand(GET, "PUBLIC"));
    assertFalse(rules.allowsCommand(GET, "private"));
    assertFalse(user("+get|public", "-get").root().allowsCommand(GET, "public"));
  }

  @Test
  void keysAreReadAndWrittenByPermissionsOfTheirOwn() {
    AclSelector rules = user("%R~r*", "%W~w*", "~b*", "%R~both", "%W~both").root();
    assertTrue(rules.allowsKey(Slice.of("r1"), true, false));
    assertFalse(rules.allowsKey(Slice.of("r1"), false, true));
    assertTrue(rules.allowsKey(Slice.of("w1"), false, true));
    assertFalse(rules.allowsKey(Slice.of("w1"), true, true));
    assertTrue(rules.allowsKey(Slice.of("b1"), true, true));
    assertFalse(rules.allowsKey(Slice.of("x"), true, false));
    assertEquals("%R~r* %W~w* ~b* ~both", rules.keyRules());
  }

  @Test
  void patternsOfChannelsHaveToBeAllowedLiterally() {
    AclSelector rules = user("&news.*").root();
    assertTrue(rules.allowsChannel(Slice.of("news.a")));
    assertTrue(rules.allowsChannelPattern(Slice.of("news.*")));
    assertFalse(rules.allowsChannelPattern(Slice.of("news.a*")));
  }

  @Test
  void whatIsWrittenIsReadAgain() {
    Acl acl = new Acl(COMMANDS, "secret");
    acl.put(
        acl.plan(
            "alice",
            List.of("on", ">pw", "%R~a*", "&c*", "+@all", "-set", "(+set ~s*)", "(+get|x &y)")));
    List<String> lines = acl.users().stream().map(AclUser::describe).toList();
    Acl other = new Acl(COMMANDS, "");
    other.replaceAll(other.parse(lines));
    assertEquals(lines, other.users().stream().map(AclUser::describe).toList());
    assertTrue(passes(other, "alice", "pw"));
    assertTrue(passes(other, "default", "secret"));
  }

  @Test
  void aFileWithAMistakeNamesTheLine() {
    Acl acl = new Acl(COMMANDS, "");
    AclRuleException wrong =
        assertThrows(
            AclRuleException.class,
            () -> acl.parse(List.of("# users", "user alice on +get", "user bob +nosuch")));
    assertEquals("3: Unknown command or category name in ACL", wrong.reason());
    assertThrows(AclRuleException.class, () -> acl.parse(List.of("user a on", "user a off")));
    assertThrows(AclRuleException.class, () -> acl.parse(List.of("alice on")));
  }

  @Test
  void theSameRefusalCountsOnTheEntryThatIsThere() {
    AclLog log = new AclLog();
    log.max(2);
    log.add("key", "toplevel", "x", "bob", "id=1", 1_000);
    log.add("key", "toplevel", "x", "bob", "id=1", 2_000);
    assertEquals(2, log.newest(10).getFirst().count());
    log.add("key", "toplevel", "x", "bob", "id=1", 100_000);
    log.add("auth", "toplevel", "AUTH", "eve", "id=2", 100_000);
    assertEquals(List.of("eve", "bob"), log.newest(10).stream().map(AclLog.Entry::user).toList());
    log.clear();
    assertEquals(List.of(), log.newest(10));
  }
}
