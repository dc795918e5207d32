package dev.rig.credentials.http.platform;

import dev.rig.credentials.linux.Peer;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Hears of every request on the platform's socket that was answered. */
@FunctionalInterface
public interface RequestObserver {
  /**
   * One was answered.
   *
   * @param prefix the entry that it was about; null for none
   * @param status that of HTTP
   * @param took from the request's headers to the answer
   */
  void answered(@Nullable String prefix, int status, Duration took, Peer peer);
}
