package io.varve.engine.examples;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.varve.engine.EngineOptions;
import io.varve.engine.EngineStats;
import io.varve.engine.Scan;
import io.varve.engine.Store;
import io.varve.engine.StoreSnapshot;
import io.varve.engine.batch.WriteBatch;
import io.varve.engine.bytes.Slice;
import io.varve.engine.wal.SyncPolicy;
import java.nio.file.Path;
import java.time.Duration;

/// The examples of `docs/embedding.md`. The page shows what stands between `example` and `end` here;
/// [StoreExamplesTest] runs each and holds page and code together.
final class StoreExamples {

  private StoreExamples() {}

  private static byte[] bytes(String text) {
    return text.getBytes(UTF_8);
  }

  static String first(Path directory) {
    StringBuilder printed = new StringBuilder();
    // example: first
    try (Store store = Store.open(directory)) {
      store.put("city".getBytes(UTF_8), "Uppsala".getBytes(UTF_8));
      byte[] city = store.get("city".getBytes(UTF_8)); // null if there is none
      printed.append(city == null ? "nowhere" : new String(city, UTF_8));
      store.delete("city".getBytes(UTF_8));
    }
    // end
    return printed.toString();
  }

  static String batch(Path directory) {
    try (Store store = Store.open(directory)) {
      // example: batch
      WriteBatch batch = new WriteBatch();
      batch.put(Slice.of("account:1"), Slice.of("70"));
      batch.put(Slice.of("account:2"), Slice.of("130"));
      batch.delete(Slice.of("transfer:17"));
      store.write(batch); // all of it, or nothing
      // end
      byte[] second = store.get(bytes("account:2"));
      return second == null ? "" : new String(second, UTF_8);
    }
  }

  static String scan(Path directory) {
    StringBuilder lines = new StringBuilder();
    try (Store store = Store.open(directory)) {
      for (String day : new String[] {"2026-01-01", "2026-01-02", "2026-02-01"}) {
        store.put(bytes(day), bytes("note of " + day));
      }
      // example: scan
      try (Scan january = store.scan("2026-01".getBytes(UTF_8), "2026-02".getBytes(UTF_8))) {
        while (january.next()) {
          lines.append(january.key().toUtf8()).append(": ").append(january.value().toUtf8());
          lines.append('\n');
        }
      }
      // end
    }
    return lines.toString();
  }

  static String snapshot(Path directory) {
    String answer;
    try (Store store = Store.open(directory)) {
      store.put(bytes("price"), bytes("10"));
      // example: snapshot
      try (StoreSnapshot before = store.snapshot()) {
        store.put("price".getBytes(UTF_8), "12".getBytes(UTF_8));
        byte[] then = before.get("price".getBytes(UTF_8)); // still 10
        answer = then == null ? "" : new String(then, UTF_8);
      }
      // end
      return answer;
    }
  }

  static String expiry(Path directory) {
    try (Store store = Store.open(directory)) {
      // example: expiry
      store.put("session:4711".getBytes(UTF_8), "Ada".getBytes(UTF_8), Duration.ofMinutes(30));
      // end
      byte[] session = store.get(bytes("session:4711"));
      return session == null ? "" : new String(session, UTF_8);
    }
  }

  static String checkpoint(Path directory) {
    Path copy = directory.resolveSibling(directory.getFileName() + "-copy");
    // example: checkpoint
    try (Store store = Store.open(directory)) {
      store.put("k".getBytes(UTF_8), "v".getBytes(UTF_8));
      store.checkpoint(copy); // hard links: takes no time and no room, and opens as a store
    }
    // end
    try (Store opened = Store.open(copy)) {
      byte[] value = opened.get(bytes("k"));
      return value == null ? "" : new String(value, UTF_8);
    }
  }

  static String bulk(Path directory) {
    // example: bulk
    EngineOptions options =
        EngineOptions.builder()
            .syncPolicy(
                SyncPolicy.NEVER) // the operating system decides when to write to the disk …
            .memtableBytes(128L << 20)
            .build();
    try (Store store = Store.open(directory, options)) {
      WriteBatch batch = new WriteBatch();
      for (int i = 0; i < 100_000; i++) {
        batch.put(Slice.of("key:" + i), Slice.of("value " + i));
        if (batch.count() == 1_000) {
          store.write(batch);
          batch.clear();
        }
      }
      store.sync(); // … until it is told to
      EngineStats stats = store.stats();
      System.out.println(stats.memtableEntries() + " entries wait for their flush");
    }
    // end
    try (Store store = Store.open(directory)) {
      byte[] value = store.get(bytes("key:99999"));
      return value == null ? "" : new String(value, UTF_8);
    }
  }
}
