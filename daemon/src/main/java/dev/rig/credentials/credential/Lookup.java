package dev.rig.credentials.credential;

import java.time.Instant;
import java.time.temporal.ChronoUnit;

/**
 * The result of looking up the credential of an image; an outage is never reported as "not found".
 */
public sealed interface Lookup {
  /**
   * An entry has a credential.
   *
   * @param prefix the entry, as its normalised prefix
   * @param lease the lease; not expired when the answer was made
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
   * @param reason for people who may get the credential, without a secret
   * @param nextAttempt when a retry is useful; {@link Lease#NEVER} if time changes nothing
   * @param reasonClass for people who may not get the credential
   */
  record Failed(String prefix, String reason, Instant nextAttempt, ReasonClass reasonClass)
      implements Lookup {
    /** Creates a failure without a particular class. */
    public Failed(String prefix, String reason, Instant nextAttempt) {
      this(prefix, reason, nextAttempt, ReasonClass.OTHER);
    }

    /** Returns all parts in one line, for people. */
    public String sentence() {
      return sentence(reason);
    }

    /** Returns one line that everyone may see: only the class of the reason. */
    public String summary() {
      return sentence(reasonClass.text());
    }

    private String sentence(String why) {
      return nextAttempt.equals(Lease.NEVER)
          ? prefix + ": " + why
          : "%s: %s; next attempt %s"
              .formatted(prefix, why, nextAttempt.truncatedTo(ChronoUnit.SECONDS));
    }
  }
}
