package dev.rig.credentials.credential;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** Where an entry's credential comes from. */
public interface CredentialSource {
  /** Only an entry with a glob has more than one registry; a prober must not start a thousand. */
  int MOST_AT_ONCE = 16;

  /** For a source to report a timeout of its own, before the caller gives up. */
  Duration GRACE = Duration.ofSeconds(2);

  /** The kind of source in one word, for people: {@code static}, {@code script}, {@code helper}. */
  String kind();

  /**
   * Begins to obtain a credential; never blocks the caller.
   *
   * @return completes with a fresh lease, or exceptionally with a {@link SourceException}; never
   *     stays open for ever. Cancelling it ends what was begun.
   */
  CompletableFuture<Lease> issue(SourceRequest request);

  /** What keeps logins for this source; null if clients cannot change what it answers. */
  default @Nullable LoginKeeper logins() {
    return null;
  }

  /** How long {@link #issue} may take; the caller gives up after it. */
  default Duration patience() {
    return Duration.ofMinutes(1);
  }
}
