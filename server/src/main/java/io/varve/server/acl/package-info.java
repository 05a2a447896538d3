/// Who a client may say it is.
///
/// There is one user, `default`, whose password is `requirepass`. Knows no session and no command:
/// it answers questions about names and passwords. Never logs a password.
@NullMarked
package io.varve.server.acl;

import org.jspecify.annotations.NullMarked;
