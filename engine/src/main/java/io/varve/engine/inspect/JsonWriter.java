package io.varve.engine.inspect;

/// Builds one line of JSON; just what dumps need. Not thread-safe.
final class JsonWriter {

  private final StringBuilder text = new StringBuilder();
  private boolean first = true;

  JsonWriter beginObject() {
    separate();
    text.append('{');
    first = true;
    return this;
  }

  JsonWriter endObject() {
    text.append('}');
    first = false;
    return this;
  }

  JsonWriter beginArray(String name) {
    name(name);
    text.append('[');
    first = true;
    return this;
  }

  JsonWriter endArray() {
    text.append(']');
    first = false;
    return this;
  }

  JsonWriter field(String name, long value) {
    name(name);
    text.append(value);
    return this;
  }

  JsonWriter field(String name, String value) {
    name(name);
    quote(value);
    return this;
  }

  /// To a thousandth.
  JsonWriter field(String name, double value) {
    name(name);
    text.append(Math.round(value * 1000) / 1000.0);
    return this;
  }

  private void name(String name) {
    separate();
    quote(name);
    text.append(':');
  }

  private void separate() {
    if (!first) {
      text.append(',');
    }
    first = false;
  }

  private void quote(String value) {
    text.append('"');
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      if (c == '"' || c == '\\') {
        text.append('\\').append(c);
      } else if (c < 0x20) {
        text.append("\\u00")
            .append(Character.forDigit(c >> 4, 16))
            .append(Character.forDigit(c & 15, 16));
      } else {
        text.append(c);
      }
    }
    text.append('"');
  }

  /// The line so far.
  @Override
  public String toString() {
    return text.toString();
  }
}
