package dev.rig.credentials.registry.content;

import dev.rig.credentials.image.Digest;
import java.nio.charset.StandardCharsets;

/** An image with its bytes, as a registry holds it. */
public final class FakeImage {
  private final String mediaType;
  private final byte[] manifest;
  private final byte[] config;

  public FakeImage(String mediaType, byte[] manifest, byte[] config) {
    this.mediaType = mediaType;
    this.manifest = manifest;
    this.config = config;
  }

  public String mediaType() {
    return mediaType;
  }

  public byte[] manifest() {
    return manifest;
  }

  public byte[] config() {
    return config;
  }

  public static final String CREATED = "2026-01-02T03:04:05Z";

  public static FakeImage oci() {
    return image(ImageManifest.OCI_MANIFEST, "application/vnd.oci.image.config.v1+json");
  }

  public static FakeImage docker() {
    return image(ImageManifest.DOCKER_MANIFEST, "application/vnd.docker.container.image.v1+json");
  }

  private static FakeImage image(String type, String configType) {
    var config =
        """
        {"created":"%s","architecture":"amd64","os":"linux","config":{"Labels":
        {"org.opencontainers.image.source":"https://example.org/app",
        "org.opencontainers.image.revision":"abc123","team":"rig"}}}\
        """
            .formatted(CREATED)
            .getBytes(StandardCharsets.UTF_8);
    var manifest =
        """
        {"schemaVersion":2,"mediaType":"%s","config":{"mediaType":"%s","digest":"%s","size":%d},
        "layers":[{"mediaType":"application/vnd.oci.image.layer.v1.tar+gzip",
        "digest":"%s","size":1000}]}\
        """
            .formatted(
                type, configType, Digest.sha256(config), config.length, Digest.sha256(config));
    return new FakeImage(type, manifest.getBytes(StandardCharsets.UTF_8), config);
  }

  /** Returns an index of this image for linux/amd64 and linux/arm64/v8, with an attestation. */
  public byte[] index(String type) {
    var entry =
        """
        {"mediaType":"%s","digest":"%s","size":%d,"platform":{"os":"%s","architecture":"%s"%s}}\
        """;
    var digest = Digest.sha256(manifest);
    return ("{\"schemaVersion\":2,\"mediaType\":\""
            + type
            + "\",\"manifests\":["
            + entry.formatted(
                mediaType, Digest.sha256(new byte[1]), 7, "linux", "arm64", ",\"variant\":\"v8\"")
            + ","
            + entry.formatted(mediaType, digest, manifest.length, "linux", "amd64", "")
            + ","
            + entry.formatted(mediaType, Digest.sha256(new byte[2]), 8, "unknown", "unknown", "")
            + "]}")
        .getBytes(StandardCharsets.UTF_8);
  }

  public Digest digest() {
    return Digest.sha256(manifest);
  }

  public Digest configDigest() {
    return Digest.sha256(config);
  }
}
