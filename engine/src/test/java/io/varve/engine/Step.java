package io.varve.engine;

import io.varve.engine.SubjectStore.Change;
import io.varve.engine.SubjectStore.Disturbance;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/// One step of a [MetamorphicTest], drawn by lot and the same for every store it is done on.
sealed interface Step {

  int KEYS = 400;
  int SNAPSHOTS = 4;

  /// Does the step; the answer is empty if it has none.
  String on(SubjectStore store);

  record Write(List<Change> changes) implements Step {
    @Override
    public String on(SubjectStore store) {
      store.write(changes);
      return "";
    }
  }

  record Pass(long millis) implements Step {
    @Override
    public String on(SubjectStore store) {
      store.pass(millis);
      return "";
    }
  }

  record TakeSnapshot(int name) implements Step {
    @Override
    public String on(SubjectStore store) {
      store.takeSnapshot(name);
      return "";
    }
  }

  record DropSnapshot(int name) implements Step {
    @Override
    public String on(SubjectStore store) {
      store.dropSnapshot(name);
      return "";
    }
  }

  record Get(int snapshot, String key) implements Step {
    @Override
    public String on(SubjectStore store) {
      return store.get(snapshot, key);
    }
  }

  record ScanUp(int snapshot, String from, String to, int limit) implements Step {
    @Override
    public String on(SubjectStore store) {
      return store.scan(snapshot, from, to, limit);
    }
  }

  record ScanDown(int snapshot, String from, String to, int limit) implements Step {
    @Override
    public String on(SubjectStore store) {
      return store.scanDescending(snapshot, from, to, limit);
    }
  }

  record Disturb(Disturbance disturbance) implements Step {
    @Override
    public String on(SubjectStore store) {
      store.disturb(disturbance);
      return "";
    }
  }

  /// So many steps by lot. Ends with a look at everything.
  static List<Step> history(SplittableRandom random, int steps) {
    List<Step> history = new ArrayList<>();
    long[] nowMillis = {RealStore.START_MILLIS};
    while (history.size() < steps) {
      history.add(draw(random, nowMillis));
    }
    history.add(new ScanUp(-1, "", "~", Integer.MAX_VALUE));
    history.add(new ScanDown(-1, "", "~", Integer.MAX_VALUE));
    return history;
  }

  private static Step draw(SplittableRandom random, long[] nowMillis) {
    int lot = random.nextInt(1000);
    if (lot < 450) {
      return new Write(changes(random, nowMillis[0]));
    }
    if (lot < 700) {
      return new Get(snapshot(random), key(random));
    }
    if (lot < 800) {
      return new ScanUp(snapshot(random), key(random), key(random), 1 + random.nextInt(50));
    }
    if (lot < 900) {
      return new ScanDown(snapshot(random), key(random), key(random), 1 + random.nextInt(50));
    }
    if (lot < 930) {
      return new TakeSnapshot(random.nextInt(SNAPSHOTS));
    }
    if (lot < 950) {
      return new DropSnapshot(random.nextInt(SNAPSHOTS));
    }
    if (lot < 970) {
      long millis = random.nextInt(2_000);
      nowMillis[0] += millis;
      return new Pass(millis);
    }
    if (lot < 990) {
      return new Disturb(random.nextBoolean() ? Disturbance.SEAL : Disturbance.FLUSH);
    }
    Disturbance[] all = Disturbance.values();
    return new Disturb(all[random.nextInt(all.length)]);
  }

  private static List<Change> changes(SplittableRandom random, long nowMillis) {
    int count = random.nextInt(4) == 0 ? 1 + random.nextInt(60) : 1;
    List<Change> changes = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      int lot = random.nextInt(10);
      String value = "v" + random.nextInt(1 << 20);
      if (lot == 9) {
        value = value.repeat(1 + random.nextInt(700));
      }
      if (random.nextInt(20) == 0) {
        String from = key(random);
        // Mostly a few keys, now and then half of them.
        String to = random.nextInt(10) == 0 ? "key9" : from + "5";
        if (from.compareTo(to) < 0) {
          changes.add(new Change(from, null, 0, to));
        }
      } else if (lot < 2) {
        changes.add(new Change(key(random), null, 0));
      } else if (lot < 4) {
        changes.add(new Change(key(random), value, nowMillis + 1 + random.nextInt(20_000)));
      } else {
        changes.add(new Change(key(random), value, 0));
      }
    }
    return changes;
  }

  private static int snapshot(SplittableRandom random) {
    return random.nextInt(3) == 0 ? random.nextInt(SNAPSHOTS) : -1;
  }

  private static String key(SplittableRandom random) {
    return "key" + random.nextInt(KEYS);
  }
}
