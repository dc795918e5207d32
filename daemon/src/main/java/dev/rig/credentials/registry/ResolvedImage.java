package dev.rig.credentials.registry;

import dev.rig.credentials.image.Digest;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * An existing image: the data that a platform records for a rollout.
 *
 * <p>Digest, media type and size are those of the manifest or index that the reference names. Data
 * that only an image has (its size, time and labels) is, for an index, that of its {@code
 * linux/amd64} image; if it has none, of its first.
 *
 * @param registry the host, as in a reference's normal form
 * @param repository the path after the host
 * @param tag the requested tag, {@code latest} if neither tag nor digest was requested; null for a
 *     digest only
 * @param digest of the manifest's bytes, verified
 * @param mediaType the manifest's type
 * @param size of the manifest in bytes
 * @param imageSize of configuration and layers in bytes, compressed; null if the manifest does not
 *     have it
 * @param createdAt when the image was built, from its configuration; null if absent
 * @param labels the image's labels, by name
 * @param origin the image's source
 * @param platforms the images of an index; empty for a single image
 */
public record ResolvedImage(
    String registry,
    String repository,
    @Nullable String tag,
    Digest digest,
    String mediaType,
    long size,
    @Nullable Long imageSize,
    @Nullable Instant createdAt,
    SortedMap<String, String> labels,
    ImageOrigin origin,
    List<ImagePlatform> platforms)
    implements Resolution {
  public ResolvedImage {
    labels = Collections.unmodifiableSortedMap(new TreeMap<>(labels));
    platforms = List.copyOf(platforms);
  }

  /** Returns the repository with the digest: a reference that always means this image. */
  public String pinned() {
    return registry + "/" + repository + "@" + digest;
  }
}
