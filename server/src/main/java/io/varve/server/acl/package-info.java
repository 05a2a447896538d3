/// Who a client may say it is, and what he may do then.
///
/// [io.varve.server.acl.Acl] knows the users; rules become immutable [io.varve.server.acl.AclSelector]s,
/// which connections reach through their [io.varve.server.acl.Account]. Knows no session; commands are
/// numbers that an [io.varve.server.acl.AclCatalog] explains. Never logs a password.
@NullMarked
package io.varve.server.acl;

import org.jspecify.annotations.NullMarked;
