package dev.rig.credentials.kube;

import dev.rig.credentials.credential.Secret;
import org.jspecify.annotations.Nullable;

/**
 * A cluster that gets pull secrets. A null field is not set.
 *
 * @param name its key in the configuration
 * @param url the API's address; null for the cluster that this process runs in
 * @param token a bearer token for the API
 * @param script prints a client-go {@code ExecCredential}; has precedence over the token
 * @param certificateAuthority PEM, the same in base64, or the path of a file with it
 * @param scope where its pull secrets go
 * @param gitOps whether deployments to it go through a git repository
 * @param devRegistry the names of its development registry
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
   * The names of a development registry.
   *
   * @param host outside the cluster, in images that are pushed
   * @param clusterHost inside the cluster, in images that are pulled
   */
  public record DevRegistryNames(String host, String clusterHost) {}

  /** Prints only fields that cannot contain a secret; an address can contain a login. */
  @Override
  public String toString() {
    return "Cluster[name=" + name + ", redacted]";
  }
}
