package dev.rig.credentials.testing;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** A secret that must not be found anywhere, in any of the forms that programs give to texts. */
public record Canary(String secret) {
  /** Returns the forms of the secret that the text contains; empty is good. */
  public List<String> foundIn(String text) {
    var unwrapped = text.replaceAll("\\s+", "");
    return Stream.concat(forms().filter(text::contains), digits().filter(unwrapped::contains))
        .distinct()
        .toList();
  }

  private Stream<String> forms() {
    var percent = URLEncoder.encode(secret, StandardCharsets.UTF_8);
    var escaped = json().replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026");
    return Stream.of(
        secret,
        percent,
        inLowerCase(percent),
        json(),
        escaped,
        escaped.replace("\u00e9", "\\u00e9"),
        escaped.replace("\u00e9", "\\u00e9").replace("u003c", "u003C").replace("u003e", "u003E"));
  }

  private static String inLowerCase(String percent) {
    return Pattern.compile("%[0-9A-F]{2}")
        .matcher(percent)
        .replaceAll(one -> one.group().toLowerCase(Locale.ROOT));
  }

  /** Returns the forms that programs wrap. */
  private Stream<String> digits() {
    var bytes = secret.getBytes(StandardCharsets.UTF_8);
    return Stream.of(
            Stream.of(
                HexFormat.of().formatHex(bytes), HexFormat.of().withUpperCase().formatHex(bytes)),
            IntStream.range(0, 3).mapToObj(shift -> base64(shift, Base64.getEncoder())),
            IntStream.range(0, 3).mapToObj(shift -> base64(shift, Base64.getUrlEncoder())))
        .flatMap(form -> form);
  }

  private String json() {
    return secret.replace("\\", "\\\\").replace("\"", "\\\"");
  }

  /** Returns the part of base64 that does not depend on the text before and after the secret. */
  private String base64(int shift, Base64.Encoder encoder) {
    var bytes = (" ".repeat(shift) + secret).getBytes(StandardCharsets.UTF_8);
    var text = encoder.withoutPadding().encodeToString(bytes);
    return text.substring(shift == 0 ? 0 : 4, text.length() - text.length() % 4 - 4);
  }
}
