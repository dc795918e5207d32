package dev.rig.credentials.registry;

import dev.rig.credentials.credential.Lease;
import dev.rig.credentials.credential.Lookup;
import dev.rig.credentials.image.ImageReference;
import java.util.concurrent.CompletableFuture;

/** Where the client gets credentials from: what it needs of a broker. */
public interface RegistryCredentials {
  /** The credential that belongs to an image; never completes exceptionally. */
  CompletableFuture<Lookup> lookup(ImageReference reference);

  /**
   * Drops exactly this lease, which {@link #lookup} answered with and a registry refused, so that
   * it is fetched again (F26).
   *
   * @return false when nothing was dropped, also because something was a moment ago
   */
  boolean reject(ImageReference reference, Lease lease);
}
