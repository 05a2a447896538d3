package io.varve.server.acl;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class AclTest {

  private static boolean passes(Acl acl, String user, String password) {
    return acl.authenticate(user, password.getBytes(StandardCharsets.UTF_8));
  }

  @Test
  void withoutAPasswordAnyWillDoForTheDefaultUser() {
    Acl acl = new Acl("");
    assertFalse(acl.isPasswordRequired());
    assertTrue(passes(acl, "default", ""));
    assertTrue(passes(acl, "default", "anything"));
    assertFalse(passes(acl, "alice", ""));
  }

  @Test
  void onlyTheRightPasswordOfTheRightUserPasses() {
    Acl acl = new Acl("sécret");
    assertTrue(acl.isPasswordRequired());
    assertTrue(passes(acl, "default", "sécret"));
    assertFalse(passes(acl, "default", ""));
    assertFalse(passes(acl, "default", "secret"));
    assertFalse(passes(acl, "default", "sécretsécret"));
    assertFalse(passes(acl, "Default", "sécret"));
  }

  @Test
  void passwordMayChangeAndGo() {
    Acl acl = new Acl("old");
    acl.changePassword("new");
    assertFalse(passes(acl, "default", "old"));
    assertTrue(passes(acl, "default", "new"));
    acl.changePassword("");
    assertFalse(acl.isPasswordRequired());
  }
}
