package io.varve.server.script;

import io.varve.server.command.CommandException;
import io.varve.server.command.Invocation;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The libraries of functions of a server.
///
/// The command loop replaces the whole when it changes, at once, and puts the one before back if the
/// change is undone; other threads see one or the other. A rehearsal sees its own changes and nobody
/// else does.
public final class Functions {

  private static final Logger LOG = LoggerFactory.getLogger(Functions.class);

  /// What the rehearsal on this thread has made of the libraries, until it ends.
  private static final ThreadLocal<@Nullable Libraries> REHEARSED = new ThreadLocal<>();

  /// Immutable.
  ///
  /// @param libraries by name
  /// @param owners of functions, by the function's name
  record Libraries(Map<String, Library> libraries, Map<String, Library> owners) {

    static final Libraries NONE = new Libraries(Map.of(), Map.of());

    /// @throws CommandException if a function of it is one of another library
    Libraries with(Library library) {
      Libraries others = without(library.name());
      Map<String, Library> names = new TreeMap<>(others.libraries);
      Map<String, Library> functions = byName(others.owners);
      names.put(library.name(), library);
      for (String name : library.functions().keySet()) {
        if (functions.put(name, library) != null) {
          throw new CommandException("ERR Function " + name + " already exists");
        }
      }
      return new Libraries(names, functions);
    }

    /// Functions are called in any case: two names may not differ in that alone.
    private static Map<String, Library> byName(Map<String, Library> owners) {
      Map<String, Library> functions = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
      functions.putAll(owners);
      return functions;
    }

    Libraries without(String name) {
      Map<String, Library> names = new TreeMap<>(libraries);
      Library gone = names.remove(name);
      if (gone == null) {
        return this;
      }
      Map<String, Library> functions = byName(owners);
      functions.values().removeIf(gone::equals);
      return new Libraries(names, functions);
    }
  }

  private final Scripts scripts;
  private volatile Libraries current = Libraries.NONE;

  public Functions(Scripts scripts) {
    this.scripts = scripts;
  }

  /// Takes over what the store keeps. Before the first command.
  ///
  /// @param codes of the libraries
  public void open(List<byte[]> codes) {
    Libraries loaded = Libraries.NONE;
    for (byte[] code : codes) {
      try {
        loaded = loaded.with(compile(code));
      } catch (CommandException e) {
        // The record stays where it is; another version of the server may understand it.
        LOG.warn("a library of functions of the store is left out: {}", e.getMessage());
      }
    }
    current = loaded;
  }

  public int libraryCount() {
    return current.libraries.size();
  }

  public int functionCount() {
    return current.owners.size();
  }

  Library compile(byte[] code) {
    return Library.compile(code, scripts.limits());
  }

  /// What the execution sees.
  Libraries at(Invocation in) {
    Libraries own = in.isRehearsal() ? REHEARSED.get() : null;
    return own != null ? own : current;
  }

  /// Makes this what the execution, and with it everybody, sees; and the store with it.
  void change(Invocation in, Libraries to) {
    Libraries before = at(in);
    for (Library library : before.libraries.values()) {
      if (!to.libraries.containsKey(library.name())) {
        in.access().removeLibrary(library.nameBytes());
      }
    }
    for (Library library : to.libraries.values()) {
      if (before.libraries.get(library.name()) != library) {
        in.access().putLibrary(library.nameBytes(), library.code());
      }
    }
    if (in.isRehearsal()) {
      REHEARSED.set(to);
      in.onUndo(REHEARSED::remove);
    } else {
      current = to;
      in.onUndo(() -> current = before);
    }
  }
}
