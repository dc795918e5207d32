package dev.rig.credentials.registry;

import dev.rig.credentials.image.Digest;
import org.jspecify.annotations.Nullable;

/**
 * One image of an index.
 *
 * @param os as {@code linux}
 * @param architecture as {@code arm64}
 * @param variant as {@code v8}; null where there is none
 * @param digest of its manifest
 * @param size its manifest's bytes
 */
public record ImagePlatform(
    String os, String architecture, @Nullable String variant, Digest digest, long size) {}
