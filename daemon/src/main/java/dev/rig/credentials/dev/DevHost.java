package dev.rig.credentials.dev;

import dev.rig.credentials.image.ImageReference;
import dev.rig.credentials.registry.ResolvedImage;

/**
 * The two host names of a development registry.
 *
 * @param host in images that are pushed from outside the cluster
 * @param clusterHost in images that are pulled inside the cluster
 */
public record DevHost(String host, String clusterHost) {
  /** Returns whether the image's name is in this registry. */
  public boolean holds(ImageReference image) {
    return image.host().equals(host);
  }

  /** Returns the repository, with this host, to which an image of another registry is pushed. */
  public String repository(ImageReference image) {
    return host + "/" + image.path();
  }

  /** Returns the reference by which a cluster pulls exactly this image; the tag is for people. */
  public String pinned(ResolvedImage image) {
    var registry = image.registry().equals(host) ? clusterHost : image.registry();
    var tag = image.tag() == null ? "" : ":" + image.tag();
    return registry + "/" + image.repository() + tag + "@" + image.digest();
  }
}
