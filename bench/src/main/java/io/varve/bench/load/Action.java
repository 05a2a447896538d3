package io.varve.bench.load;

import java.util.Locale;

/// What a client may do. Those above PING ask for records, which are strings; those below write values of
/// other types, a thousand records to a value where it has elements.
enum Action {
  /// GET of a record.
  READ,
  /// SET of a record that exists.
  UPDATE,
  /// SET of a new record, and its name into the index where the mix scans.
  INSERT,
  /// The names from a record on from the index (ZRANGEBYLEX), then their values (MGET).
  SCAN,
  /// GET of a record, then SET.
  READ_MODIFY_WRITE,
  PING,
  INCR,
  HSET,
  LPUSH,
  SADD,
  ZADD;

  /// The name on the command line and in results.
  String optionName() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /// @throws IllegalArgumentException if there is none of that name
  static Action of(String optionName) {
    for (Action action : values()) {
      if (action.optionName().equals(optionName)) {
        return action;
      }
    }
    throw new IllegalArgumentException("no action is called " + optionName);
  }

  /// Whether it needs records that were loaded.
  boolean asksForRecords() {
    return compareTo(PING) < 0;
  }
}
