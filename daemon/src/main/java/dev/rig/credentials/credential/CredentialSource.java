package dev.rig.credentials.credential;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** The source of an entry's credential. */
public interface CredentialSource {
  /**
   * The highest number of concurrent runs of one entry: an entry with a glob has several
   * registries, and a client that probes hosts must not start a thousand programs.
   */
  int MOST_AT_ONCE = 16;

  /** How long a caller waits beyond the source's own timeout, so that its report arrives. */
  Duration GRACE = Duration.ofSeconds(2);

  /**
   * Returns the kind of source in one word, for people: {@code static}, {@code script}, {@code
   * helper}.
   */
  String kind();

  /**
   * Starts to obtain a credential; never blocks the caller.
   *
   * @return completes with a new lease, or exceptionally with a {@link SourceException}; always
   *     completes. Cancelling it stops the work.
   */
  CompletableFuture<Lease> issue(SourceRequest request);

  /**
   * Returns the keeper of logins for this source; null if clients cannot change its credentials.
   */
  default @Nullable LoginKeeper logins() {
    return null;
  }

  /** Returns the longest duration of {@link #issue}; the caller gives up after it. */
  default Duration patience() {
    return Duration.ofMinutes(1);
  }
}
