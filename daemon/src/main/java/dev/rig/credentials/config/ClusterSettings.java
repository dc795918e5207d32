package dev.rig.credentials.config;

import dev.rig.credentials.credential.Secret;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What is configured of one cluster, as far as it concerns registries and deployments. Null is
 * unset throughout.
 *
 * @param origin the cluster's key in the last file that names it
 * @param url the Kubernetes API's address
 * @param token a bearer token for it
 * @param script prints a client-go {@code ExecCredential}
 * @param certificateAuthority the API's certificate authority
 * @param createPullSecrets whether pull secrets are written into the cluster; see {@link
 *     #createsPullSecrets()}
 * @param pullSecretNamespaces ours: the only namespaces that they are kept in
 * @param pullSecrets ours: namespaces whose service accounts get them
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
   * A registry for development.
   *
   * @param host names images when they are pushed from outside
   * @param clusterHost names them when they are pulled inside
   */
  public record DevRegistryHosts(@Nullable String host, @Nullable String clusterHost) {
    DevRegistryHosts overriddenBy(@Nullable DevRegistryHosts later) {
      return later == null
          ? this
          : new DevRegistryHosts(last(host, later.host), last(clusterHost, later.clusterHost));
    }
  }

  /**
   * A repository that deployments go through.
   *
   * @param url its address, which may carry a login
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
   * @param names the namespaces; empty where labels select them
   * @param matchLabels all of which a namespace has to have; empty where names select them
   * @param registries the prefixes that it holds credentials for, in normal form
   */
  public record PullSecretGroup(
      List<String> names,
      Map<String, String> matchLabels,
      List<String> serviceAccounts,
      List<String> registries,
      boolean restartStuckPods) {}

  /** Whether anything in the cluster gets pull secrets. */
  public boolean wantsPullSecrets() {
    return createsPullSecrets()
        || (pullSecrets != null && !pullSecrets.isEmpty() && type != Type.DOCKER);
  }

  /** Whether pull secrets are written into the cluster; they are not unless that is set. */
  public boolean createsPullSecrets() {
    return createPullSecrets != null && createPullSecrets && type != Type.DOCKER;
  }

  /** These with every field replaced that the later ones set. */
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

  /** Only what cannot hold a secret: an address can carry a login. */
  @Override
  public String toString() {
    return "ClusterSettings[origin=" + origin + ", type=" + type + ", redacted]";
  }
}
