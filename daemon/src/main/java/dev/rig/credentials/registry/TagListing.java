package dev.rig.credentials.registry;

/** The result of listing the tags of a repository. */
public sealed interface TagListing permits TagPage, RegistryFailure {}
