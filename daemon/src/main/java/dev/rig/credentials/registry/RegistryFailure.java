package dev.rig.credentials.registry;

import java.time.Instant;

/** Why a registry gave no result: one type per remedy. */
public sealed interface RegistryFailure extends Resolution, TagListing {
  /** Returns one sentence for people: what was tried and why it failed; without a secret. */
  String message();

  /** Returns the kind of failure as a word of the platform's API: {@code noSuchTag}. */
  default String reason() {
    var name = getClass().getSimpleName();
    return Character.toLowerCase(name.charAt(0)) + name.substring(1);
  }

  /** The repository exists but has no such tag or digest. */
  record NoSuchTag(String message) implements RegistryFailure {}

  /** The registry has no such repository, or hides it from this credential. */
  record NoSuchRepository(String message) implements RegistryFailure {}

  /** The registry rejects the credential, or requires one and no entry has one. */
  record Unauthorised(String message) implements RegistryFailure {}

  /**
   * The registry requires a credential, and the matching entry has none now.
   *
   * @param nextAttempt when a retry is useful; {@link dev.rig.credentials.credential.Lease#NEVER}
   *     if time changes nothing
   */
  record NoCredential(String message, Instant nextAttempt) implements RegistryFailure {}

  /**
   * The registry limits the rate of requests (F27).
   *
   * @param retryAt when the next request may be sent
   */
  record RateLimited(String message, Instant retryAt) implements RegistryFailure {}

  /** The registry is unreachable, too slow or fails. */
  record Unreachable(String message) implements RegistryFailure {}

  /** The registry requests something that our rules forbid (T4, T5): nothing was sent. */
  record Refused(String message) implements RegistryFailure {}

  /** The registry's response is invalid: malformed, too large, or with a different digest. */
  record BadAnswer(String message) implements RegistryFailure {}
}
