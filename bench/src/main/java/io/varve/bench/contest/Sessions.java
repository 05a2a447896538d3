package io.varve.bench.contest;

import io.varve.bench.contest.Contender.BlockReads;
import io.varve.bench.contest.Contender.Reader;
import io.varve.bench.contest.Contender.Writer;
import io.varve.bench.contest.Load.Session;
import java.util.SplittableRandom;
import java.util.function.LongUnaryOperator;

/// The kinds of operations that rows are made of.
final class Sessions {

  private final Setup setup;

  Sessions(Setup setup) {
    this.setup = setup;
  }

  /// Draws a key, a number from 0 to below the number of keys, for each operation.
  LongUnaryOperator uniform(long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    long keys = setup.keys();
    return _ -> random.nextLong(keys);
  }

  /// Puts.
  ///
  /// @param numbers key by operation
  /// @param version of the values
  Session put(Writer writer, LongUnaryOperator numbers, long version) {
    Key key = new Key(setup.keyBytes());
    Value value = new Value(setup.valueBytes(), setup.randomPart());
    return new WriteSession() {
      @Override
      public boolean operate(long index) {
        long number = numbers.applyAsLong(index);
        writer.put(key.setStored(number), value.set(number, version + index));
        return true;
      }
    };
  }

  /// Looks keys up that are there.
  Session getStored(Reader reader, LongUnaryOperator numbers) {
    Key key = new Key(setup.keyBytes());
    Value value = new Value(setup.valueBytes(), setup.randomPart());
    return new ReadSession(reader) {
      @Override
      public boolean operate(long index) {
        long number = numbers.applyAsLong(index);
        return reader.get(key.setStored(number), value) == value.bytes() && value.isOf(number);
      }
    };
  }

  /// Looks keys up that lie between those that are there.
  Session getMissing(Reader reader, LongUnaryOperator numbers) {
    Key key = new Key(setup.keyBytes());
    Value value = new Value(setup.valueBytes(), setup.randomPart());
    return new ReadSession(reader) {
      @Override
      public boolean operate(long index) {
        return reader.get(key.setMissing(numbers.applyAsLong(index)), value) < 0;
      }
    };
  }

  /// Walks entries from a key on; those from too near the end come from the beginning.
  ///
  /// @param limit entries of a walk
  Session scan(Reader reader, LongUnaryOperator numbers, int limit) {
    Key key = new Key(setup.keyBytes());
    long starts = Math.max(1, setup.keys() - limit + 1);
    int expected = (int) Math.min(limit, setup.keys());
    return new ReadSession(reader) {
      @Override
      public boolean operate(long index) {
        key.setStored(numbers.applyAsLong(index) % starts);
        return reader.scan(key, limit) == expected;
      }
    };
  }

  /// Deletes ranges of some keys each, one after the other.
  Session deleteRange(Writer writer, long keysPerRange) {
    Key start = new Key(setup.keyBytes());
    Key end = new Key(setup.keyBytes());
    return new WriteSession() {
      @Override
      public boolean operate(long index) {
        start.setStored(index * keysPerRange);
        end.setStored((index + 1) * keysPerRange);
        writer.deleteRange(start, end);
        return true;
      }
    };
  }

  private abstract static class WriteSession implements Session {
    @Override
    public BlockReads blockReads() {
      return BlockReads.NONE;
    }

    @Override
    public void close() {}
  }

  private abstract static class ReadSession implements Session {
    private final Reader reader;

    ReadSession(Reader reader) {
      this.reader = reader;
    }

    @Override
    public BlockReads blockReads() {
      return reader.blockReads();
    }

    @Override
    public void close() {
      reader.close();
    }
  }
}
