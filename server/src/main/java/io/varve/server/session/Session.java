package io.varve.server.session;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.varve.protocol.ReplyWriter;
import io.varve.server.acl.Account;
import io.varve.server.pubsub.PushMessage;
import io.varve.server.pubsub.PushTarget;
import io.varve.server.pubsub.Subscriber;
import io.varve.server.pubsub.TrackingChoice;
import io.varve.server.pubsub.TrackingClient;
import org.jspecify.annotations.Nullable;

/// One client: its identity, its choices, its transaction and where its replies go.
///
/// Touched by one thread at a time: the command loop, or the connection's event loop while nothing of
/// it is pending there. CLIENT LIST and INFO look at the fields of all sessions from the command
/// loop; what they see of a session that an event loop holds may be a moment old, never torn.
public final class Session implements PushTarget {

  /// The user of a connection that has not said otherwise.
  public static final String DEFAULT_USER = "default";

  private final long id;
  private final Connection connection;
  private final long createdMillis;
  private final Transaction transaction = new Transaction();
  private @Nullable Object watcher;
  private @Nullable Subscriber subscriber;
  private @Nullable TrackingClient tracking;

  private ReplyWriter reply = ReplyWriter.of(2);
  private ByteBuf target = Unpooled.EMPTY_BUFFER;
  private ReplyMode replyMode = ReplyMode.ON;
  private int database;
  private volatile String name = "";
  private volatile String libraryName = "";
  private volatile String libraryVersion = "";
  private volatile @Nullable Account account;
  private boolean authenticated;
  private boolean noTouch;
  private boolean noEvict;
  private boolean closeAfterReply;
  private volatile boolean killed;
  private volatile boolean subscribed;
  private volatile boolean tracksReads;
  private volatile boolean monitor;
  private volatile boolean waiting;
  private long lastInteractionMillis;
  private int lastCommand = -1;
  private long commandCount;

  /// @param id unique in the life of the server, from [SessionRegistry#nextId()]
  /// @param authenticated whether the default user needs no password
  public Session(long id, Connection connection, long nowMillis, boolean authenticated) {
    this.id = id;
    this.connection = connection;
    this.createdMillis = nowMillis;
    this.lastInteractionMillis = nowMillis;
    this.authenticated = authenticated;
  }

  public long id() {
    return id;
  }

  public Connection connection() {
    return connection;
  }

  public long createdMillis() {
    return createdMillis;
  }

  // Replies.

  /// Writes replies into this buffer from now on; the session does not own it.
  public void target(ByteBuf buffer) {
    target = buffer;
    reply.target(buffer);
  }

  public ReplyWriter reply() {
    return reply;
  }

  /// Writes replies with another writer until the one given back is put here again: what a script's
  /// commands answer goes to the script.
  public ReplyWriter exchangeReply(ReplyWriter other) {
    ReplyWriter before = reply;
    reply = other;
    return before;
  }

  /// Speaks this version of the protocol from the next reply on, into the same buffer.
  ///
  /// @param version 2 or 3
  public void useProtocol(int version) {
    if (version != reply.version()) {
      reply = ReplyWriter.of(version);
      reply.target(target);
    }
  }

  public ReplyMode replyMode() {
    return replyMode;
  }

  public void replyMode(ReplyMode mode) {
    replyMode = mode;
  }

  // Who it is.

  /// Name given by CLIENT SETNAME, empty if none.
  public String name() {
    return name;
  }

  public void name(String newName) {
    name = newName;
  }

  public String libraryName() {
    return libraryName;
  }

  public void libraryName(String newName) {
    libraryName = newName;
  }

  public String libraryVersion() {
    return libraryVersion;
  }

  public void libraryVersion(String newVersion) {
    libraryVersion = newVersion;
  }

  /// Name of the user.
  public String user() {
    Account known = account;
    return known == null ? DEFAULT_USER : known.name();
  }

  /// The account of the user, null while it is the default one by default.
  public @Nullable Account account() {
    return account;
  }

  /// Whether commands other than AUTH, HELLO, RESET and QUIT are allowed.
  public boolean isAuthenticated() {
    return authenticated;
  }

  /// The peer has shown to be this user.
  public void authenticate(Account asUser) {
    account = asUser;
    authenticated = true;
  }

  // What it chose.

  /// Index of the selected database.
  public int database() {
    return database;
  }

  public void select(int index) {
    database = index;
  }

  /// Whether reads of this client leave access times alone (CLIENT NO-TOUCH).
  public boolean isNoTouch() {
    return noTouch;
  }

  public void noTouch(boolean on) {
    noTouch = on;
  }

