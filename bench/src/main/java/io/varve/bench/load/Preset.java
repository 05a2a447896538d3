package io.varve.bench.load;

import io.varve.bench.records.KeyChoice;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;

/// Workloads that have a name. A to F are those of YCSB (B. F. Cooper et al.: "Benchmarking cloud serving
/// systems with YCSB", SoCC 2010), with a record as one string.
enum Preset {
  /// Half reads, half updates.
  A("read=50,update=50", KeyChoice.ZIPFIAN),
  /// Mostly reads.
  B("read=95,update=5", KeyChoice.ZIPFIAN),
  /// Reads only.
  C("read=1", KeyChoice.ZIPFIAN),
  /// Reads of what came last.
  D("read=95,insert=5", KeyChoice.LATEST),
  /// Short ranges.
  E("scan=95,insert=5", KeyChoice.ZIPFIAN),
  /// Half reads, half reads with a write of what was read.
  F("read=50,read-modify-write=50", KeyChoice.ZIPFIAN),
  /// As redis-benchmark asks.
  GET("read=1", KeyChoice.UNIFORM),
  /// As redis-benchmark asks.
  SET("update=1", KeyChoice.UNIFORM),
  /// Both of them.
  GET_SET("read=50,update=50", KeyChoice.UNIFORM),
  /// Writes to values of all types.
  TYPES("incr=20,hset=20,lpush=20,sadd=20,zadd=20", KeyChoice.UNIFORM);

  private final String mix;
  private final KeyChoice choice;

  Preset(String mix, KeyChoice choice) {
    this.mix = mix;
    this.choice = choice;
  }

  Mix mix() {
    return Mix.parse(mix);
  }

  KeyChoice choice() {
    return choice;
  }

  /// The name on the command line.
  String optionName() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /// @throws IllegalArgumentException if there is none of that name
  static Preset of(String optionName) {
    for (Preset preset : values()) {
      if (preset.optionName().equalsIgnoreCase(optionName)) {
        return preset;
      }
    }
    throw new IllegalArgumentException("no workload is called " + optionName);
  }

  /// All names, for the help.
  static final class Names implements Iterable<String> {
    @Override
    public Iterator<String> iterator() {
      List<String> names = new ArrayList<>();
      for (Preset preset : values()) {
        names.add(preset.optionName());
      }
      return names.iterator();
    }
  }
}
