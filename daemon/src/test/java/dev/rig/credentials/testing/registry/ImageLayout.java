package dev.rig.credentials.testing.registry;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.zip.GZIPOutputStream;

/** An OCI image layout on disk, for skopeo to push: one image, or an index of several platforms. */
public final class ImageLayout {
  private static final String MANIFEST = "application/vnd.oci.image.manifest.v1+json";
  private static final String INDEX = "application/vnd.oci.image.index.v1+json";

  private final Path folder;

  private ImageLayout(Path folder) {
    this.folder = folder;
  }

  /**
   * Writes a layout.
   *
   * @param created the time of creation in the images
   * @param architectures more than one make an index
   */
  public static Path write(Path folder, String created, String... architectures) {
    try {
      var layout = new ImageLayout(folder);
      Files.createDirectories(folder.resolve("blobs/sha256"));
      Files.writeString(folder.resolve("oci-layout"), "{\"imageLayoutVersion\":\"1.0.0\"}");
      var images = new ArrayList<String>();
      for (var architecture : architectures) {
        images.add(layout.image(created, architecture));
      }
      var top = images.size() == 1 ? images.getFirst() : layout.index(images);
      Files.writeString(folder.resolve("index.json"), document(List.of(top)));
      return folder;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private String index(List<String> images) throws IOException {
    return blob(INDEX, document(images).getBytes(StandardCharsets.UTF_8), "");
  }

  private static String document(List<String> descriptors) {
    return "{\"schemaVersion\":2,\"mediaType\":\"%s\",\"manifests\":[%s]}"
        .formatted(INDEX, String.join(",", descriptors));
  }

  private String image(String created, String architecture) throws IOException {
    byte[] tar = new byte[10 * 1024]; // an empty archive
    var zipped = new ByteArrayOutputStream();
    try (var zip = new GZIPOutputStream(zipped)) {
      zip.write(tar);
    }
    var layer = blob("application/vnd.oci.image.layer.v1.tar+gzip", zipped.toByteArray(), "");
    var config =
        """
        {"created":"%s","architecture":"%s","os":"linux","config":{"Labels":
        {"org.opencontainers.image.source":"https://example.org/app",
        "org.opencontainers.image.revision":"abc123"}},
        "rootfs":{"type":"layers","diff_ids":["sha256:%s"]},"history":[{"created":"%s"}]}\
        """
            .formatted(created, architecture, hash(tar), created);
    var configuration =
        blob(
            "application/vnd.oci.image.config.v1+json",
            config.getBytes(StandardCharsets.UTF_8),
            "");
    var manifest =
        "{\"schemaVersion\":2,\"mediaType\":\"%s\",\"config\":%s,\"layers\":[%s]}"
            .formatted(MANIFEST, configuration, layer);
    return blob(
        MANIFEST,
        manifest.getBytes(StandardCharsets.UTF_8),
        ",\"platform\":{\"os\":\"linux\",\"architecture\":\"" + architecture + "\"}");
  }

  /** Writes content and returns its descriptor. */
  private String blob(String type, byte[] content, String more) throws IOException {
    var hex = hash(content);
    Files.write(folder.resolve("blobs/sha256").resolve(hex), content);
    return "{\"mediaType\":\"%s\",\"digest\":\"sha256:%s\",\"size\":%d%s}"
        .formatted(type, hex, content.length, more);
  }

  private static String hash(byte[] content) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(content));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
