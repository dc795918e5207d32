package dev.rig.credentials.kube.secret;

import dev.rig.credentials.image.ImageReference;
import dev.rig.credentials.image.InvalidReferenceException;
import dev.rig.credentials.image.RegistryPrefix;

/**
 * The key by which a kubelet finds an entry's credential for an image (kubernetes {@code
 * pkg/credentialprovider}, {@code BasicDockerKeyring}).
 *
 * <p>The kubelet matches the host label by label and the path by a raw string prefix: a path must
 * therefore end with a slash, or {@code ghcr.io/org} would match {@code ghcr.io/organic}. It
 * removes a leading {@code /v1} or {@code /v2} from a key's path, so a path that starts that way
 * gets another one. It asks for Docker Hub's images as {@code docker.io/…}, but falls back to
 * Docker Hub's own key.
 */
final class KubeletKey {
  /** Docker Hub as {@link ImageReference} names it. */
  private static final String HUB = "index.docker.io";

  private static final String HUB_KEY = "https://index.docker.io/v1/";
  private static final String HUB_IMAGES = "docker.io";

  private KubeletKey() {}

  /**
   * Returns the key for an image.
   *
   * @param image as it is pulled
   * @param host the registry's host as the cluster names it
   * @param prefix the entry that answers for the image, as its normalised prefix; the image's host
   *     replaces a glob
   */
  static String of(ImageReference image, String host, String prefix) {
    var path = path(prefix);
    if (path.isEmpty()) {
      return ofHost(host);
    }
    return inPath(host, path) + (image.path().equals(path) ? "" : "/");
  }

  /**
   * Returns the key for everything below a registry's prefix.
   *
   * @param host the registry's host as the cluster names it
   * @param prefix normalised, without a glob
   */
  static String below(String host, String prefix) {
    var path = path(prefix);
    return path.isEmpty() ? ofHost(host) : inPath(host, path) + "/";
  }

  private static String ofHost(String host) {
    return host.equals(HUB) ? HUB_KEY : host;
  }

  private static String inPath(String host, String path) {
    var hidden = path.matches("v[12](/.*)?") ? "/v2/" : "/";
    return (host.equals(HUB) ? HUB_IMAGES : host) + hidden + path;
  }

  private static String path(String prefix) {
    try {
      return RegistryPrefix.ofHost(prefix).path();
    } catch (InvalidReferenceException e) {
      throw new IllegalArgumentException("the entry's prefix is not in normal form", e);
    }
  }
}
