package io.varve.server.acl;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// What was forbidden to whom lately (ACL LOG), the newest first. Safe to use from any thread; bounded.
///
/// The same again within a minute counts on the entry that is there.
public final class AclLog {

  private static final long SAME_MILLIS = 60_000;

  /// @param reason `command`, `key`, `channel` or `auth`
  /// @param context `toplevel`, `multi` or `lua`
  /// @param object command, key, channel, or for failed logins the command's name
  /// @param client as in CLIENT LIST
  public record Entry(
      long id,
      long count,
      String reason,
      String context,
      String object,
      String user,
      String client,
      long createdMillis,
      long updatedMillis) {

    private boolean isSame(Entry other) {
      return reason.equals(other.reason)
          && context.equals(other.context)
          && object.equals(other.object)
          && user.equals(other.user)
          && Math.abs(other.createdMillis - updatedMillis) <= SAME_MILLIS;
    }
  }

  private final Deque<Entry> entries = new ArrayDeque<>();
  private final Map<String, Long> counts = new HashMap<>();
  private int max = 128;
  private long nextId;

  /// Bounds the entries that are kept (`acllog-max-len`).
  public synchronized void max(int entriesMax) {
    max = entriesMax;
    trim();
  }

  public synchronized void add(
      String reason, String context, String object, String user, String client, long nowMillis) {
    counts.merge(reason, 1L, Long::sum);
    Entry added = new Entry(nextId, 1, reason, context, object, user, client, nowMillis, nowMillis);
    for (Entry known : entries) {
      if (known.isSame(added)) {
        entries.remove(known);
        entries.addFirst(
            new Entry(
                known.id,
                known.count + 1,
                reason,
                context,
                object,
                user,
                client,
                known.createdMillis,
                nowMillis));
        return;
      }
    }
    nextId++;
    entries.addFirst(added);
    trim();
  }

  /// How often something was forbidden for this reason since the start.
  public synchronized long count(String reason) {
    return counts.getOrDefault(reason, 0L);
  }

  /// The newest entries.
  public synchronized List<Entry> newest(long count) {
    List<Entry> list = new ArrayList<>();
    for (Entry entry : entries) {
      if (list.size() >= count) {
        break;
      }
      list.add(entry);
    }
    return list;
  }

  public synchronized void clear() {
    entries.clear();
  }

  private void trim() {
    while (entries.size() > max) {
      entries.removeLast();
    }
  }
}