  /// Whether this client is exempt from eviction of clients (CLIENT NO-EVICT).
  public boolean isNoEvict() {
    return noEvict;
  }

  public void noEvict(boolean on) {
    noEvict = on;
    connection.exemptFromEviction(on);
  }

  public Transaction transaction() {
    return transaction;
  }

  /// Whether commands are being queued between MULTI and EXEC.
  public boolean inMulti() {
    return transaction.isOpen();
  }

  /// What the registry of watched keys knows this session by, null while it watches none.
  public @Nullable Object watcher() {
    return watcher;
  }

  public void watcher(@Nullable Object newWatcher) {
    watcher = newWatcher;
  }

  // What it is told unasked.

  /// Its subscriptions, null until the first one. Command loop only.
  public @Nullable Subscriber findSubscriber() {
    return subscriber;
  }

  /// Its subscriptions. Command loop only.
  public Subscriber subscriber() {
    Subscriber known = subscriber;
    if (known == null) {
      known = new Subscriber(this);
      subscriber = known;
    }
    return known;
  }

  /// Its tracking of keys, null if it never turned that on. Command loop only.
  public @Nullable TrackingClient findTracking() {
    return tracking;
  }

  /// Its tracking of keys. Command loop only.
  public TrackingClient tracking() {
    TrackingClient known = tracking;
    if (known == null) {
      known = new TrackingClient(this);
      tracking = known;
    }
    return known;
  }

  /// Told by whoever turns tracking on or off.
  public void trackingChanged() {
    TrackingClient known = tracking;
    TrackingChoice choice = known == null ? null : known.choice();
    tracksReads = choice != null && !choice.broadcast();
  }

  /// Whether the keys that it reads have to be remembered.
  public boolean tracksReads() {
    return tracksReads;
  }

  /// Whether it is shown what all clients do; it may not touch keys then.
  public boolean isMonitor() {
    return monitor;
  }

  public void monitor(boolean on) {
    monitor = on;
  }

  @Override
  public int protocolVersion() {
    return reply.version();
  }

  /// Whether it has subscribed to anything; under RESP2 it may do little else then.
  @Override
  public boolean isSubscribed() {
    return subscribed;
  }

  /// Told by whoever changes the subscriptions.
  public void subscriptionsChanged() {
    Subscriber known = subscriber;
    subscribed = known != null && known.hasAny();
  }

  /// Whether the command loop has to see all it asks: its replies go with pushes, or others have to be
  /// told of it.
  public boolean isBoundToLoop() {
    return subscribed || tracksReads || monitor;
  }

  @Override
  public void push(PushMessage message) {
    connection.push(message.encoded(reply.version()));
  }

  // Its life.

  /// Whether the connection is to be closed once the replies so far have left.
  public boolean isCloseAfterReply() {
    return closeAfterReply;
  }

  public void closeAfterReply() {
    closeAfterReply = true;
  }

  /// Whether this client has been ended, by another or by a limit: nothing more of it is executed.
  public boolean isKilled() {
    return killed;
  }

  /// Ends the connection from any thread.
  public void kill() {
    killed = true;
    connection.close();
  }

  /// Ends the connection of a client that is to get more than may wait for it. Any thread.
  public void killAtOutputLimit() {
    killed = true;
    connection.closeAtOutputLimit();
  }

  /// Whether a command of it waits for something to happen.
  public boolean isWaiting() {
    return waiting;
  }

  /// Told by whoever keeps those that wait.
  public void waiting(boolean on) {
    waiting = on;
  }

  /// A command cannot be answered yet.
  ///
  /// @param command its number in the command table
  public void waitsIn(int command, long nowMillis) {
    lastCommand = command;
    lastInteractionMillis = nowMillis;
  }

  /// A command ran to its end.
  ///
  /// @param command its number in the command table
  public void interacted(int command, long nowMillis) {
    lastCommand = command;
    lastInteractionMillis = nowMillis;
    commandCount++;
  }

  /// Number in the command table of the last command, -1 before the first.
  public int lastCommand() {
    return lastCommand;
  }

  public long lastInteractionMillis() {
    return lastInteractionMillis;
  }

  public long commandCount() {
    return commandCount;
  }

  /// Back to how a new connection starts (RESET). Watches are undone by the caller first.
  ///
  /// @param authenticatedByDefault whether the default user needs no password
  public void reset(boolean authenticatedByDefault) {
    transaction.close();
    transaction.clearWatches();
    useProtocol(2);
    replyMode = ReplyMode.ON;
    database = 0;
    name = "";
    noTouch = false;
    noEvict(false);
    account = null;
    authenticated = authenticatedByDefault;
  }
}
