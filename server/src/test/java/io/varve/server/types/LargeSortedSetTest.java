package io.varve.server.types;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.varve.engine.Engine;
import io.varve.engine.EngineOptions;
import io.varve.engine.ReadView;
import io.varve.engine.bytes.Slice;
import io.varve.engine.iterator.ReadContext;
import io.varve.engine.wal.CommitMode;
import io.varve.engine.wal.SyncPolicy;
import io.varve.server.keyspace.Database;
import io.varve.server.keyspace.KeyEntry;
import io.varve.server.keyspace.Keyspace;
import io.varve.server.keyspace.KeyspaceAccess;
import io.varve.server.keyspace.KeyspaceOptions;
import java.nio.file.Path;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What large sorted sets cost, in seeks and steps of walks and writes looked through: a member more costs as much in a large set as
/// in a small one, and the thousandth change of a transaction as much as the first.
class LargeSortedSetTest {

  private static final Slice KEY = Slice.of("key");

  @TempDir private Path directory;
  private final SplittableRandom random = new SplittableRandom(7);
  private Engine engine;
  private Keyspace keyspace;
  private KeyspaceAccess access;
  private int members;

  @BeforeEach
  void open() {
    engine =
        Engine.open(
            directory,
            EngineOptions.builder()
                .syncPolicy(SyncPolicy.NEVER)
                .commitMode(CommitMode.INLINE)
                .reserveBytes(0)
                .build());
    keyspace = new Keyspace(engine, KeyspaceOptions.DEFAULTS);
    access = keyspace.newWriterAccess();
  }

  @AfterEach
  void close() {
    keyspace.close();
    engine.close();
  }

  @Test
  void aMemberMoreCostsNoMoreInALargeSetThanInASmallOne() {
    execute(db -> add(db, 1_000));
    long small = movesOfSingleAdds(500);
    execute(db -> add(db, 60_000));
    long large = movesOfSingleAdds(500);
    // A split of a leaf of 256 each 128 members; little more is left where the nodes are known by
    // name.
    assertTrue(small <= 500 * 8, "500 adds to 1,000 members: " + small + " moves");
    assertTrue(large <= 500 * 8, "500 adds to 60,000 members: " + large + " moves");
  }

  @Test
  void aTransactionOfManyAddsCostsEachOfThemNoMoreThanTheFirst() {
    execute(db -> add(db, 5_000));
    long[] moves = new long[1];
    execute(
        db -> {
          long before = moves(db);
          for (int i = 0; i < 5_000; i++) {
            add(db, 1);
          }
          moves[0] = moves(db) - before;
          assertEquals(10_000, set(db).size());
          try (RankWalk walk = set(db).walk()) {
            walk.seekRank(9_999);
            assertTrue(walk.isValid());
            assertEquals(9_999, set(db).countBefore(walk.key().copy()));
          }
        });
    // Five writes each are looked through once, and some splits walk.
    assertTrue(moves[0] <= 5_000 * 12, "5,000 adds: " + moves[0] + " moves");
  }

  @Test
  void aRehearsalLeavesNoHintsThatWouldSendTheCommandLoopAnotherWay() {
    KeyspaceAccess rehearsing = keyspace.newReaderAccess();
    ReadContext context = new ReadContext();
    try (ReadView view = engine.acquireView()) {
      rehearsing.begin(view, engine.lastSequence(), context, true, 1_800_000_000_000L);
      Database db = rehearsing.select(0);
      add(db, 5_000);
      KeyEntry entry = new KeyEntry();
      assertTrue(db.find(KEY, entry));
      assertNull(db.elements(entry.objectId()).findHint(Slice.of(new byte[] {3, 1, -1}), 2));
      rehearsing.abort();
    } finally {
      context.releasePins();
    }
    execute(db -> add(db, 5_000));
    execute(
        db -> {
          KeyEntry entry = new KeyEntry();
          assertTrue(db.find(KEY, entry));
          assertNotNull(db.elements(entry.objectId()).findHint(Slice.of(new byte[] {3, 1, -1}), 2));
          add(db, 1);
        });
  }

  private long movesOfSingleAdds(int count) {
    long[] sum = new long[1];
    for (int i = 0; i < count; i++) {
      execute(
          db -> {
            long before = moves(db);
            add(db, 1);
            sum[0] += moves(db) - before;
          });
    }
    return sum[0];
  }

  private void add(Database db, int count) {
    SortedSet old = SortedSet.findForWrite(db, KEY);
    SortedSet set = old == null ? SortedSet.create(db, KEY) : old;
    for (int i = 0; i < count; i++) {
      set.put(Slice.of("member:" + members++), Double.NaN, random.nextInt(1_000_000));
    }
    set.save();
  }

  private static SortedSet set(Database db) {
    SortedSet set = SortedSet.find(db, KEY);
    if (set == null) {
      throw new AssertionError("the set is gone");
    }
    return set;
  }

  private static long moves(Database db) {
    KeyEntry entry = new KeyEntry();
    assertTrue(db.find(KEY, entry));
    return db.elements(entry.objectId()).walkMoves();
  }

  private void execute(Consumer<Database> work) {
    ReadContext context = new ReadContext();
    try (ReadView view = engine.acquireView()) {
      access.begin(view, engine.lastSequence(), context, true, 1_800_000_000_000L);
      work.accept(access.select(0));
      engine.write(access.batch());
      access.commit();
    } finally {
      context.releasePins();
    }
  }
}
