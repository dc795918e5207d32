package dev.rig.credentials.source;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.rig.credentials.source.process.StderrTail;
import dev.rig.credentials.testing.Canary;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** T21: every form of a secret that programs write. */
final class RedactorTest {
  private static final String SECRET = "c4nary+of/a%b=<\"q'uoted\">&\u00e9\\x ~ the-end-of-it";

  private static String redact(String... lines) {
    var escaped = Stream.of(lines).map(StderrTail::escape).toList();
    return String.join("\n", new Redactor(List.of(SECRET)).redact(escaped));
  }

  static Stream<String> forms() {
    var bytes = SECRET.getBytes(StandardCharsets.UTF_8);
    var percent = URLEncoder.encode(SECRET, StandardCharsets.UTF_8);
    var json = SECRET.replace("\\", "\\\\").replace("\"", "\\\"");
    var strict = new StringBuilder();
    SECRET.chars().forEach(unit -> strict.append("\\u%04x".formatted(unit)));
    var hex = HexFormat.of().formatHex(bytes);
    var forms =
        Stream.of(
            SECRET,
            percent,
            percent.replace("+", "%20"),
            percent.toLowerCase(Locale.ROOT),
            "%" + HexFormat.ofDelimiter("%").formatHex(bytes),
            json,
            json.replace("/", "\\/"),
            json.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026"),
            json.replace("<", "\\u003C").replace(">", "\\u003E").replace("\u00e9", "\\u00E9"),
            strict.toString(),
            json.replace("\\", "\\\\").replace("\"", "\\\""), // JSON in JSON
            SECRET.replace("'", "'\\''"),
            SECRET.replace("'", "'\"'\"'"),
            hex,
            hex.toUpperCase(Locale.ROOT),
            HexFormat.ofDelimiter(" ").formatHex(bytes),
            HexFormat.ofDelimiter(":").formatHex(bytes),
            HexFormat.ofDelimiter("-").withUpperCase().formatHex(bytes),
            HexFormat.of().withPrefix("0x").withDelimiter(", ").formatHex(bytes),
            URLEncoder.encode(percent, StandardCharsets.UTF_8),
            URLEncoder.encode(percent.replace("+", "%20"), StandardCharsets.UTF_8),
            html("&amp;", "&lt;", "&gt;", "&quot;", "&#39;"),
            html("&#x26;", "&#x3c;", "&#x3E;", "&#34;", "&apos;"),
            html("\\u0026amp;", "\\u0026lt;", "\\u0026gt;", "\\u0026quot;", "\\u0026#39;")
                .replace("\\x", "\\\\x"),
            SECRET.codePoints().mapToObj("&#x%x;"::formatted).collect(Collectors.joining()));
    var encoded =
        IntStream.range(0, 4)
            .boxed()
            .flatMap(i ->
                Stream.of(
                        Base64.getEncoder(),
                        Base64.getUrlEncoder(),
                        Base64.getMimeEncoder(64, new byte[] {'\n'}),
                        Base64.getMimeEncoder(76, new byte[] {'\n'}))
                    .map(encoder ->
                        encoder.encodeToString(
                            ("u".repeat(i) + SECRET + "\n").getBytes(StandardCharsets.UTF_8))));
    return Stream.concat(forms, encoded);
  }

  private static String html(String amp, String lt, String gt, String quote, String apostrophe) {
    return SECRET
        .replace("&", amp)
        .replace("<", lt)
        .replace(">", gt)
        .replace("\"", quote)
        .replace("'", apostrophe);
  }

  private static String base64(String text) {
    return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
  }

  /** Returns documents in which clients of registries and of Kubernetes store credentials. */
  static Stream<String> nested() {
    var json = SECRET.replace("\\", "\\\\").replace("\"", "\\\"");
    var ascii = json.replace("&", "\\u0026").replace("<", "\\u003c").replace("\u00e9", "\\u00e9");
    return IntStream.range(0, 3)
        .mapToObj("u"::repeat)
        .flatMap(user ->
            Stream.of(
                base64(base64(user + SECRET)),
                base64("{\"" + user + "\":\"" + json + "\"}"),
                base64("{\"" + user + "\":\"" + ascii + "\"}"),
                base64(
                    "{\"auths\":{\"h\":{\"auth\":\"" + base64("u" + user + ":" + SECRET) + "\"}}}"),
                base64(base64("u" + user + ":" + SECRET)).replace("=", "%3D"),
                base64("[" + base64(user + SECRET) + "]").replaceAll("(.{60})", "$1\n")));
  }

