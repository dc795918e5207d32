package dev.rig.credentials.credential;

import java.time.Instant;

/** The answer to "which credential belongs to this image?"; an outage never looks like a miss. */
public sealed interface Lookup {
  /**
   * An entry answers.
   *
   * @param prefix the entry, as its normalised prefix
   * @param lease what it answers with; not expired when the answer was made
   */
  record Found(String prefix, Lease lease) implements Lookup {}

  /**
   * No entry matches.
   *
   * @param reason for people
   */
  record NotFound(String reason) implements Lookup {}

  /**
   * An entry matches but has no credential now.
   *
   * @param prefix the entry, as its normalised prefix
   * @param reason for people, without a secret
   * @param nextAttempt when it is worth asking again; {@link Lease#NEVER} where time changes
   *     nothing
   */
  record Failed(String prefix, String reason, Instant nextAttempt) implements Lookup {
    /** All of it in one line, for people. */
    public String sentence() {
      return nextAttempt.equals(Lease.NEVER)
          ? prefix + ": " + reason
          : "%s: %s; next attempt %s".formatted(prefix, reason, nextAttempt);
    }
  }
}
