package dev.rig.credentials.registry;

import java.time.Instant;

/** Why a registry gave no answer: one type for each thing that somebody can do about it. */
public sealed interface RegistryFailure extends Resolution, TagListing {
  /** All of it in one sentence for people: what was tried and why it failed; without a secret. */
  String message();

  /** The kind of failure as a word of the platform's API: {@code noSuchTag}. */
  default String reason() {
    var name = getClass().getSimpleName();
    return Character.toLowerCase(name.charAt(0)) + name.substring(1);
  }

  /** The repository is there and has no such tag or digest. */
  record NoSuchTag(String message) implements RegistryFailure {}

  /** The registry has no such repository, or shows it to nobody with this credential. */
  record NoSuchRepository(String message) implements RegistryFailure {}

  /** The registry refuses the credential, or wants one where no entry has one. */
  record Unauthorised(String message) implements RegistryFailure {}

  /**
   * The registry wants a credential, and the entry that matches has none now.
   *
   * @param nextAttempt when it is worth asking again; {@link
   *     dev.rig.credentials.credential.Lease#NEVER} where time changes nothing
   */
  record NoCredential(String message, Instant nextAttempt) implements RegistryFailure {}

  /**
   * The registry limits the rate of requests for a while, and is (F27).
   *
   * @param retryAt when it may be asked again
   */
  record RateLimited(String message, Instant retryAt) implements RegistryFailure {}

  /** The registry cannot be reached, is too slow or fails. */
  record Unreachable(String message) implements RegistryFailure {}

  /** What the registry asks for is against our rules (T4, T5): nothing was sent. */
  record Refused(String message) implements RegistryFailure {}

  /** What the registry sent is not what it has to be: broken, too large, of another digest. */
  record BadAnswer(String message) implements RegistryFailure {}
}
