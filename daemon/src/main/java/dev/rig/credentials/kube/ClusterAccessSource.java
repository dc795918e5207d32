package dev.rig.credentials.kube;

import dev.rig.credentials.time.Time;
import java.util.Map;

/** Where the access to a cluster comes from. Used by one thread at a time. */
public interface ClusterAccessSource {
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
      throw new PullSecretException(
          PullSecretException.Reason.CLUSTER, "it has a url but neither a token nor a script");
    };
  }
}
