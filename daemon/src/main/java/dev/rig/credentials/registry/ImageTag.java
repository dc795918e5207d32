package dev.rig.credentials.registry;

import dev.rig.credentials.image.Digest;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A tag of a repository.
 *
 * @param name the tag
 * @param digest of its manifest; null if it was not requested
 * @param createdAt when its image was built; null if unknown
 */
public record ImageTag(String name, @Nullable Digest digest, @Nullable Instant createdAt) {}
