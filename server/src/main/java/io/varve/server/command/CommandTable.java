package io.varve.server.command;

import io.varve.engine.bytes.Slice;
import io.varve.protocol.RequestBatch;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/// Every command and sub-command, found by the bytes of its name in whatever case.
///
/// Each has a number, its index in [#all()], by which counters and queued requests refer to it.
/// Immutable and shared by all threads. A lookup folds the name into three words while it reads it
/// and probes an open-addressing table that is mostly empty; a match is exact, as the words hold the
/// whole name.
public final class CommandTable {

  /// Of a name that no command has.
  public static final int UNKNOWN = -1;

  /// Label of a request that asks for command 0; that of [#UNKNOWN] must not be 0 either.
  private static final int LABEL_OF_FIRST = 2;

  /// Bytes of the longest name that fits the three words.
  static final int NAME_BYTES_MAX = 24;

  /// Set in [#bits(int)] beside the flags: executed at once although the session is in MULTI.
  static final long RUNS_IN_MULTI = 1L << 60;

  /// Set in [#bits(int)]: has effects on the keyspace, or runs commands that do.
  static final long HAS_EFFECTS = 1L << 61;

  /// Set in [#bits(int)]: reads no keyspace and changes nothing, so any thread may answer it.
  static final long ANSWERS_ANYWHERE = 1L << 62;

  /// Set in [#bits(int)]: the second argument names a sub-command.
  static final long IS_CONTAINER = 1L << 59;

  /// Set in [#bits(int)]: allowed to a RESP2 client that has subscribed.
  static final long MAY_BE_SUBSCRIBED = 1L << 57;

  /// Set in [#bits(int)]: its replies are pushes, which CLIENT REPLY does not hold back.
  static final long ANSWERS_BY_PUSH = 1L << 56;

  /// Set in [#bits(int)]: runs commands of a script, which MONITOR shows behind it.
  static final long SHOWN_FIRST = 1L << 55;

  /// Set in [#bits(int)]: waits for the disk by its nature; a run on a thread that may wait counts.
  static final long WAITS = 1L << 58;

  /// Set in [#bits(int)]: runs a program of the client, for who knows how long.
  static final long RUNS_SCRIPTS = 1L << 54;

  /// Set in [#bits(int)]: runs a program that may write.
  static final long MAY_WRITE = 1L << 53;

  /// Set in [#bits(int)]: takes little time whatever it finds, and never waits.
  static final long QUICK = 1L << 52;

  private static final ValueLayout.OfByte BYTE = ValueLayout.JAVA_BYTE;
  private static final Set<String> RUN_IN_MULTI =
      Set.of("exec", "discard", "multi", "watch", "quit", "reset");
  private static final Set<String> QUICK_ALTHOUGH_NOT_FAST =
      Set.of("set", "setex", "psetex", "getset", "mset", "msetnx", "del", "setbit");
  private static final Set<String> RUN_SCRIPTS =
      Set.of("eval", "evalsha", "eval_ro", "evalsha_ro", "fcall", "fcall_ro");
  private static final Set<String> HAVE_EFFECTS =
      Set.of("eval", "evalsha", "fcall", "exec", "discard", "watch", "unwatch", "reset");
  private static final Set<String> WAIT = Set.of("save", "waitaof");
  private static final Set<String> PUSH =
      Set.of(
          "subscribe", "unsubscribe", "psubscribe", "punsubscribe", "ssubscribe", "sunsubscribe");
  private static final Set<String> BESIDE_SUBSCRIPTIONS = Set.of("ping", "quit", "reset");
  private static final Set<String> ANSWER_ANYWHERE = Set.of("ping", "echo", "time");

  private final List<Command> all;
  private final Command[] byNumber;
  private final long[] bits;
  private final int[] arity;
  private final int topLevelCount;

  /// Per slot three words of the name, then the container's number + 1 and the length, then the
  /// number.
  private final long[] slots;

  private final int slotMask;

  private static final int SLOT_LONGS = 5;

