package dev.rig.credentials.source;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonToken;
import dev.rig.credentials.credential.Credential;
import java.io.IOException;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Base64;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * When a credential ends by its own word. Two forms say so, and nothing else is guessed:
 *
 * <ul>
 *   <li>a JSON Web Token: three base64url parts, a header with {@code alg}, and the claim {@code
 *       exp} in seconds since the epoch (RFC 7519, sections 4.1.4 and 7.2)
 *   <li>the password of an ECR authorization token: base64 of a JSON object with {@code payload},
 *       {@code datakey}, {@code version}, {@code type} and {@code expiration}, in seconds since the
 *       epoch. AWS does not document it and does not fill it in everywhere; where a field is
 *       missing, nothing is stated
 * </ul>
 *
 * <p>No signature is checked: the end is only ever used to stop earlier.
 */
final class ExpiryReader {
  private static final JsonFactory JSON = new JsonFactory();
  private static final Set<String> ECR = Set.of("payload", "datakey", "version", "type");

  private ExpiryReader() {}

  /** The end that the secret states; empty where it states none. */
  static Optional<Instant> of(Credential credential) {
    var secret = credential.secret().reveal();
    var parts = secret.split("\\.", -1);
    return switch (parts.length) {
      case 3 ->
          field(decoded(Base64.getUrlDecoder(), parts[0]), Set.of("alg"), null).isPresent()
              ? field(decoded(Base64.getUrlDecoder(), parts[1]), Set.of(), "exp")
                  .flatMap(Found::end)
              : Optional.empty();
      case 1 -> field(decoded(Base64.getDecoder(), secret), ECR, "expiration").flatMap(Found::end);
      default -> Optional.empty();
    };
  }

  private static byte @Nullable [] decoded(Base64.Decoder decoder, String text) {
    try {
      return decoder.decode(text);
    } catch (IllegalArgumentException notBase64) {
      return null;
    }
  }

  /** A number of seconds since the epoch; null where none was asked for. */
  private record Found(@Nullable BigDecimal seconds) {
    Optional<Instant> end() {
      if (seconds == null || seconds.precision() - seconds.scale() > 18) {
        return Optional.empty(); // further away than there is time
      }
      try {
        var whole = seconds.setScale(0, RoundingMode.FLOOR);
        return Optional.of(Instant.ofEpochSecond(whole.longValueExact()));
      } catch (DateTimeException | ArithmeticException beyondTime) {
        return Optional.empty();
      }
    }
  }

  /**
   * Reads one JSON object.
   *
   * @param required the names of the texts that it has to have
   * @param number the name of the number that it has to have; null for none
   */
  private static Optional<Found> field(
      byte @Nullable [] json, Set<String> required, @Nullable String number) {
    if (json == null || json.length == 0 || json[0] != '{') {
      return Optional.empty();
    }
    var missing = new HashSet<>(required);
    BigDecimal seconds = null;
    try (var parser = JSON.createParser(json)) {
      var _ = parser.nextToken();
      while (parser.nextToken() == JsonToken.FIELD_NAME) {
        var name = parser.currentName();
        var value = parser.nextToken();
        if (value == JsonToken.VALUE_STRING) {
          missing.remove(name);
        } else if (value != null && value.isNumeric() && name.equals(number)) {
          seconds = parser.getDecimalValue();
        }
        parser.skipChildren();
      }
      boolean whole = parser.currentToken() == JsonToken.END_OBJECT && parser.nextToken() == null;
      return whole && missing.isEmpty() && (number == null || seconds != null)
          ? Optional.of(new Found(seconds))
          : Optional.empty();
    } catch (IOException notJson) {
      return Optional.empty();
    }
  }
}
