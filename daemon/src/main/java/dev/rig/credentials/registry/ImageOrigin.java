package dev.rig.credentials.registry;

import org.jspecify.annotations.Nullable;

/**
 * Where an image was built from, as its annotations or labels say: {@code
 * org.opencontainers.image.source} and {@code …revision} of the OCI image specification.
 *
 * @param source the address of the source; null where it is not said
 * @param revision the commit; null where it is not said
 */
public record ImageOrigin(@Nullable String source, @Nullable String revision) {
  /** Nothing is known. */
  public static final ImageOrigin UNKNOWN = new ImageOrigin(null, null);
}
