package io.varve.engine;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.NullMarked;

/// The table of rooms, read from `docs/internals/rooms.md`, and what follows from it for classes.
///
/// Judges byte code, so a class counts as used even if no import names it. Each question gives the
/// list of what is wrong, for a test to compare with the empty list.
public final class RoomTable {

  private static final String ROOT = "io.varve.";

  private static final Path PAGE = Path.of("..", "docs", "internals", "rooms.md");

  private static final Pattern CODE = Pattern.compile("`([^`]+)`");

  private static final List<String> COLD_PACKAGES = List.of("java.util.stream", "java.util.regex");

  private final Map<String, Set<String>> usesByRoom;
  private final Map<String, Set<String>> roomsByClass;
  private final Set<String> hotRooms;
  private final Map<String, Set<String>> coldUsesByClass;

  private RoomTable(
      Map<String, Set<String>> usesByRoom,
      Map<String, Set<String>> roomsByClass,
      Set<String> hotRooms,
      Map<String, Set<String>> coldUsesByClass) {
    this.usesByRoom = usesByRoom;
    this.roomsByClass = roomsByClass;
    this.hotRooms = hotRooms;
    this.coldUsesByClass = coldUsesByClass;
  }

  /// The table as the page has it. Tests run in the folder of their module.
  public static RoomTable read() {
    Map<String, Set<String>> usesByRoom = new LinkedHashMap<>();
    Map<String, Set<String>> roomsByClass = new LinkedHashMap<>();
    Set<String> hotRooms = new LinkedHashSet<>();
    Map<String, Set<String>> coldUsesByClass = new LinkedHashMap<>();
    String section = "";
    for (String line : lines()) {
      if (line.startsWith("## ")) {
        section = line.substring(3);
      } else if (section.equals("Hot rooms") && line.startsWith("`")) {
        hotRooms.addAll(codes(line));
      } else if (line.startsWith("| `")) {
        String[] cells = line.split("\\|", -1);
        String name = codes(cells[1]).getFirst();
        switch (section) {
          case "Single classes" -> roomsByClass.put(ROOT + name, Set.copyOf(codes(cells[2])));
          case "Hot rooms" -> coldUsesByClass.put(ROOT + name, Set.copyOf(codes(cells[2])));
          default -> usesByRoom.put(name, resolve(section, cells[2]));
        }
      }
    }
    return new RoomTable(usesByRoom, roomsByClass, hotRooms, coldUsesByClass);
  }

  private static List<String> lines() {
    try {
      return Files.readAllLines(PAGE);
    } catch (IOException e) {
      throw new UncheckedIOException("the table of rooms is missing", e);
    }
  }

  private static List<String> codes(String text) {
    List<String> codes = new ArrayList<>();
    Matcher matcher = CODE.matcher(text);
    while (matcher.find()) {
      codes.add(matcher.group(1));
    }
    return codes;
  }

  private static Set<String> resolve(String module, String cell) {
    Set<String> rooms = new LinkedHashSet<>();
    for (String name : cell.strip().split(" ", -1)) {
      if (!name.isEmpty()) {
        boolean whole = name.equals("engine") || name.startsWith("engine.");
        rooms.add(whole || name.equals("protocol") ? name : module + "." + name);
      }
    }
    return rooms;
  }

  /// The classes of a module without its tests.
  public static JavaClasses mainClasses(String module) {
    return new ClassFileImporter()
        .withImportOption(location -> !location.contains("test-classes"))
        .withImportOption(location -> !location.contains("-tests.jar"))
        .importPackages(ROOT + module);
  }

  /// Rooms in rows that have no row, and rows that lead back to themselves.
  public List<String> flaws() {
    List<String> flaws = new ArrayList<>();
    usesByRoom.forEach(
        (room, uses) -> {
          for (String used : uses) {
            if (!usesByRoom.containsKey(used)) {
              flaws.add(room + " may use " + used + ", which has no row");
            }
          }
          if (reachable(uses).contains(room)) {
            flaws.add(room + " reaches itself");
          }
        });
    return flaws;
  }

  private Set<String> reachable(Collection<String> from) {
    Set<String> seen = new LinkedHashSet<>();
    Deque<String> open = new ArrayDeque<>(from);
    while (!open.isEmpty()) {
      String room = open.pop();
      if (seen.add(room)) {
        open.addAll(usesByRoom.getOrDefault(room, Set.of()));
      }
    }
    return seen;
  }

  /// Packages that the table does not know.
  public List<String> unknownRooms(JavaClasses classes) {
    Set<String> unknown = new TreeSet<>();
    for (JavaClass type : classes) {
      if (!usesByRoom.containsKey(room(type))) {
        unknown.add(type.getPackageName());
      }
    }
    return List.copyOf(unknown);
  }

  /// Uses of one room by another that no row allows.
  public List<String> forbiddenUses(JavaClasses classes) {
    Set<String> forbidden = new TreeSet<>();
    for (JavaClass type : classes) {
      String from = room(type);
      Set<String> allowed = usesByRoom.getOrDefault(from, Set.of());
      for (var dependency : type.getDirectDependenciesFromSelf()) {
        JavaClass target = dependency.getTargetClass().getBaseComponentType();
        if (!target.getPackageName().startsWith(ROOT.substring(0, ROOT.length() - 1))) {
          continue;
        }
        String to = room(target);
        boolean fine =
            to.equals(from)
                || allowed.contains(to)
                || roomsByClass.getOrDefault(outermost(target), Set.of()).contains(from);
        if (!fine) {
          forbidden.add(outermost(type) + " uses " + outermost(target));
        }
      }
    }
    return List.copyOf(forbidden);
  }

  /// Hot classes that use what allocates behind one's back.
  public List<String> coldUsesInHotRooms(JavaClasses classes) {
    Set<String> found = new TreeSet<>();
    for (JavaClass type : classes) {
      if (!hotRooms.contains(room(type))) {
        continue;
      }
      for (var dependency : type.getDirectDependenciesFromSelf()) {
        JavaClass target = dependency.getTargetClass();
        boolean cold =
            COLD_PACKAGES.contains(target.getPackageName())
                || target.getName().startsWith("java.util.Optional");
        Set<String> excepted = coldUsesByClass.getOrDefault(outermost(type), Set.of());
        if (cold && !excepted.contains(target.getName())) {
          found.add(outermost(type) + " uses " + target.getName());
        }
      }
    }
    return List.copyOf(found);
  }

  /// Packages whose `package-info.java` is missing or not `@NullMarked`.
  public List<String> roomsWithoutNullMarked(JavaClasses classes) {
    Set<String> found = new TreeSet<>();
    for (JavaClass type : classes) {
      if (!isNullMarked(type.getPackageName())) {
        found.add(type.getPackageName());
      }
    }
    return List.copyOf(found);
  }

  private static boolean isNullMarked(String packageName) {
    try {
      return Class.forName(packageName + ".package-info").isAnnotationPresent(NullMarked.class);
    } catch (ClassNotFoundException e) {
      return false;
    }
  }

  private static String room(JavaClass type) {
    String name = type.getPackageName();
    return name.startsWith(ROOT) ? name.substring(ROOT.length()) : name;
  }

  private static String outermost(JavaClass type) {
    return Arrays.asList(type.getName().split("\\$", 2)).getFirst();
  }
}
