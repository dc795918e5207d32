package dev.rig.credentials.credential;

import java.time.Duration;
import java.time.Instant;

/**
 * A credential with the time it is good for.
 *
 * @param credential what is leased
 * @param issuedAt when it was obtained
 * @param expiresAt when it ends; {@link #NEVER} for one that does not
 */
public record Lease(Credential credential, Instant issuedAt, Instant expiresAt) {
  /** The end of a lease that has none. */
  public static final Instant NEVER = Instant.MAX;

  /** Whether it ends at all. */
  public boolean expires() {
    return !expiresAt.equals(NEVER);
  }

  /**
   * What is left of it, never negative.
   *
   * @return a very long time (not {@link #NEVER}'s distance) for a lease that does not end
   */
  public Duration remaining(Instant now) {
    if (!expires()) {
      return Duration.ofSeconds(Long.MAX_VALUE);
    }
    var left = Duration.between(now, expiresAt);
    return left.isNegative() ? Duration.ZERO : left;
  }
}
