package io.varve.server.lua.value;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// A table: an array for the keys 1 to n, a chained hash table with Brent's variation for all others.
///
/// When parts grow, by how much, and what lies where follows the tables of Lua 5.1, because it shows: in
/// the order of `pairs` and in what `#` says of an array with holes. A node whose value is nil is
/// free for its own key only, until a rehash; so clearing fields while traversing is allowed.
@SuppressWarnings("ReferenceEquality") // Most objects are equal to themselves only.
public final class LuaTable implements Traced {

  private static final Object[] NOTHING = {};
  private static final int[] NO_LINKS = {};
  private static final int NONE = -1;
  private static final int ARRAY_BITS_MAX = 26;
  private static final int TABLE_BYTES = 96;
  private static final int ARRAY_SLOT_BYTES = 20;
  private static final int NODE_BYTES = 28;

  private final Meter meter;
  private Object[] array = NOTHING;
  private @Nullable Object[] keys = NOTHING;
  private Object[] values = NOTHING;
  private int[] next = NO_LINKS;
  private int lastFree;
  private @Nullable LuaTable metatable;
  private boolean readOnly;

  public LuaTable(Meter meter) {
    this(meter, 0, 0);
  }

  /// @param arraySize expected number of elements 1 to n
  /// @param hashSize expected number of others
  public LuaTable(Meter meter, int arraySize, int hashSize) {
    this.meter = meter;
    meter.charge(TABLE_BYTES);
    if (arraySize > 0) {
      growArray(arraySize);
    }
    if (hashSize > 0) {
      newNodes(hashSize);
    }
  }

  public @Nullable LuaTable metatable() {
    return metatable;
  }

  public void metatable(@Nullable LuaTable table) {
    metatable = table;
  }

  /// Whether programs may not change it.
  public boolean isReadOnly() {
    return readOnly;
  }

  public void makeReadOnly() {
    readOnly = true;
  }

  /// Copies the entries of another table into this one.
  public void putAll(LuaTable other) {
    for (int i = 0; i < other.array.length; i++) {
      if (other.array[i] != Nil.NIL) {
        set(i + 1, other.array[i]);
      }
    }
    for (int i = 0; i < other.keys.length; i++) {
      Object key = other.keys[i];
      if (key != null && other.values[i] != Nil.NIL) {
        set(key, other.values[i]);
      }
    }
  }

  // Reading, without metatables.

  public Object get(Object key) {
    if (key instanceof LuaString s) {
      return get(s);
    }
    if (key instanceof Double d) {
      double number = d;
      int index = (int) number;
      if (index == number) {
        return get(index);
      }
    }
    int node = findNode(key);
    return node == NONE ? Nil.NIL : values[node];
  }

  public Object get(LuaString key) {
    if (keys.length == 0) {
      return Nil.NIL;
    }
    int node = key.tableHash() & (keys.length - 1);
    do {
      Object there = keys[node];
      if (there == key || (there instanceof LuaString s && s.equals(key))) {
        return values[node];
      }
      node = next[node];
    } while (node != NONE);
    return Nil.NIL;
  }

  public Object get(int index) {
    // An unsigned comparison: zero and below wrap to the far end.
    if (Integer.compareUnsigned(index - 1, array.length) < 0) {
      return array[index - 1];
    }
    if (keys.length == 0) {
      return Nil.NIL;
    }
    int node = findNode((double) index);
    return node == NONE ? Nil.NIL : values[node];
  }

  public Object get(String key) {
    return get(LuaString.of(key));
  }

  /// A border: n with element n there and n + 1 not; 0 if there is no first element.
  public int length() {
    int high = array.length;
    if (high > 0 && array[high - 1] == Nil.NIL) {
      int low = 0;
      while (high - low > 1) {
        int middle = (low + high) >>> 1;
        if (array[middle - 1] == Nil.NIL) {
          high = middle;
        } else {
          low = middle;
        }
      }
      return low;
    }
    if (keys.length == 0) {
      return high;
    }
    int low = high;
    high++;
    while (get(high) != Nil.NIL) {
      low = high;
      if (high > Integer.MAX_VALUE / 2) {
        return low;
      }
      high *= 2;
    }
    while (high - low > 1) {
      int middle = (low + high) >>> 1;
      if (get(middle) == Nil.NIL) {
        high = middle;
      } else {
        low = middle;
      }
    }
    return low;
  }

