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
  /** Whether the image is there by its name. */
  public boolean holds(ImageReference image) {
    return image.host().equals(host);
  }

  /** The repository, with this host, that an image of another registry is pushed to. */
  public String repository(ImageReference image) {
    return host + "/" + image.path();
  }

  /** The reference that a cluster pulls exactly this image by; the tag is for people. */
  public String pinned(ResolvedImage image) {
    var registry = image.registry().equals(host) ? clusterHost : image.registry();
    var tag = image.tag() == null ? "" : ":" + image.tag();
    return registry + "/" + image.repository() + tag + "@" + image.digest();
  }
}
