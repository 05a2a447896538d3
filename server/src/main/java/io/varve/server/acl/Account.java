package io.varve.server.acl;

/// A user as connections hold on to it: what it may do is replaced as a whole when its rules change.
/// Read by every thread, changed by [Acl] alone.
public final class Account {

  private volatile AclUser user;
  private volatile boolean limited;

  Account(AclUser user) {
    this.user = user;
    this.limited = !user.isUnlimited();
  }

  public AclUser user() {
    return user;
  }

  public String name() {
    return user.name();
  }

  /// Whether anything is forbidden, so that each command has to be looked at.
  public boolean isLimited() {
    return limited;
  }

  void replace(AclUser newUser) {
    user = newUser;
    limited = !newUser.isUnlimited();
  }
}