  /// @param commands all top-level commands; their sub-commands follow from them
  public CommandTable(List<Command> commands) {
    List<Command> list = new ArrayList<>(commands);
    topLevelCount = commands.size();
    for (Command command : commands) {
      list.addAll(command.subcommands());
    }
    all = List.copyOf(list);
    byNumber = all.toArray(new Command[0]);
    bits = new long[byNumber.length];
    arity = new int[byNumber.length];
    int capacity = Integer.highestOneBit(Math.max(16, byNumber.length * 4 - 1)) << 1;
    slots = new long[capacity * SLOT_LONGS];
    slotMask = capacity - 1;
    for (int slot = 0; slot < capacity; slot++) {
      slots[slot * SLOT_LONGS + 4] = UNKNOWN;
    }
    int subcommand = topLevelCount;
    for (int number = 0; number < topLevelCount; number++) {
      add(number, UNKNOWN);
      for (int i = 0; i < byNumber[number].subcommands().size(); i++) {
        add(subcommand++, number);
      }
    }
  }

  /// All commands, then all sub-commands; the index of one is its number.
  public List<Command> all() {
    return all;
  }

  /// The commands that are no sub-commands.
  public List<Command> topLevel() {
    return all.subList(0, topLevelCount);
  }

  public int size() {
    return byNumber.length;
  }

  public Command get(int number) {
    return byNumber[number];
  }

  /// Number of a top-level command, or [#UNKNOWN].
  public int find(MemorySegment segment, long offset, int length) {
    return find(UNKNOWN, segment, offset, length);
  }

  /// Number of a sub-command, or [#UNKNOWN].
  ///
  /// @param container number of its container; [#UNKNOWN] to look among top-level commands
  public int find(int container, MemorySegment segment, long offset, int length) {
    if (length > NAME_BYTES_MAX) {
      return UNKNOWN;
    }
    long word0 = word(segment, offset, Math.min(length, 8));
    long word1 = length > 8 ? word(segment, offset + 8, Math.min(length - 8, 8)) : 0;
    long word2 = length > 16 ? word(segment, offset + 16, length - 16) : 0;
    long[] table = slots;
    long owner = owner(container, length);
    int slot = slot(word0, word1, word2, owner);
    while (true) {
      int at = slot * SLOT_LONGS;
      int number = (int) table[at + 4];
      if (number == UNKNOWN
          || (table[at] == word0
              && table[at + 1] == word1
              && table[at + 2] == word2
              && table[at + 3] == owner)) {
        return number;
      }
      slot = (slot + 1) & slotMask;
    }
  }

  /// Number of the command with a name like `get` or `config|get` in any case, or [#UNKNOWN].
  public int find(String name) {
    int bar = name.indexOf('|');
    int number = findPlain(UNKNOWN, bar < 0 ? name : name.substring(0, bar));
    return bar < 0 || number == UNKNOWN ? number : findPlain(number, name.substring(bar + 1));
  }

  /// [#find(Arguments)] of a request in a batch, which is labelled with the answer.
  int find(RequestBatch batch, int request) {
    int label = batch.label(request);
    if (label == 0) {
      label = search(batch, request) + LABEL_OF_FIRST;
      batch.label(request, label);
    }
    return label - LABEL_OF_FIRST;
  }

  private int search(RequestBatch batch, int request) {
    MemorySegment segment = batch.segment();
    int number = find(UNKNOWN, segment, batch.argOffset(request, 0), batch.argLength(request, 0));
    if (number == UNKNOWN || (bits[number] & IS_CONTAINER) == 0 || batch.argCount(request) == 1) {
      return number;
    }
    int subcommand =
        find(number, segment, batch.argOffset(request, 1), batch.argLength(request, 1));
    return subcommand == UNKNOWN ? number : subcommand;
  }

  /// Number of the command that a request asks for; of a container without such a sub-command, or
  /// without any named, the container's. [#UNKNOWN] if there is no such command at all.
  int find(Arguments args) {
    return find(args.batch(), args.request());
  }

  /// Flags of a command as a set of bits, see [#bit(CommandFlag)] and the constants here.
  long bits(int number) {
    return bits[number];
  }

  /// Whether a request may have this many arguments.
  public boolean acceptsCount(int number, int count) {
    int wanted = arity[number];
    return wanted >= 0 ? count == wanted : count >= -wanted;
  }

