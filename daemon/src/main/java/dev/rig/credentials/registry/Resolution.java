package dev.rig.credentials.registry;

/** The result of resolving an image: whether it exists, and what it is. */
public sealed interface Resolution permits ResolvedImage, RegistryFailure {}
