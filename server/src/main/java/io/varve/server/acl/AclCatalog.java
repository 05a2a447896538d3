package io.varve.server.acl;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// The commands as rules name them; whoever knows commands implements it. Immutable.
public interface AclCatalog {

  /// Commands and sub-commands; each has a number below that.
  int size();

  /// Number of `get` or `config|get`, in whatever case; -1 if there is none.
  int find(String name);

  /// Numbers of the sub-commands of a command; empty if it is no container.
  List<Integer> subcommandsOf(int command);

  /// Numbers of all in a category such as `read`; null if there is no such category.
  @Nullable List<Integer> findCategory(String name);
}
