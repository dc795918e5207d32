package dev.rig.credentials.credential;

import dev.rig.credentials.json.JsonException;
import dev.rig.credentials.json.JsonObject;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Optional;

/**
 * Reads the expiry that a credential contains. Two formats are supported:
 *
 * <ul>
 *   <li>a JSON Web Token: three base64url parts, a header with {@code alg}, and the claim {@code
 *       exp} in seconds since the epoch (RFC 7519, sections 4.1.4 and 7.2)
 *   <li>the password of an ECR authorization token: base64 of a JSON object with {@code payload},
 *       {@code datakey}, {@code version}, {@code type} and {@code expiration}, in seconds since the
 *       epoch. AWS does not document it and does not always fill it in; if a field is missing,
 *       there is no expiry
 * </ul>
 *
 * <p>No signature is verified: the expiry can only shorten a lease.
 */
public final class ExpiryReader {
  private static final List<String> ECR = List.of("payload", "datakey", "version", "type");

  private ExpiryReader() {}

  /**
   * Returns when a lease expires: the earlier of the configured time and the expiry in the
   * credential.
   *
   * @param printer what printed the credential, for the message
   * @param begun when the run started
   * @param expire the configured life of a lease
   * @throws SourceException if the credential has expired
   */
  public static Instant end(
      String printer, Credential credential, Instant begun, Duration expire, Instant now) {
    var stated = of(credential).orElse(Lease.NEVER);
    if (!stated.isAfter(now)) {
      throw new SourceException(
          ReasonClass.EXPIRED, printer + " printed a credential that expired at " + stated);
    }
    var configured = after(begun, expire);
    return stated.isBefore(configured) ? stated : configured;
  }

  /** Returns {@code begun} plus {@code expire}; {@link Lease#NEVER} if out of range. */
  public static Instant after(Instant begun, Duration expire) {
    try {
      return begun.plus(expire);
    } catch (DateTimeException | ArithmeticException e) {
      return Lease.NEVER;
    }
  }

  /** Returns the expiry in the secret; empty if it has none. */
  public static Optional<Instant> of(Credential credential) {
    var secret = credential.secret().reveal();
    var parts = secret.split("\\.", -1);
    return switch (parts.length) {
      case 3 ->
          decoded(Base64.getUrlDecoder(), parts[0], List.of("alg"))
              .flatMap(_ -> decoded(Base64.getUrlDecoder(), parts[1], List.of()))
              .map(claims -> claims.epochSeconds("exp"));
      case 1 ->
          decoded(Base64.getDecoder(), secret, ECR).map(token -> token.epochSeconds("expiration"));
      default -> Optional.empty();
    };
  }

  /** Returns the decoded JSON object; empty if it is invalid or lacks one of the required texts. */
  private static Optional<JsonObject> decoded(
      Base64.Decoder decoder, String text, List<String> required) {
    try {
      return Optional.of(JsonObject.parse(decoder.decode(text)))
          .filter(json -> json.texts().keySet().containsAll(required));
    } catch (JsonException | IllegalArgumentException other) {
      return Optional.empty();
    }
  }
}
