package dev.rig.credentials.registry;

import dev.rig.credentials.credential.Lease;
import dev.rig.credentials.credential.Lookup;
import dev.rig.credentials.image.ImageReference;
import java.util.concurrent.CompletableFuture;

/** The credentials that the registry client needs from a broker. */
public interface RegistryCredentials {
  /** Returns the credential of an image; never completes exceptionally. */
  CompletableFuture<Lookup> lookup(ImageReference reference);

  /**
   * Discards exactly this lease, which {@link #lookup} returned and a registry rejected, so that a
   * new one is obtained (F26).
   *
   * @return false if nothing was discarded, also because a rejection was accepted shortly before
   */
  boolean reject(ImageReference reference, Lease lease);
}
