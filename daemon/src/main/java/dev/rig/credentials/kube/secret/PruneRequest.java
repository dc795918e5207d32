package dev.rig.credentials.kube.secret;

import org.jspecify.annotations.Nullable;

/**
 * A request to remove unused pull secrets.
 *
 * @param cluster its key in the configuration
 * @param namespace the namespace; null for all
 * @param apply whether to remove them; false only lists them
 */
public record PruneRequest(String cluster, @Nullable String namespace, boolean apply) {}