  @ParameterizedTest
  @MethodSource("nested")
  void secretInBase64InBase64OrJsonIsRedacted(String form) {
    for (var text : List.of(form, "data: " + form, "the config " + form + " is refused")) {
      var redacted = redact(text.split("\n"));
      assertTrue(redacted.contains("[redacted]"), redacted);
      for (var left : redacted.replaceAll("\\s", "").split("\\[redacted\\]", -1)) {
        for (int skip = 0; skip < Math.min(4, left.length()); skip++) {
          assertFalse(decoded(left.substring(skip)).contains("the-end"), redacted);
        }
      }
    }
  }

  /** Decodes base64 as far as possible, twice. */
  private static String decoded(String text) {
    var once = new String(decodedOnce(text), StandardCharsets.ISO_8859_1);
    return once + new String(decodedOnce(once), StandardCharsets.ISO_8859_1);
  }

  private static byte[] decodedOnce(String text) {
    var run = text.replaceAll("[^A-Za-z0-9+/].*", "");
    return Base64.getDecoder().decode(run.substring(0, run.length() / 4 * 4));
  }

  @ParameterizedTest
  @MethodSource("forms")
  void everyFormIsRedacted(String form) {
    for (var text : List.of(form, "the token " + form + " is refused", "x=\"" + form + "\"")) {
      var redacted = redact(text.split("\n"));
      assertTrue(redacted.contains("[redacted]"), redacted);
      var left = redacted.replace("[redacted]", "");
      assertTrue(left.length() <= 24 + 8, left);
      assertEquals(List.of(), new Canary(SECRET).foundIn(redacted));
      assertFalse(redacted.contains("the-end-of-it"), redacted);
    }
  }

  @Test
  void wrappedBase64LeavesNothing() {
    var long_ = SECRET.repeat(8);
    var wrapped =
        Base64.getMimeEncoder(64, new byte[] {'\n'})
            .encodeToString(("u:" + long_).getBytes(StandardCharsets.UTF_8));
    var redacted = new Redactor(List.of(long_)).redact(wrapped.lines().toList());
    assertEquals("dTp[redacted]", redacted.getFirst().replaceFirst("^dTp?j?", "dTp"));
    assertTrue(
        redacted.stream().skip(1).limit(3).allMatch("[redacted]"::equals), redacted::toString);
  }

  @Test
  void severalLinesAreRedactedTogetherAndAlone() {
    var key = "-----BEGIN-----\nMIIBVAIBADANBgkqhkiG9w0BAQEF\nAASCAT4wggE6AgEAAkEA\n-----END-----";
    var redactor = new Redactor(List.of(key));
    assertEquals(
        List.of("[redacted]", "[redacted]", "[redacted]", "[redacted]"),
        redactor.redact(key.lines().toList()));
    assertEquals(
        List.of("at MIIBVA", "bad line: [redacted]"),
        redactor.redact(List.of("at MIIBVA", "bad line: AASCAT4wggE6AgEAAkEA")));
    assertEquals(
        List.of("{\"key\":\"[redacted]\"}"),
        redactor.redact(List.of("{\"key\":\"" + key.replace("\n", "\\n") + "\"}")));
  }

  @Test
  void secretThatTheLimitOfStderrHasTruncatedIsRedacted() {
    var start = SECRET.substring(9) + "x".repeat(2_000);
    assertTrue(redact(start).startsWith("[redacted]xxx"), redact(start));
    var inside = new Redactor(List.of("\u00e9xyz".repeat(2_000)));
    assertEquals(
        List.of("\ufffd[redacted]"), inside.redact(List.of("\ufffd" + "xyz\u00e9".repeat(500))));
    assertTrue(redact("failed with " + SECRET.substring(0, 20)).endsWith("with [redacted]"));
  }

  @Test
  void otherTextStays() {
    var lines = List.of("curl: (6) Could not resolve host: sts.example.org", "status 401");
    assertEquals(lines, new Redactor(List.of(SECRET, "abc", "p")).redact(lines));
    assertEquals(List.of(), new Redactor(List.of(SECRET)).redact(List.of()));
  }
}