  static long bit(CommandFlag flag) {
    return 1L << flag.ordinal();
  }

  private void add(int number, int container) {
    Command command = byNumber[number];
    arity[number] = command.arity();
    bits[number] = bitsOf(command);
    Slice name = Slice.of(command.name());
    if (name.length() > NAME_BYTES_MAX
        || find(container, name.segment(), 0, name.length()) != UNKNOWN) {
      throw new IllegalStateException(
          "command " + command.fullName() + " is there twice or too long");
    }
    long word0 = word(name.segment(), 0, Math.min(name.length(), 8));
    long word1 = name.length() > 8 ? word(name.segment(), 8, Math.min(name.length() - 8, 8)) : 0;
    long word2 = name.length() > 16 ? word(name.segment(), 16, name.length() - 16) : 0;
    long owner = owner(container, name.length());
    int slot = slot(word0, word1, word2, owner);
    while (slots[slot * SLOT_LONGS + 4] != UNKNOWN) {
      slot = (slot + 1) & slotMask;
    }
    int at = slot * SLOT_LONGS;
    slots[at] = word0;
    slots[at + 1] = word1;
    slots[at + 2] = word2;
    slots[at + 3] = owner;
    slots[at + 4] = number;
  }

  private int findPlain(int container, String name) {
    byte[] bytes = name.getBytes(StandardCharsets.UTF_8);
    return find(container, MemorySegment.ofArray(bytes), 0, bytes.length);
  }

  private int slot(long word0, long word1, long word2, long owner) {
    long mixed = (word0 ^ (word1 * 31) ^ (word2 * 961) ^ (owner << 40)) * 0x9E3779B97F4A7C15L;
    return (int) (mixed >>> 40) & slotMask;
  }

  /// Up to eight bytes with the letters in lower case.
  private static long word(MemorySegment segment, long offset, int length) {
    long word = 0;
    for (int i = 0; i < length; i++) {
      int b = segment.get(BYTE, offset + i);
      if (b >= 'A' && b <= 'Z') {
        b += 'a' - 'A';
      }
      word = word << 8 | (b & 0xff);
    }
    return word;
  }

  private static long owner(int container, int length) {
    return (long) (container + 1) << 8 | length;
  }

  private static long bitsOf(Command command) {
    long set = 0;
    for (CommandFlag flag : command.flags()) {
      set |= bit(flag);
    }
    if (!command.subcommands().isEmpty()) {
      set |= IS_CONTAINER;
    }
    if (command.container().isEmpty()) {
      set |= RUN_IN_MULTI.contains(command.name()) ? RUNS_IN_MULTI : 0;
      set |= HAVE_EFFECTS.contains(command.name()) ? HAS_EFFECTS : 0;
      set |= ANSWER_ANYWHERE.contains(command.name()) ? ANSWERS_ANYWHERE : 0;
      set |= WAIT.contains(command.name()) ? WAITS : 0;
      boolean quick =
          command.is(CommandFlag.FAST) || QUICK_ALTHOUGH_NOT_FAST.contains(command.name());
      set |= quick && !command.is(CommandFlag.BLOCKING) ? QUICK : 0;
      set |= RUN_SCRIPTS.contains(command.name()) ? SHOWN_FIRST | RUNS_SCRIPTS : 0;
      set |=
          RUN_SCRIPTS.contains(command.name()) && !command.is(CommandFlag.READONLY) ? MAY_WRITE : 0;
      set |= PUSH.contains(command.name()) ? ANSWERS_BY_PUSH | MAY_BE_SUBSCRIBED : 0;
      set |= BESIDE_SUBSCRIPTIONS.contains(command.name()) ? MAY_BE_SUBSCRIBED : 0;
    }
    if (command.container().equals("debug")
        && (command.name().equals("reload") || command.name().equals("loadaof"))) {
      set |= WAITS;
    }
    if (command.is(CommandFlag.WRITE) || command.is(CommandFlag.MAY_REPLICATE)) {
      set |= HAS_EFFECTS;
    }
    return set;
  }
}
