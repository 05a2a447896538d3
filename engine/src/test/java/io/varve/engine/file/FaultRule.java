package io.varve.engine.file;

import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Predicate;

/// When and how an operation on a file goes wrong.
///
/// ```
/// FaultRule.on(FileOperation.SYNC).files(".wal").nth(3).fail("Input/output error")
/// ```
///
/// Counts the operations that match it. Thread-safe.
public final class FaultRule {

  /// What happens to the operation.
  public sealed interface Effect {
    /// Nothing is done and the operating system gives an error.
    record Fail(String message) implements Effect {}

    /// A sync fails and the pages are lost: a later sync would succeed without them.
    record FailAndLose(String message) implements Effect {}

    /// A write stops after some bytes, with an error.
    record PartialWrite(int bytes, String message) implements Effect {}

    /// A read brings fewer bytes than there are.
    record ShortRead(int bytes) implements Effect {}

    /// The operation happens after this, which may wait or move a clock.
    record Delay(Runnable pause) implements Effect {}
  }

  private final FileOperation operation;
  private final Predicate<String> files;
  private final long first;
  private final long last;
  private final Effect effect;
  private final AtomicLong seen = new AtomicLong();

  private FaultRule(
      FileOperation operation, Predicate<String> files, long first, long last, Effect effect) {
    this.operation = operation;
    this.files = files;
    this.first = first;
    this.last = last;
    this.effect = effect;
  }

  public static Draft on(FileOperation operation) {
    return new Draft(operation, _ -> true, 1, Long.MAX_VALUE);
  }

  /// A rule that has no effect yet: by default each operation on each file.
  public record Draft(FileOperation operation, Predicate<String> matching, long first, long last) {

    /// Files whose name ends so.
    public Draft files(String suffix) {
      return new Draft(operation, name -> name.endsWith(suffix), first, last);
    }

    /// The n-th matching operation only, from 1.
    public Draft nth(long n) {
      return new Draft(operation, matching, n, n);
    }

    /// The n-th matching operation and all after it.
    public Draft from(long n) {
      return new Draft(operation, matching, n, Long.MAX_VALUE);
    }

    public FaultRule fail(String message) {
      return with(new Effect.Fail(message));
    }

    public FaultRule failAndLose(String message) {
      return with(new Effect.FailAndLose(message));
    }

    public FaultRule noSpace() {
      return fail("No space left on device");
    }

    public FaultRule partialWrite(int bytes, String message) {
      return with(new Effect.PartialWrite(bytes, message));
    }

    public FaultRule shortRead(int bytes) {
      return with(new Effect.ShortRead(bytes));
    }

    public FaultRule delay(Runnable pause) {
      return with(new Effect.Delay(pause));
    }

    private FaultRule with(Effect effect) {
      return new FaultRule(operation, matching, first, last, effect);
    }
  }

  /// Operations that matched, whether or not it was their turn.
  public long seen() {
    return seen.get();
  }

  /// Counts an operation, and says whether it is its turn.
  boolean strikes(FileOperation candidate, String file) {
    if (candidate != operation || !files.test(file)) {
      return false;
    }
    long n = seen.incrementAndGet();
    return n >= first && n <= last;
  }

  Effect effect() {
    return effect;
  }
}
