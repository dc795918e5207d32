package dev.rig.credentials.registry;

import dev.rig.credentials.image.Digest;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A tag of a repository.
 *
 * @param name the tag
 * @param digest of the manifest that it names; null where nobody asked for it
 * @param createdAt when its image was built; null where that is not known
 */
public record ImageTag(String name, @Nullable Digest digest, @Nullable Instant createdAt) {}
