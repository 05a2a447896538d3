package io.varve.server.keyspace;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

/// What an execution did to the counts stays right however many commands it has.
class ChangeJournalTest {

  @Test
  void aJournalGrowsWithItsMarks() {
    ChangeJournal journal = new ChangeJournal();
    for (int i = 0; i < 100; i++) {
      journal.mark();
      journal.addKeys(1, 1);
      journal.mark();
      journal.removeDeadline(1);
      journal.mark();
      journal.addDeadline(1, 1000 + i);
    }
    assertEquals(100, journal.keyDeltaOf(1));
    long deadlines = 0;
    for (int entry = 0; entry < journal.size(); entry++) {
      deadlines += journal.deadlineDelta(entry);
    }
    assertEquals(0, deadlines);
  }
}
