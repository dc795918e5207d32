package dev.rig.credentials.registry;

import dev.rig.credentials.image.Digest;
import org.jspecify.annotations.Nullable;

/**
 * One image of an index.
 *
 * @param os for example {@code linux}
 * @param architecture for example {@code arm64}
 * @param variant for example {@code v8}; null if absent
 * @param digest of its manifest
 * @param size of its manifest in bytes
 */
public record ImagePlatform(
    String os, String architecture, @Nullable String variant, Digest digest, long size) {}
