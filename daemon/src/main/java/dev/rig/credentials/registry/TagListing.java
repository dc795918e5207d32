package dev.rig.credentials.registry;

/** The answer to "which tags does this repository have?". */
public sealed interface TagListing permits TagPage, RegistryFailure {}
