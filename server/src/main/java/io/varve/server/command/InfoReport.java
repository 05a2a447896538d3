package io.varve.server.command;

import java.util.Locale;

/// The text of INFO while it is being written: sections with a title, fields as `name:value`.
public final class InfoReport {

  private final StringBuilder text = new StringBuilder(4096);

  /// Starts a section; all but the first are set off by an empty line.
  public InfoReport section(String title) {
    if (!text.isEmpty()) {
      text.append("\r\n");
    }
    text.append("# ").append(title).append("\r\n");
    return this;
  }

  public InfoReport field(String name, long value) {
    text.append(name).append(':').append(value).append("\r\n");
    return this;
  }

  public InfoReport field(String name, String value) {
    text.append(name).append(':').append(oneLine(value)).append("\r\n");
    return this;
  }

  /// A number with two digits behind the point.
  public InfoReport field(String name, double value) {
    return field(name, String.format(Locale.ROOT, "%.2f", value));
  }

  public String text() {
    return text.toString();
  }

  /// No value may begin a line of its own.
  private static String oneLine(String value) {
    return value.indexOf('\r') < 0 && value.indexOf('\n') < 0
        ? value
        : value.replace('\r', ' ').replace('\n', ' ');
  }
}
