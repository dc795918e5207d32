package dev.rig.credentials.http.platform;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.rig.credentials.http.server.ApiJson;
import dev.rig.credentials.registry.ImageOrigin;
import dev.rig.credentials.registry.ImagePlatform;
import dev.rig.credentials.registry.RegistryFailure;
import dev.rig.credentials.registry.ResolvedImage;
import java.io.IOException;
import java.util.List;
import java.util.function.UnaryOperator;

/** {@code /v1/images}: whether an image exists, and what a platform records of it. */
final class ImagesResource implements ApiResource {
  private final ImageLookup images;
  private final UnaryOperator<String> inCluster;

  /**
   * The resource.
   *
   * @param inCluster the host of a registry as a cluster knows it
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

  private void write(JsonGenerator json, String image, ResolvedImage resolved) throws IOException {
    json.writeStringField("image", image);
    json.writeStringField("registry", resolved.registry());
    json.writeStringField("repository", resolved.repository());
    ApiJson.text(json, "tag", resolved.tag());
    json.writeStringField("digest", resolved.digest().toString());
    json.writeStringField("mediaType", resolved.mediaType());
    json.writeNumberField("size", resolved.size());
    if (resolved.imageSize() != null) {
      json.writeNumberField("imageSize", resolved.imageSize());
    }
    ApiJson.instant(json, "createdAt", resolved.createdAt());
    json.writeObjectFieldStart("labels");
    for (var label : resolved.labels().entrySet()) {
      json.writeStringField(label.getKey(), label.getValue());
    }
    json.writeEndObject();
    origin(json, resolved.origin());
    if (!resolved.platforms().isEmpty()) {
      json.writeArrayFieldStart("platforms");
      for (var platform : resolved.platforms()) {
        platform(json, platform);
      }
      json.writeEndArray();
    }
    json.writeStringField(
        "pinned",
        inCluster.apply(resolved.registry())
            + resolved.pinned().substring(resolved.registry().length()));
  }

  private static void origin(JsonGenerator json, ImageOrigin origin) throws IOException {
    if (!origin.equals(ImageOrigin.UNKNOWN)) {
      json.writeObjectFieldStart("origin");
      ApiJson.text(json, "source", origin.source());
      ApiJson.text(json, "revision", origin.revision());
      json.writeEndObject();
    }
  }

  private static void platform(JsonGenerator json, ImagePlatform platform) throws IOException {
    json.writeStartObject();
    json.writeStringField("os", platform.os());
    json.writeStringField("architecture", platform.architecture());
    ApiJson.text(json, "variant", platform.variant());
    json.writeStringField("digest", platform.digest().toString());
    json.writeNumberField("size", platform.size());
    json.writeEndObject();
  }
}
