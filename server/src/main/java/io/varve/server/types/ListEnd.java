package io.varve.server.types;

/// An end of a list, with the names that Redis gives to what happens there.
public enum ListEnd {
  LEFT("lpush", "lpop"),
  RIGHT("rpush", "rpop");

  private final String pushEvent;
  private final String popEvent;

  ListEnd(String pushEvent, String popEvent) {
    this.pushEvent = pushEvent;
    this.popEvent = popEvent;
  }

  /// The event of an element that was added here.
  public String pushEvent() {
    return pushEvent;
  }

  /// The event of an element that was taken from here.
  public String popEvent() {
    return popEvent;
  }
}
