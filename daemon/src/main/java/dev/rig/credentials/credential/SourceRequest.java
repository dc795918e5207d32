package dev.rig.credentials.credential;

/**
 * What a source is asked.
 *
 * @param registry the registry that the credential is for, as host and path; for an entry with a
 *     glob the host that was really asked for
 */
public record SourceRequest(String registry) {}
