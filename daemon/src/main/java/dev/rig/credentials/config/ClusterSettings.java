package dev.rig.credentials.config;

import dev.rig.credentials.credential.Secret;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The settings of one cluster that concern registries and deployments. A null field is not set.
 *
 * @param origin the cluster's key in the last file that names it
 * @param url the address of the Kubernetes API
 * @param token a bearer token for the API
 * @param script prints a client-go {@code ExecCredential}
 * @param certificateAuthority the API's certificate authority
 * @param createPullSecrets whether pull secrets are written into the cluster; see {@link
 *     #createsPullSecrets()}
 * @param pullSecretNamespaces the only namespaces that get them; a key of this daemon
 * @param pullSecrets namespaces whose service accounts get them; a key of this daemon
 */
public record ClusterSettings(
    SourcePosition origin,
    @Nullable Type type,
    @Nullable String url,
    @Nullable Secret token,
    @Nullable Secret script,
    @Nullable String certificateAuthority,
    @Nullable Boolean createPullSecrets,
    @Nullable List<String> pullSecretNamespaces,
    @Nullable List<PullSecretGroup> pullSecrets,
    @Nullable DevRegistryHosts devRegistry,
    @Nullable Git git) {
  /** The kind of cluster. */
  public enum Type {
    DOCKER,
    K8S
  }

  /**
   * The hosts of a development registry.
   *
   * @param host in images that are pushed from outside the cluster
   * @param clusterHost in images that are pulled inside the cluster
   */
  public record DevRegistryHosts(@Nullable String host, @Nullable String clusterHost) {
    DevRegistryHosts overriddenBy(@Nullable DevRegistryHosts later) {
      return later == null
          ? this
          : new DevRegistryHosts(last(host, later.host), last(clusterHost, later.clusterHost));
    }
  }

  /**
   * The repository of deployments.
   *
   * @param url its address, which may contain a login
   */
  public record Git(@Nullable String url) {
    Git overriddenBy(@Nullable Git later) {
      return later == null ? this : new Git(last(url, later.url));
    }

    @Override
    public String toString() {
      return "Git[redacted]";
    }
  }

  /**
   * Namespaces whose service accounts pull with one Secret in each.
   *
   * @param names the namespaces; empty if labels select them
   * @param matchLabels labels that a namespace must have, all of them; empty if names select the
   *     namespaces
   * @param registries the prefixes whose credentials the Secret contains, in normal form
   */
  public record PullSecretGroup(
      List<String> names,
      Map<String, String> matchLabels,
      List<String> serviceAccounts,
      List<String> registries,
      boolean restartStuckPods) {}

  /** Returns whether any namespace of the cluster gets pull secrets. */
  public boolean wantsPullSecrets() {
    return createsPullSecrets()
        || (pullSecrets != null && !pullSecrets.isEmpty() && type != Type.DOCKER);
  }

  /** Returns whether pull secrets are written into the cluster; false by default. */
  public boolean createsPullSecrets() {
    return createPullSecrets != null && createPullSecrets && type != Type.DOCKER;
  }

  /** Returns a copy in which the fields that {@code later} sets replace those of this. */
  public ClusterSettings overriddenBy(ClusterSettings later) {
    return new ClusterSettings(
        later.origin,
        last(type, later.type),
        last(url, later.url),
        last(token, later.token),
        last(script, later.script),
        last(certificateAuthority, later.certificateAuthority),
        last(createPullSecrets, later.createPullSecrets),
        last(pullSecretNamespaces, later.pullSecretNamespaces),
        last(pullSecrets, later.pullSecrets),
        devRegistry == null ? later.devRegistry : devRegistry.overriddenBy(later.devRegistry),
        git == null ? later.git : git.overriddenBy(later.git));
  }

  private static <T> @Nullable T last(@Nullable T earlier, @Nullable T later) {
    return later == null ? earlier : later;
  }

  /** Prints only fields that cannot contain a secret; an address can contain a login. */
  @Override
  public String toString() {
    return "ClusterSettings[origin=" + origin + ", type=" + type + ", redacted]";
  }
}
