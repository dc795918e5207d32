package dev.rig.credentials.kube;

import dev.rig.credentials.credential.Secret;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The access to a cluster: its address, the trusted authority, and the client's credential.
 *
 * @param url {@code https://…}, or {@code http://} on loopback
 * @param certificateAuthority PEM; null for the system's authorities
 * @param token a bearer token; null if there is a certificate
 * @param clientCertificate PEM; null if there is a token
 * @param clientKey PEM; null if there is a token
 */
record ClusterAccess(
    String url,
    @Nullable String certificateAuthority,
    @Nullable Secret token,
    @Nullable String clientCertificate,
    @Nullable Secret clientKey) {
  static ClusterAccess withToken(String url, @Nullable String certificateAuthority, Secret token) {
    return new ClusterAccess(url, certificateAuthority, token, null, null);
  }

  /** Returns whether a client for the other access can be used with this token. */
  boolean sameBesidesToken(ClusterAccess other) {
    return url.equals(other.url)
        && Objects.equals(certificateAuthority, other.certificateAuthority)
        && (token == null) == (other.token == null)
        && Objects.equals(clientCertificate, other.clientCertificate)
        && Objects.equals(clientKey, other.clientKey);
  }

  @Override
  public String toString() {
    return "Access[redacted]";
  }
}
