package dev.rig.credentials.dev;

import dev.rig.credentials.image.ImageReference;
import dev.rig.credentials.registry.ResolvedImage;

/**
 * A development registry by its two names.
 *
 * @param host names images when they are pushed from outside
 * @param clusterHost names them when they are pulled inside
 */
public record DevHost(String host, String clusterHost) {
  private static final String OFFICIAL = "library/";

  /** Whether the image is there by its name. */
  public boolean holds(ImageReference image) {
    return image.host().equals(host);
  }

  /** The repository, with this host, that an image of another registry is pushed to. */
  public String repository(ImageReference image) {
    var path = image.path();
    return host + "/" + (path.startsWith(OFFICIAL) ? path.substring(OFFICIAL.length()) : path);
  }

  /** The reference that a cluster pulls exactly this image by. */
  public String pinned(ResolvedImage image) {
    var registry = image.registry().equals(host) ? clusterHost : image.registry();
    return registry + "/" + image.repository() + "@" + image.digest();
  }
}
