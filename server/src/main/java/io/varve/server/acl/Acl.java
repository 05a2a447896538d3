package io.varve.server.acl;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import org.jspecify.annotations.Nullable;

/// The users and their passwords.
///
/// Asked by event loops and the command loop; the password may change at any time. Passwords are kept
/// and compared as SHA-256 digests: comparing takes the same time whatever is wrong and however long
/// the passwords are.
public final class Acl {

  /// The user of everybody who has not said otherwise.
  public static final String DEFAULT_USER = "default";

  /// The error reply to a wrong name or password, in Redis' words.
  public static final String WRONG_PASSWORD =
      "WRONGPASS invalid username-password pair or user is disabled.";

  /// Null if the default user needs no password.
  private volatile byte @Nullable [] passwordDigest;

  /// @param password of the default user, empty if none is needed
  public Acl(String password) {
    changePassword(password);
  }

  /// Gives the default user another password. Who is authenticated stays so.
  ///
  /// @param password empty if none is needed from now on
  public void changePassword(String password) {
    passwordDigest = password.isEmpty() ? null : digest(password.getBytes(StandardCharsets.UTF_8));
  }

  /// Whether a new connection has to authenticate before anything else.
  public boolean isPasswordRequired() {
    return passwordDigest != null;
  }

  /// Whether this is a user and its password. A user who needs no password may give any.
  public boolean authenticate(String user, byte[] password) {
    byte[] wanted = passwordDigest;
    byte[] given = digest(password);
    boolean matches = wanted == null || MessageDigest.isEqual(wanted, given);
    return matches && user.equals(DEFAULT_USER);
  }

  private static byte[] digest(byte[] password) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(password);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }
}
