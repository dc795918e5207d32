package dev.rig.credentials.http.platform;

import dev.rig.credentials.json.JsonWriter;
import dev.rig.credentials.registry.ImageOrigin;
import dev.rig.credentials.registry.ImagePlatform;
import dev.rig.credentials.registry.RegistryFailure;
import dev.rig.credentials.registry.ResolvedImage;
import java.util.List;
import java.util.function.UnaryOperator;

/** {@code /v1/images}: returns whether an image exists, and the data that a platform records. */
final class ImagesResource implements ApiResource {
  private final ImageLookup images;
  private final UnaryOperator<String> inCluster;

  /**
   * Creates the resource.
   *
   * @param inCluster maps a registry's host to its name inside the cluster
   */
  ImagesResource(ImageLookup images, UnaryOperator<String> inCluster) {
    this.images = images;
    this.inCluster = inCluster;
  }

  @Override
  public List<ApiOperation> operations() {
    return List.of(ApiOperation.get("/v1/images", List.of("image"), this::get));
  }

  private void get(PlatformRequest request) throws InterruptedException {
    var image = request.required("image");
    switch (images.resolve(request.repository("image", image))) {
      case ResolvedImage resolved -> request.json(json -> write(json, image, resolved));
      case RegistryFailure failure -> throw ProblemResponseException.of(failure);
    }
  }

  private void write(JsonWriter json, String image, ResolvedImage resolved) {
    json.put("image", image)
        .put("registry", resolved.registry())
        .put("repository", resolved.repository())
        .put("tag", resolved.tag())
        .put("digest", resolved.digest())
        .put("mediaType", resolved.mediaType())
        .put("size", resolved.size())
        .put("imageSize", resolved.imageSize())
        .put("createdAt", resolved.createdAt())
        .put("labels", resolved.labels());
    var origin = resolved.origin();
    if (!origin.equals(ImageOrigin.UNKNOWN)) {
      json.object(
          "origin", one -> one.put("source", origin.source()).put("revision", origin.revision()));
    }
    if (!resolved.platforms().isEmpty()) {
      json.objects("platforms", resolved.platforms(), ImagesResource::platform);
    }
    json.put(
        "pinned",
        inCluster.apply(resolved.registry())
            + resolved.pinned().substring(resolved.registry().length()));
  }

  private static void platform(JsonWriter json, ImagePlatform platform) {
    json.put("os", platform.os())
        .put("architecture", platform.architecture())
        .put("variant", platform.variant())
        .put("digest", platform.digest())
        .put("size", platform.size());
  }
}
