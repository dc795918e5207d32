package dev.rig.credentials.http.platform;

import dev.rig.credentials.credential.Lease;
import dev.rig.credentials.http.server.ProblemDocument;
import dev.rig.credentials.registry.RegistryFailure;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A failed request, which is answered with a problem document (RFC 9457). */
final class ProblemResponseException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final int status;
  private final String reason;
  private final String title;
  private final @Nullable Instant nextAttempt;

  private ProblemResponseException(
      int status, String reason, String title, String detail, @Nullable Instant nextAttempt) {
    super(detail, null, false, false);
    this.status = status;
    this.reason = reason;
    this.title = title;
    this.nextAttempt = nextAttempt;
  }

  /**
   * Creates a problem.
   *
   * @param reason its kind in a word
   * @param title its kind for people
   * @param detail this occurrence for people; without a secret
   */
  static ProblemResponseException of(int status, String reason, String title, String detail) {
    return new ProblemResponseException(status, reason, title, detail, null);
  }

  static ProblemResponseException badRequest(String detail) {
    return of(400, "badRequest", "The request is invalid", detail);
  }

  static ProblemResponseException denied(String detail) {
    return of(403, "denied", "The access rules deny this", detail);
  }

  /** Creates the problem of an entry that has no credential now. */
  static ProblemResponseException notAvailable(String detail, Instant nextAttempt) {
    return new ProblemResponseException(
        503, "noCredential", "No credential is available now", detail, nextAttempt);
  }

  /** Creates the problem of a registry's failure; each kind has a different remedy. */
  static ProblemResponseException of(RegistryFailure failure) {
    var detail = failure.message();
    return switch (failure) {
      case RegistryFailure.NoSuchTag one ->
          of(404, one.reason(), "The repository has no such tag or digest", detail);
      case RegistryFailure.NoSuchRepository one ->
          of(404, one.reason(), "The registry has no such repository", detail);
      case RegistryFailure.Unauthorised one ->
          of(401, one.reason(), "The registry refuses the credential", detail);
      case RegistryFailure.NoCredential one -> notAvailable(detail, one.nextAttempt());
      case RegistryFailure.RateLimited one ->
          new ProblemResponseException(
              429, one.reason(), "The registry limits the rate of requests", detail, one.retryAt());
      case RegistryFailure.Unreachable one ->
          of(502, one.reason(), "The registry cannot be reached", detail);
      case RegistryFailure.Refused one ->
          of(502, one.reason(), "The registry requests something that is not allowed", detail);
      case RegistryFailure.BadAnswer one ->
          of(502, one.reason(), "The registry's response is invalid", detail);
    };
  }

  int status() {
    return status;
  }

  String reason() {
    return reason;
  }

  String title() {
    return title;
  }

  String detail() {
    return Objects.requireNonNull(getMessage());
  }

  /** Returns the next attempt; null if a retry does not help. */
  @Nullable Instant nextAttempt() {
    return Lease.NEVER.equals(nextAttempt) ? null : nextAttempt;
  }

  /** Returns the seconds for {@code Retry-After}, at least 1. */
  static long retryAfter(Instant nextAttempt, Instant now) {
    return Math.max(1, Duration.between(now, nextAttempt).plusMillis(999).toSeconds());
  }

  byte[] document() {
    return ProblemDocument.of(status, reason, title, detail(), nextAttempt());
  }
}
