package io.varve.protocol;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// A reply as a client sees it. For tests, tools and benchmarks; the server only writes replies.
///
/// `toString` shows a reply in one line: bulks in quotes, aggregates in brackets.
public sealed interface Reply {

  /// `+text`
  record Simple(String text) implements Reply {
    @Override
    public String toString() {
      return text;
    }
  }

  /// `-text`, the prefix included.
  record Failure(String text) implements Reply {
    @Override
    public String toString() {
      return "(error) " + text;
    }
  }

  /// `:value`
  record Int(long value) implements Reply {
    @Override
    public String toString() {
      return Long.toString(value);
    }
  }

  /// `$length`; equal by content, which is all that the check of array components asks for.
  @SuppressWarnings("ArrayRecordComponent")
  record Bulk(byte[] bytes) implements Reply {
    public static Bulk of(String text) {
      return new Bulk(text.getBytes(StandardCharsets.UTF_8));
    }

    public String text() {
      return new String(bytes, StandardCharsets.UTF_8);
    }

    @Override
    public boolean equals(Object other) {
      return other instanceof Bulk bulk && Arrays.equals(bytes, bulk.bytes);
    }

    @Override
    public int hashCode() {
      return Arrays.hashCode(bytes);
    }

    @Override
    public String toString() {
      return '"' + text() + '"';
    }
  }

  /// `$-1`, `*-1` or `_`
  record Null() implements Reply {
    @Override
    public String toString() {
      return "(nil)";
    }
  }

  /// `*size`
  record Array(List<Reply> elements) implements Reply {
    @Override
    public String toString() {
      return elements.toString();
    }
  }

  /// `%pairs`: keys and values in turn, as they came.
  record Map(List<Reply> keysAndValues) implements Reply {
    @Override
    public String toString() {
      List<String> pairs = new ArrayList<>();
      for (int i = 0; i < keysAndValues.size(); i += 2) {
        pairs.add(keysAndValues.get(i) + ": " + keysAndValues.get(i + 1));
      }
      return "{" + String.join(", ", pairs) + "}";
    }
  }

  /// `~size`, in the order in which they came.
  record Set(List<Reply> elements) implements Reply {
    @Override
    public String toString() {
      return "set" + elements;
    }
  }

  /// `>size`
  record Push(List<Reply> elements) implements Reply {
    @Override
    public String toString() {
      return "push" + elements;
    }
  }

  /// `#t` or `#f`
  record Bool(boolean value) implements Reply {
    @Override
    public String toString() {
      return value ? "(true)" : "(false)";
    }
  }

  /// `,text`
  record Floating(String text) implements Reply {
    public double value() {
      return switch (text) {
        case "inf" -> Double.POSITIVE_INFINITY;
        case "-inf" -> Double.NEGATIVE_INFINITY;
        case "nan" -> Double.NaN;
        default -> Double.parseDouble(text);
      };
    }

    @Override
    public String toString() {
      return "(double) " + text;
    }
  }

  /// `=length`, the format of three letters taken off.
  record Verbatim(String format, String text) implements Reply {
    @Override
    public String toString() {
      return format + ":" + text;
    }
  }

  /// `(digits`
  record BigNumber(String digits) implements Reply {
    @Override
    public String toString() {
      return "(big number) " + digits;
    }
  }

  /// The text of a status, error, bulk, number or verbatim reply.
  ///
  /// @throws IllegalStateException if this is an aggregate or null
  default String asText() {
    return switch (this) {
      case Simple simple -> simple.text();
      case Failure failure -> failure.text();
      case Int number -> Long.toString(number.value());
      case Bulk bulk -> bulk.text();
      case Floating floating -> floating.text();
      case Verbatim verbatim -> verbatim.text();
      case BigNumber number -> number.digits();
      case Bool bool -> Boolean.toString(bool.value());
      case Null(), Array(_), Map(_), Set(_), Push(_) ->
          throw new IllegalStateException("no text in " + this);
    };
  }

  /// The elements of an array, set, push or map (keys and values in turn).
  ///
  /// @throws IllegalStateException if this is no aggregate
  default List<Reply> asList() {
    return switch (this) {
      case Array array -> array.elements();
      case Set set -> set.elements();
      case Push push -> push.elements();
      case Map map -> map.keysAndValues();
      case Simple(_), Failure(_), Int(_), Bulk(_), Null() ->
          throw new IllegalStateException("no list: " + this);
      case Bool(_), Floating(_), Verbatim(_, _), BigNumber(_) ->
          throw new IllegalStateException("no list: " + this);
    };
  }

  /// The number of an integer reply.
  ///
  /// @throws IllegalStateException if this is no integer
  default long asLong() {
    if (this instanceof Int number) {
      return number.value();
    }
    throw new IllegalStateException("no integer: " + this);
  }
}
