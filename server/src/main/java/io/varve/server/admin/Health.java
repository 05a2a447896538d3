package io.varve.server.admin;

/// Whether the server can do its work.
///
/// @param status `ok`, `loading`, `read-only`, `stopping` ... in one word
/// @param serving whether clients get what they come for: decides between 200 and 503
/// @param role as replication knows it: `master`
/// @param poisoned whether a write to the disk failed, so that no more writes are accepted
/// @param detail what an operator should know, empty if nothing
public record Health(String status, boolean serving, String role, boolean poisoned, String detail) {

  public static Health ok() {
    return new Health("ok", true, "master", false, "");
  }

  /// The state as one JSON object and a line end.
  String toJson() {
    return "{\"status\":"
        + quoted(status)
        + ",\"role\":"
        + quoted(role)
        + ",\"poisoned\":"
        + poisoned
        + ",\"detail\":"
        + quoted(detail)
        + "}\n";
  }

  private static String quoted(String text) {
    StringBuilder json = new StringBuilder("\"");
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '"' || c == '\\') {
        json.append('\\').append(c);
      } else if (c < ' ') {
        json.append("\\u00").append(Character.forDigit(c >> 4, 16));
        json.append(Character.forDigit(c & 15, 16));
      } else {
        json.append(c);
      }
    }
    return json.append('"').toString();
  }
}
