package dev.rig.credentials.kube.secret;

import org.jspecify.annotations.Nullable;

/**
 * Asks for the removal of pull secrets that nobody wants any more.
 *
 * @param cluster its key in the configuration
 * @param namespace only there; null for everywhere
 * @param apply whether they are removed, and not only told
 */
public record PruneRequest(String cluster, @Nullable String namespace, boolean apply) {}
