package dev.rig.credentials.registry;

/** The answer to "does this image exist, and what is it?". */
public sealed interface Resolution permits ResolvedImage, RegistryFailure {}
