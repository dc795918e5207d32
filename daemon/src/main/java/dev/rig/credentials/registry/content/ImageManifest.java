package dev.rig.credentials.registry.content;

import dev.rig.credentials.image.Digest;
import dev.rig.credentials.image.InvalidReferenceException;
import dev.rig.credentials.json.JsonObject;
import dev.rig.credentials.registry.CallException;
import dev.rig.credentials.registry.ImagePlatform;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A manifest of Docker or the OCI; only the needed fields are read. */
public sealed interface ImageManifest {
  /** Docker's image manifest, version 2 schema 2. */
  String DOCKER_MANIFEST = "application/vnd.docker.distribution.manifest.v2+json";

  /** Docker's list of manifests. */
  String DOCKER_LIST = "application/vnd.docker.distribution.manifest.list.v2+json";

  /** The OCI's image manifest. */
  String OCI_MANIFEST = "application/vnd.oci.image.manifest.v1+json";

  /** The OCI's index. */
  String OCI_INDEX = "application/vnd.oci.image.index.v1+json";

  String DOCKER_CONFIG = "application/vnd.docker.container.image.v1+json";
  Set<String> IMAGE_CONFIGS = Set.of(DOCKER_CONFIG, "application/vnd.oci.image.config.v1+json");

  /** The start of every manifest's media type; servers send another type for unknown files. */
  String TYPES = "application/vnd.";

  /** Returns the media type: one of the four. */
  String mediaType();

  /** Returns the annotations, by name. */
  Map<String, String> annotations();

  /**
   * One image.
   *
   * @param config its configuration; null if it is not an image's
   * @param imageSize of configuration and layers in bytes; null if a size is missing
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

  /**
   * Parses a manifest.
   *
   * @param contentType the type in the response; null if absent
   * @throws CallException if it is invalid or ambiguous
   */
  static ImageManifest read(byte[] bytes, @Nullable String contentType, String who)
      throws CallException {
    var json = CallException.json(bytes, who);
    var type = type(json, contentType, who);
    return switch (type) {
      case DOCKER_MANIFEST, OCI_MANIFEST -> {
        // A document that is valid as both types would be two images with one digest.
        if (json.has("manifests")) {
          throw CallException.badAnswer(who + " sent a manifest that is an index too");
        }
        yield new Image(
            type, json.object("annotations").texts(), config(json, who), imageSize(json));
      }
      case DOCKER_LIST, OCI_INDEX -> {
        if (json.has("config") || json.has("layers")) {
          throw CallException.badAnswer(who + " sent an index that is a manifest too");
        }
        yield new Index(type, json.object("annotations").texts(), platforms(json, who));
      }
      default -> throw CallException.badAnswer(who + " sent a manifest of an unsupported kind");
    };
  }

  private static String type(JsonObject json, @Nullable String contentType, String who)
      throws CallException {
    var said = contentType == null ? "" : contentType.split(";", 2)[0].strip();
    said = said.toLowerCase(Locale.ROOT);
    var own = json.text("mediaType");
    boolean usual = !said.startsWith(TYPES);
    if (own == null) {
      return usual ? typeByContent(json) : said;
    }
    if (!usual && !said.equals(own.toLowerCase(Locale.ROOT))) {
      throw CallException.badAnswer(who + " sent a manifest with two different media types");
    }
    return own.toLowerCase(Locale.ROOT);
  }

  /** Returns the type of a manifest without a declared one; empty if it is not a manifest. */
  private static String typeByContent(JsonObject json) {
    if (json.has("manifests")) {
      return OCI_INDEX;
    }
    if (!json.has("config") || !json.has("layers")) {
      return "";
    }
    return DOCKER_CONFIG.equals(json.object("config").text("mediaType"))
        ? DOCKER_MANIFEST
        : OCI_MANIFEST;
  }

  private static @Nullable Digest config(JsonObject json, String who) throws CallException {
    var config = json.object("config");
    var type = config.text("mediaType");
    return type != null && IMAGE_CONFIGS.contains(type) ? digest(config, who) : null;
  }

  private static @Nullable Long imageSize(JsonObject json) {
    var parts = new ArrayList<>(json.objects("layers"));
    parts.add(json.object("config"));
    long sum = 0;
    for (var part : parts) {
      var size = part.size("size");
      if (size == null || Long.MAX_VALUE - sum < size) {
        return null;
      }
      sum += size;
    }
    return sum;
  }

  /** Returns the platforms without attestations, which an index lists for an unknown platform. */
  private static List<ImagePlatform> platforms(JsonObject json, String who) throws CallException {
    var platforms = new ArrayList<ImagePlatform>();
    for (var entry : json.objects("manifests")) {
      var platform = entry.object("platform");
      var os = platform.text("os");
      var architecture = platform.text("architecture");
      var size = entry.size("size");
      if (os != null && architecture != null && size != null && !os.equals("unknown")) {
        platforms.add(
            new ImagePlatform(
                os, architecture, platform.text("variant"), digest(entry, who), size));
      }
    }
    return platforms;
  }

  private static Digest digest(JsonObject descriptor, String who) throws CallException {
    var text = descriptor.text("digest");
    try {
      return Digest.parse(text == null ? "" : text);
    } catch (InvalidReferenceException e) {
      throw CallException.badAnswer(who + " sent a manifest with an invalid digest in it");
    }
  }
}
