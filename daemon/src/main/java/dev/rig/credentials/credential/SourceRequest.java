package dev.rig.credentials.credential;

import org.jspecify.annotations.Nullable;

/**
 * A request to a source.
 *
 * @param registry the registry that the credential is for, as host and path; for an entry with a
 *     glob the requested host
 * @param serviceAccount the token of a kubelet's request, for an entry that uses it; otherwise null
 */
public record SourceRequest(String registry, @Nullable ServiceAccountToken serviceAccount) {
  /** Creates a request without a service account. */
  public SourceRequest(String registry) {
    this(registry, null);
  }
}
