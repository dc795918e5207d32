package dev.rig.credentials.credential;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;

/** Where an entry's credential comes from. */
public interface CredentialSource {
  /** The kind of source in one word, for people: {@code static}, {@code script}. */
  String kind();

  /**
   * Begins to obtain a credential; never blocks the caller.
   *
   * @return completes with a fresh lease, or exceptionally with a {@link SourceException}; never
   *     stays open for ever. Cancelling it ends what was begun.
   */
  CompletableFuture<Lease> issue(SourceRequest request);

  /** How long {@link #issue} may take; the caller gives up after it. */
  default Duration patience() {
    return Duration.ofMinutes(1);
  }
}
