package io.varve.bench;

import io.varve.bench.figures.Target;
import io.varve.engine.Engine;
import io.varve.engine.EngineOptions;
import io.varve.engine.ReadView;
import io.varve.engine.iterator.KeyValueIterator;
import io.varve.engine.iterator.ReadContext;
import io.varve.protocol.Reply;
import io.varve.protocol.RespClient;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.HdrHistogram.Histogram;

/// Walks consecutive keys: with SCAN over the wire, and with the engine's own iterator.
final class Scans {

  private static final String PER_CALL = "1000";

  private Scans() {}

  /// SCAN from the beginning until that many keys have come.
  static PhaseResult overTheWire(Target target, long keys) throws IOException {
    Long readIosBefore = target.findFigure("read_ios");
    Histogram roundTrips = Traffic.newHistogram();
    long passed = 0;
    long start = System.nanoTime();
    try (RespClient client = target.connect()) {
      String cursor = "0";
      do {
        long sent = System.nanoTime();
        List<Reply> reply = client.call("SCAN", cursor, "COUNT", PER_CALL).asList();
        roundTrips.recordValue(System.nanoTime() - sent);
        cursor = reply.get(0).asText();
        passed += reply.get(1).asList().size();
      } while (passed < keys && !cursor.equals("0"));
    }
    long nanos = System.nanoTime() - start;
    Long readIos = target.findFigure("read_ios");
    return PhaseResult.of(
        "scan, SCAN COUNT " + PER_CALL,
        passed,
        nanos,
        0,
        roundTrips,
        readIosBefore == null || readIos == null ? null : readIos - readIosBefore);
  }

  /// Opens a store that no server has open any more and walks it twice: the second time with what the
  /// first has left in the block cache.
  static List<PhaseResult> inProcess(Path directory, long keys) {
    try (Engine engine = Engine.open(directory, EngineOptions.defaults())) {
      return List.of(
          walk(engine, "scan, iterator, nothing cached", keys),
          walk(engine, "scan, iterator, blocks cached", keys));
    }
  }

  private static PhaseResult walk(Engine engine, String phase, long keys) {
    Histogram steps = Traffic.newHistogram();
    ReadContext reads = new ReadContext();
    long passed = 0;
    long bytes = 0;
    long start = System.nanoTime();
    try (ReadView view = engine.acquireView();
        KeyValueIterator iterator = engine.iterator(view, engine.durableSequence(), reads)) {
      long stepStart = start;
      iterator.seekToFirst();
      while (passed < keys && iterator.isValid()) {
        bytes += iterator.key().length() + iterator.value().length();
        passed++;
        iterator.next();
        long now = System.nanoTime();
        steps.recordValue(now - stepStart);
        stepStart = now;
      }
    } finally {
      reads.releasePins();
    }
    long nanos = System.nanoTime() - start;
    long failures = bytes == 0 && passed > 0 ? 1 : 0;
    return PhaseResult.of(phase, passed, nanos, failures, steps, reads.readIos());
  }
}
