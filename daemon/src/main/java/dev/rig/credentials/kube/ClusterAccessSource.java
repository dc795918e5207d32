package dev.rig.credentials.kube;

import dev.rig.credentials.time.Time;
import java.util.Map;
import java.util.Optional;

/** Where the access to a cluster comes from. Used by one thread at a time. */
public interface ClusterAccessSource {
  /** Why such a cluster cannot be asked. */
  String WITHOUT_ACCESS = "it has a url but neither a token nor a script";

  /**
   * The access to use now; may block while a script runs.
   *
   * @throws PullSecretException when there is none, with the reason
   */
  ClusterAccess current();

  /** The cluster does not accept it any more. */
  default void rejected() {}

  /** The source that a cluster's settings name; a wrong setting is reported at each request. */
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
   * Why a cluster's settings, as far as they can be checked without it, are wrong; empty if not.
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
