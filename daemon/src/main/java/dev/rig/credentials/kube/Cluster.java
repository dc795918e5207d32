package dev.rig.credentials.kube;

import dev.rig.credentials.credential.Secret;
import org.jspecify.annotations.Nullable;

/**
 * A cluster that wants pull secrets. Null is unset throughout.
 *
 * @param name its key in the configuration
 * @param url the API's address; null for the cluster that this process runs in
 * @param token a bearer token for it
 * @param script prints a client-go {@code ExecCredential}; comes before the token
 * @param certificateAuthority PEM, the same in base64, or the path of a file with it
 * @param scope where its pull secrets go
 * @param gitOps whether deployments to it go through a git repository
 * @param devRegistry how images of a development registry are named inside
 */
public record Cluster(
    String name,
    @Nullable String url,
    @Nullable Secret token,
    @Nullable Secret script,
    @Nullable String certificateAuthority,
    PullSecretScope scope,
    boolean gitOps,
    @Nullable DevRegistryNames devRegistry) {
  /**
   * A development registry.
   *
   * @param host its name outside of the cluster, with which images are pushed
   * @param clusterHost its name inside, with which they are pulled
   */
  public record DevRegistryNames(String host, String clusterHost) {}

  /** Only what cannot hold a secret: an address can carry a login. */
  @Override
  public String toString() {
    return "Cluster[name=" + name + ", redacted]";
  }
}
