package dev.rig.credentials.testing.daemon;

import dev.rig.credentials.testing.Json;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Assertions;

/** An HTTP server's answer, parsed without a library that could tolerate errors. */
public record HttpReply(int status, Map<String, String> headers, String body) {
  /** Parses the whole answer of a connection that the server has closed. */
  public static HttpReply parse(byte[] bytes) {
    var text = new String(bytes, StandardCharsets.UTF_8);
    int end = text.indexOf("\r\n\r\n");
    Assertions.assertTrue(end > 0, () -> "an HTTP answer: " + text);
    var lines = List.of(text.substring(0, end).split("\r\n", -1));
    var headers = new TreeMap<String, String>();
    for (var line : lines.subList(1, lines.size())) {
      int colon = line.indexOf(':');
      headers.put(
          line.substring(0, colon).toLowerCase(Locale.ROOT), line.substring(colon + 1).strip());
    }
    return new HttpReply(
        Integer.parseInt(lines.getFirst().split(" ", -1)[1]), headers, text.substring(end + 4));
  }

  public String header(String name) {
    return headers.getOrDefault(name.toLowerCase(Locale.ROOT), "");
  }

  /** Returns the body as a JSON object. */
  public Map<String, Object> json() {
    return Json.object(body);
  }

  /** Returns the reason of a problem document. */
  public Object reason() {
    Assertions.assertEquals("application/problem+json", header("content-type"), this::toString);
    return json().get("reason");
  }
}
