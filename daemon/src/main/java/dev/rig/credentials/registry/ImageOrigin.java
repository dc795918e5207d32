package dev.rig.credentials.registry;

import org.jspecify.annotations.Nullable;

/**
 * The source of an image, from its annotations or labels {@code org.opencontainers.image.source}
 * and {@code …revision} (OCI image specification).
 *
 * @param source the address of the source; null if absent
 * @param revision the commit; null if absent
 */
public record ImageOrigin(@Nullable String source, @Nullable String revision) {
  /** No source is known. */
  public static final ImageOrigin UNKNOWN = new ImageOrigin(null, null);
}