  /// Position of the entry behind the one with this key, for [#keyAt(int)]; -1 at the end, -2 if there
  /// is no such key.
  ///
  /// @param key nil to begin
  public int nextPosition(Object key) {
    int position;
    if (key == Nil.NIL) {
      position = 0;
    } else {
      int index = key instanceof Double d ? arrayIndex(d) : 0;
      if (index >= 1 && index <= array.length) {
        position = index;
      } else {
        int node = findNode(key);
        if (node == NONE) {
          return -2;
        }
        position = array.length + node + 1;
      }
    }
    return firstFrom(position);
  }

  /// The first position from this one on that holds an entry, or -1.
  public int firstFrom(int position) {
    int at = position;
    for (; at < array.length; at++) {
      if (array[at] != Nil.NIL) {
        return at;
      }
    }
    for (int node = at - array.length; node < keys.length; node++) {
      if (keys[node] != null && values[node] != Nil.NIL) {
        return array.length + node;
      }
    }
    return NONE;
  }

  public Object keyAt(int position) {
    if (position < array.length) {
      return (double) (position + 1);
    }
    Object key = keys[position - array.length];
    return key == null ? Nil.NIL : key;
  }

  public Object valueAt(int position) {
    return position < array.length ? array[position] : values[position - array.length];
  }

  // Writing, without metatables and whether or not it is read-only.

  public void set(Object key, Object value) {
    if (key instanceof Double d) {
      int index = arrayIndex(d);
      if (index != 0) {
        set(index, value);
        return;
      }
    }
    int node = findNode(key);
    if (node == NONE) {
      insert(key, value);
    } else {
      values[node] = value;
    }
  }

  public void set(int index, Object value) {
    if (Integer.compareUnsigned(index - 1, array.length) < 0) {
      array[index - 1] = value;
      return;
    }
    Double key = (double) index;
    int node = findNode(key);
    if (node == NONE) {
      insert(key, value);
    } else {
      values[node] = value;
    }
  }

  public void set(String key, Object value) {
    set(LuaString.of(key), value);
  }

  /// Makes room for the elements 1 to n, as the constructor of a table does.
  public void reserveArray(int size) {
    if (size > array.length) {
      resize(size, keys.length);
    }
  }

  @Override
  public void trace(LiveBytes into) {
    into.addBytes(
        TABLE_BYTES + (long) array.length * ARRAY_SLOT_BYTES + (long) keys.length * NODE_BYTES);
    into.add(metatable);
    into.addAll(array);
    into.addAll(keys);
    into.addAll(values);
  }

  private int findNode(Object key) {
    if (keys.length == 0) {
      return NONE;
    }
    int node = mainPosition(key);
    do {
      Object there = keys[node];
      if (there != null && sameKey(there, key)) {
        return node;
      }
      node = next[node];
    } while (node != NONE);
    return NONE;
  }

  private static boolean sameKey(Object one, Object other) {
    if (one == other) {
      return true;
    }
    if (one instanceof LuaString s) {
      return s.equals(other);
    }
    // Zero and minus zero are the same key, so not equals.
    return one instanceof Double d && other instanceof Double e && (double) d == (double) e;
  }

  private int mainPosition(Object key) {
    int size = keys.length;
    return switch (key) {
      case LuaString s -> s.tableHash() & (size - 1);
      case Boolean b -> (b ? 1 : 0) & (size - 1);
      case Double d -> numberPosition(d, size);
      default -> Integer.remainderUnsigned(System.identityHashCode(key), (size - 1) | 1);
    };
  }

  private static int numberPosition(double number, int size) {
    if (number == 0) {
      return 0;
    }
    long bits = Double.doubleToRawLongBits(number);
    return Integer.remainderUnsigned((int) bits + (int) (bits >>> 32), (size - 1) | 1);
  }

