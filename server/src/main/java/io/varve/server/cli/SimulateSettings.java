package io.varve.server.cli;

import io.varve.engine.compaction.CompactionMode;
import io.varve.engine.inspect.SimulatedKeys;
import io.varve.engine.inspect.SimulationResult;
import io.varve.engine.inspect.SimulationScenario;
import io.varve.server.config.ConfigurationException;
import io.varve.server.config.MemorySize;
import java.io.IOException;
import java.nio.charset.MalformedInputException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/// What `varve simulate` plays: settings by name, from a file of them and from options, which have the
/// same names. What is set later wins.
///
/// A line of a file is `name value`, with `=` in between if one likes; `mode` takes several values. Empty
/// lines and those that begin with `#` say nothing.
final class SimulateSettings {

  private static final Set<String> NAMES =
      Set.of(
          "mode",
          "memtables",
          "memtable-bytes",
          "entry-bytes",
          "keys",
          "deletes",
          "fan-out",
          "rounds",
          "samples",
          "seed");

  private final Map<String, String> values = new HashMap<>();
  private final Set<CompactionMode> modes = EnumSet.noneOf(CompactionMode.class);

  /// @throws ConfigurationException naming file and line if a line makes no sense
  /// @throws IOException if the file cannot be read
  void readFile(Path file) throws IOException {
    List<String> lines;
    try {
      lines = Files.readAllLines(file);
    } catch (MalformedInputException e) {
      throw new ConfigurationException(file + " is not a text file in UTF-8");
    }
    Set<String> seen = new HashSet<>();
    for (int i = 0; i < lines.size(); i++) {
      String line = lines.get(i).strip();
      if (line.isEmpty() || line.startsWith("#")) {
        continue;
      }
      try {
        String[] words = line.split("\\s*=\\s*|\\s+", 2);
        if (words.length < 2) {
          throw new ConfigurationException("'" + words[0] + "' has no value");
        }
        if (!seen.add(words[0])) {
          throw new ConfigurationException("'" + words[0] + "' stands here twice");
        }
        set(words[0], words[1]);
      } catch (ConfigurationException e) {
        throw new ConfigurationException(file + " line " + (i + 1) + ": " + e.getMessage());
      }
    }
  }

  /// @throws ConfigurationException if there is no such name or no such value
  void set(String name, String value) {
    if (!NAMES.contains(name)) {
      throw new ConfigurationException("unknown setting '" + name + "'");
    }
    if (name.equals("mode")) {
      modes.clear();
      for (String word : value.split("[\\s,]+", -1)) {
        modes.add(mode(word));
      }
      return;
    }
    values.put(name, value);
    // What is wrong is told where it was set.
    scenario();
  }

  void compareAll() {
    modes.addAll(EnumSet.allOf(CompactionMode.class));
  }

  /// Those asked for, each once; the default if none was.
  List<CompactionMode> modes() {
    return modes.isEmpty() ? List.of(CompactionMode.TIERED) : new ArrayList<>(modes);
  }

  /// @throws ConfigurationException if a value is out of bounds
  SimulationScenario scenario() {
    SimulationScenario initial = SimulationScenario.DEFAULT;
    try {
      return new SimulationScenario(
          keys(initial.keys()),
          whole("memtables", initial.memtables()),
          memory("memtable-bytes", initial.memtableBytes()),
          memory("entry-bytes", initial.entryBytes()),
          share("deletes", initial.deleteShare()),
          whole("fan-out", initial.fanOut()),
          whole("rounds", initial.rounds()),
          whole("samples", initial.samples()),
          number("seed", initial.seed()));
    } catch (IllegalArgumentException e) {
      throw new ConfigurationException(String.valueOf(e.getMessage()));
    }
  }

  private static CompactionMode mode(String word) {
    List<String> names = new ArrayList<>();
    for (CompactionMode mode : CompactionMode.values()) {
      names.add(SimulationResult.nameOf(mode));
      if (names.getLast().equals(word.toLowerCase(Locale.ROOT))) {
        return mode;
      }
    }
    throw new ConfigurationException(
        "mode '" + word + "' is unknown; there are " + String.join(", ", names));
  }

  private SimulatedKeys keys(SimulatedKeys initial) {
    String wanted = values.get("keys");
    if (wanted == null) {
      return initial;
    }
    List<String> names = new ArrayList<>();
    for (SimulatedKeys keys : SimulatedKeys.values()) {
      names.add(keys.name().toLowerCase(Locale.ROOT).replace('_', '-'));
      if (names.getLast().equals(wanted.toLowerCase(Locale.ROOT))) {
        return keys;
      }
    }
    throw new ConfigurationException(
        "keys '" + wanted + "' are unknown; there are " + String.join(", ", names));
  }

  private int whole(String name, int initial) {
    long value = number(name, initial);
    return Math.clamp(value, Integer.MIN_VALUE, Integer.MAX_VALUE);
  }

  private long number(String name, long initial) {
    String text = values.get(name);
    try {
      return text == null ? initial : Long.parseLong(text);
    } catch (NumberFormatException e) {
      throw new ConfigurationException(name + " '" + text + "' is no whole number");
    }
  }

  private double share(String name, double initial) {
    String text = values.get(name);
    try {
      return text == null ? initial : Double.parseDouble(text);
    } catch (NumberFormatException e) {
      throw new ConfigurationException(name + " '" + text + "' is no number");
    }
  }

  private long memory(String name, long initial) {
    String text = values.get(name);
    try {
      return text == null ? initial : MemorySize.parse(text);
    } catch (ConfigurationException e) {
      throw new ConfigurationException(name + " '" + text + "' is no size like 64mb");
    }
  }
}
