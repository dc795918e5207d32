package dev.rig.credentials.credential;

import org.jspecify.annotations.Nullable;

/**
 * What a source is asked.
 *
 * @param registry the registry that the credential is for, as host and path; for an entry with a
 *     glob the host that was really asked for
 * @param serviceAccount the token that a kubelet brought, for an entry that wants one; else null
 */
public record SourceRequest(String registry, @Nullable ServiceAccountToken serviceAccount) {
  /** A question on nobody's behalf in particular. */
  public SourceRequest(String registry) {
    this(registry, null);
  }
}
