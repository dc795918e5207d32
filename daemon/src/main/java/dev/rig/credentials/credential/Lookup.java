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
   * @param reason for people who may get the credential, without a secret
   * @param nextAttempt when it is worth asking again; {@link Lease#NEVER} where time changes
   *     nothing
   * @param reasonClass what may be told to those who may not get the credential
   */
  record Failed(String prefix, String reason, Instant nextAttempt, ReasonClass reasonClass)
      implements Lookup {
    /** For a reason of no particular class. */
    public Failed(String prefix, String reason, Instant nextAttempt) {
      this(prefix, reason, nextAttempt, ReasonClass.OTHER);
    }

    /** All of it in one line, for people. */
    public String sentence() {
      return sentence(reason);
    }

    /** The same for everybody: with the class of the reason alone. */
    public String summary() {
      return sentence(reasonClass.text());
    }

    private String sentence(String why) {
      return nextAttempt.equals(Lease.NEVER)
          ? prefix + ": " + why
          : "%s: %s; next attempt %s".formatted(prefix, why, nextAttempt);
    }
  }
}