  private void insert(Object key, Object value) {
    int at = keys.length == 0 ? NONE : mainPosition(key);
    if (at == NONE || values[at] != Nil.NIL) {
      int free = takeFree();
      if (free == NONE) {
        rehash(key);
        set(key, value);
        return;
      }
      Object occupant = keys[at];
      int other = occupant == null ? at : mainPosition(occupant);
      if (other != at) {
        // The occupant is a guest here: it moves, the new key gets its own place.
        while (next[other] != at) {
          other = next[other];
        }
        next[other] = free;
        keys[free] = keys[at];
        values[free] = values[at];
        next[free] = next[at];
        next[at] = NONE;
      } else {
        next[free] = next[at];
        next[at] = free;
        at = free;
      }
    }
    keys[at] = key;
    values[at] = value;
  }

  private int takeFree() {
    while (lastFree > 0) {
      lastFree--;
      if (keys[lastFree] == null) {
        return lastFree;
      }
    }
    return NONE;
  }

  private void rehash(Object extraKey) {
    int[] counts = new int[ARRAY_BITS_MAX + 1];
    int inArray = countArray(counts);
    int total = inArray;
    int candidates = inArray;
    for (int i = keys.length - 1; i >= 0; i--) {
      Object key = keys[i];
      if (key != null && values[i] != Nil.NIL) {
        candidates += countIndex(key, counts);
        total++;
      }
    }
    candidates += countIndex(extraKey, counts);
    total++;
    // The largest n of which more than half of 1 to n are in use.
    int size = 0;
    int used = 0;
    int below = 0;
    long power = 1;
    for (int i = 0; i <= ARRAY_BITS_MAX && power / 2 < candidates; i++, power *= 2) {
      if (counts[i] > 0) {
        below += counts[i];
        if (below > power / 2) {
          size = (int) power;
          used = below;
        }
      }
      if (below == candidates) {
        break;
      }
    }
    resize(size, total - used);
  }

  private int countArray(int[] counts) {
    int used = 0;
    int i = 1;
    int limit = 1;
    for (int slice = 0; slice <= ARRAY_BITS_MAX; slice++, limit *= 2) {
      int end = limit;
      if (end > array.length) {
        end = array.length;
        if (i > end) {
          break;
        }
      }
      for (; i <= end; i++) {
        if (array[i - 1] != Nil.NIL) {
          counts[slice]++;
          used++;
        }
      }
    }
    return used;
  }

  private static int countIndex(Object key, int[] counts) {
    int index = key instanceof Double d ? arrayIndex(d) : 0;
    if (index < 1 || index > 1 << ARRAY_BITS_MAX) {
      return 0;
    }
    counts[ceilingLog2(index)]++;
    return 1;
  }

  /// The number as a 32-bit integer, or 0 if it is none (or zero).
  private static int arrayIndex(double number) {
    int index = (int) number;
    return index == number ? index : 0;
  }

  private static int ceilingLog2(int number) {
    return number <= 1 ? 0 : 32 - Integer.numberOfLeadingZeros(number - 1);
  }

  private void resize(int arraySize, int hashSize) {
    Object[] oldArray = array;
    @Nullable Object[] oldKeys = keys;
    Object[] oldValues = values;
    if (arraySize > oldArray.length) {
      growArray(arraySize);
    }
    newNodes(hashSize);
    if (arraySize < oldArray.length) {
      array = Arrays.copyOf(oldArray, arraySize);
      for (int i = arraySize; i < oldArray.length; i++) {
        if (oldArray[i] != Nil.NIL) {
          set(i + 1, oldArray[i]);
        }
      }
    }
    for (int i = oldKeys.length - 1; i >= 0; i--) {
      Object key = oldKeys[i];
      if (key != null && oldValues[i] != Nil.NIL) {
        set(key, oldValues[i]);
      }
    }
  }

  private void growArray(int size) {
    int before = array.length;
    meter.charge((long) (size - before) * ARRAY_SLOT_BYTES);
    array = Arrays.copyOf(array, size);
    Arrays.fill(array, before, size, Nil.NIL);
  }

  private void newNodes(int wanted) {
    if (wanted == 0) {
      keys = NOTHING;
      values = NOTHING;
      next = NO_LINKS;
      lastFree = 0;
      return;
    }
    int size = 1 << ceilingLog2(wanted);
    meter.charge((long) size * NODE_BYTES);
    keys = new @Nullable Object[size];
    values = new Object[size];
    Arrays.fill(values, Nil.NIL);
    next = new int[size];
    Arrays.fill(next, NONE);
    lastFree = size;
  }
}
