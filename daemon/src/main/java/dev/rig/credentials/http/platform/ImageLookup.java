package dev.rig.credentials.http.platform;

import dev.rig.credentials.image.ImageReference;
import dev.rig.credentials.registry.Resolution;
import dev.rig.credentials.registry.TagListing;
import org.jspecify.annotations.Nullable;

/** What the platform's API needs of the registries. */
public interface ImageLookup {
  /** What an image is, or why that cannot be told; blocks. */
  Resolution resolve(ImageReference image) throws InterruptedException;

  /**
   * Some tags of a repository, the newest first; blocks.
   *
   * @param limit how many at the most
   * @param after where the page before this one ended; null for the first
   */
  TagListing tags(ImageReference repository, int limit, @Nullable String after)
      throws InterruptedException;
}
