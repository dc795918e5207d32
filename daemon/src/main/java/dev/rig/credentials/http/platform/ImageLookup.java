package dev.rig.credentials.http.platform;

import dev.rig.credentials.image.ImageReference;
import dev.rig.credentials.registry.Resolution;
import dev.rig.credentials.registry.TagListing;
import org.jspecify.annotations.Nullable;

/** The registry lookups that the platform's API needs. */
public interface ImageLookup {
  /** Resolves an image, or returns why that failed; blocks. */
  Resolution resolve(ImageReference image) throws InterruptedException;

  /**
   * Returns some tags of a repository, the newest first; blocks.
   *
   * @param limit the most tags to return
   * @param after the last tag of the previous page; null for the first page
   */
  TagListing tags(ImageReference repository, int limit, @Nullable String after)
      throws InterruptedException;
}
