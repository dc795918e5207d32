package dev.rig.credentials.registry.content;

import dev.rig.credentials.image.Digest;
import dev.rig.credentials.registry.ImagePlatform;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A manifest of Docker's or the OCI's, of which only what is used here was read. */
public sealed interface ImageManifest {
  /** Docker's image manifest, version 2 schema 2. */
  String DOCKER_MANIFEST = "application/vnd.docker.distribution.manifest.v2+json";

  /** Docker's list of manifests. */
  String DOCKER_LIST = "application/vnd.docker.distribution.manifest.list.v2+json";

  /** The OCI's image manifest. */
  String OCI_MANIFEST = "application/vnd.oci.image.manifest.v1+json";

  /** The OCI's index. */
  String OCI_INDEX = "application/vnd.oci.image.index.v1+json";

  /** Its type: one of the four. */
  String mediaType();

  /** Its annotations, by name. */
  Map<String, String> annotations();

  /**
   * One image.
   *
   * @param config what its configuration is; null where it is not that of an image
   * @param imageSize configuration and layers; null where a size is missing
   */
  record Image(
      String mediaType,
      Map<String, String> annotations,
      @Nullable Digest config,
      @Nullable Long imageSize)
      implements ImageManifest {}

  /** Several images. */
  record Index(String mediaType, Map<String, String> annotations, List<ImagePlatform> platforms)
      implements ImageManifest {}
}
