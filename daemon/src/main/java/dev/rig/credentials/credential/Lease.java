package dev.rig.credentials.credential;

import java.time.Duration;
import java.time.Instant;

/**
 * A credential with its period of validity.
 *
 * @param credential the credential
 * @param issuedAt when it was obtained
 * @param expiresAt when it expires; {@link #NEVER} if it does not
 */
public record Lease(Credential credential, Instant issuedAt, Instant expiresAt) {
  /** The expiry of a lease that never expires. */
  public static final Instant NEVER = Instant.MAX;

  /** Returns whether the lease expires. */
  public boolean expires() {
    return !expiresAt.equals(NEVER);
  }

  /**
   * Returns the remaining life; zero if it has ended.
   *
   * @return a very long duration for a lease that does not expire
   */
  public Duration remaining(Instant now) {
    if (!expires()) {
      return Duration.ofSeconds(Long.MAX_VALUE);
    }
    var left = Duration.between(now, expiresAt);
    return left.isNegative() ? Duration.ZERO : left;
  }
}
