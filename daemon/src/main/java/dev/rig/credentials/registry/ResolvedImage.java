package dev.rig.credentials.registry;

import dev.rig.credentials.image.Digest;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * An image that exists: what a platform records for a rollout.
 *
 * <p>Digest, media type and size are those of the manifest or index that the reference names. What
 * only an image has (its size, time and labels) is for an index that of its {@code linux/amd64}
 * image, or of its first where it has none.
 *
 * @param registry the host, as in a reference's normal form
 * @param repository the path below the host
 * @param tag the tag that was asked for, {@code latest} where none and no digest was; null for a
 *     digest alone
 * @param digest of the manifest's bytes, checked against them
 * @param mediaType the manifest's type
 * @param size the manifest's bytes
 * @param imageSize the bytes of configuration and layers, as they are pulled; null where the
 *     manifest does not say
 * @param createdAt when the image was built, as it says itself; null where it does not
 * @param labels the image's labels, by name
 * @param origin where it was built from
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

  /** The repository with the digest: a reference that always means this very image. */
  public String pinned() {
    return registry + "/" + repository + "@" + digest;
  }
}
