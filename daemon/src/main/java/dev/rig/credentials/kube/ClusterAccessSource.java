package dev.rig.credentials.kube;

import dev.rig.credentials.time.Time;
import java.util.Map;
import java.util.Optional;

/** The source of the access to a cluster. Used by one thread at a time. */
public interface ClusterAccessSource {
  /** The problem of a cluster without a credential. */
  String WITHOUT_ACCESS = "it has a url but neither a token nor a script";

  /**
   * Returns the current access; may block while a script runs.
   *
   * @throws PullSecretException if no access is available, with the reason
   */
  ClusterAccess current();

  /** Reports that the cluster rejected the access. */
  default void rejected() {}

  /**
   * Returns the source for a cluster's settings; an invalid setting is reported at each request.
   */
  static ClusterAccessSource of(
      Cluster cluster, CredentialScript scripts, Map<String, String> environment, Time time) {
    var url = cluster.url();
    var authority = cluster.certificateAuthority();
    if (url == null) {
      return new InClusterAccess(InClusterAccess.FOLDER, environment);
    }
    if (cluster.script() != null) {
      return new ScriptAccess(cluster.name(), url, authority, cluster.script(), scripts, time);
    }
    if (cluster.token() != null) {
      return new ConfiguredAccess(url, authority, cluster.token());
    }
    return () -> {
      throw new PullSecretException(PullSecretException.Reason.CLUSTER, WITHOUT_ACCESS);
    };
  }

  /**
   * Returns what is wrong with a cluster's settings, without contacting the cluster; empty if
   * nothing is.
   */
  static Optional<String> problem(Cluster cluster, Map<String, String> environment) {
    var url = cluster.url();
    try {
      if (url == null) {
        new InClusterAccess(InClusterAccess.FOLDER, environment).current();
      } else if (cluster.script() == null && cluster.token() == null) {
        return Optional.of(WITHOUT_ACCESS);
      } else {
        ConfiguredAccess.url(url);
        ConfiguredAccess.pem(cluster.certificateAuthority());
      }
      return Optional.empty();
    } catch (PullSecretException e) {
      return Optional.of(String.valueOf(e.getMessage()));
    }
  }
}
