package io.varve.bench.contest;

/// A store that is measured. One writer at a time, any number of readers, each on a thread of its own.
interface Contender extends AutoCloseable {

  /// The writing side. One thread at a time.
  interface Writer {

    /// Returns when the log has the write: in the hands of the operating system, or on the disk if the
    /// store was opened with synced writes. Waits when the store cannot keep up.
    void put(Key key, Value value);

    /// Deletes the keys from `start` to before `end`.
    void deleteRange(Key start, Key end);
  }

  /// The reading side of one thread.
  interface Reader extends AutoCloseable {

    /// Looks a key up and copies its value.
    ///
    /// @return bytes of the value, or -1 if there is none
    int get(Key key, Value into);

    /// Makes an iterator, seeks the first key that is not less than `key`, and looks at the key and the
    /// value of as many entries as are asked for.
    ///
    /// @param limit at least 1
    /// @return entries seen
    int scan(Key key, int limit);

    /// Blocks that this reader had to read from files so far.
    BlockReads blockReads();

    @Override
    void close();
  }

  /// Blocks that the block cache did not hold, by what they were for.
  record BlockReads(long data, long index, long filter) {

    static final BlockReads NONE = new BlockReads(0, 0, 0);

    long all() {
      return data + index + filter;
    }

    BlockReads plus(BlockReads other) {
      return new BlockReads(data + other.data, index + other.index, filter + other.filter);
    }

    BlockReads minus(BlockReads other) {
      return new BlockReads(data - other.data, index - other.index, filter - other.filter);
    }
  }

  /// What a store has done since it was opened, and its shape now.
  ///
  /// @param flushBytes bytes of tables that flushes wrote
  /// @param mergeBytes bytes of tables that merges wrote
  /// @param logBytes bytes written to the log
  /// @param tableBytes bytes of the tables that are live
  /// @param runs sorted runs: the most that a point read may have to ask
  record Figures(long flushBytes, long mergeBytes, long logBytes, long tableBytes, int runs) {}

  Writer writer();

  /// For the thread that calls.
  Reader newReader();

  Figures figures();

  /// Flushes the memtable and waits until nothing is left to merge. Nobody may write meanwhile.
  void settle();

  /// Merges everything into one run. Nobody may write meanwhile.
  void compactAll();

  /// Whether [Writer#deleteRange(Key, Key)] works.
  boolean canDeleteRanges();

  @Override
  void close();
}
