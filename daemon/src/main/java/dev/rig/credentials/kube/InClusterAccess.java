package dev.rig.credentials.kube;

import dev.rig.credentials.credential.Secret;
import dev.rig.credentials.files.RegularFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;

/**
 * The access by the service account of this pod. Its token is replaced about every hour, so it is
 * read each time (<a
 * href="https://kubernetes.io/docs/tasks/run-application/access-api-from-pod/">Accessing the
 * Kubernetes API from a Pod</a>).
 */
public final class InClusterAccess implements ClusterAccessSource {
  /** The kubelet's folder for the token. */
  public static final Path FOLDER = Path.of("/var/run/secrets/kubernetes.io/serviceaccount");

  private final Path folder;
  private final Map<String, String> environment;

  public InClusterAccess(Path folder, Map<String, String> environment) {
    this.folder = folder;
    this.environment = environment;
  }

  @Override
  public ClusterAccess current() {
    var host = environment.getOrDefault("KUBERNETES_SERVICE_HOST", "");
    var port = environment.getOrDefault("KUBERNETES_SERVICE_PORT", "443");
    if (host.isEmpty()) {
      throw new PullSecretException(
          PullSecretException.Reason.CLUSTER,
          "it has no url, and this process does not run in a cluster: KUBERNETES_SERVICE_HOST is"
              + " not set");
    }
    var authority = host.indexOf(':') >= 0 ? "[" + host + "]" : host;
    return ClusterAccess.withToken(
        "https://" + authority + ":" + port, read("ca.crt"), Secret.of(read("token").strip()));
  }

  /** Returns the pod's namespace; {@code default} if unknown. */
  public String namespace() {
    try {
      return RegularFile.text(folder.resolve("namespace")).strip();
    } catch (IOException e) {
      return "default";
    }
  }

  private String read(String name) {
    try {
      return RegularFile.text(folder.resolve(name));
    } catch (IOException e) {
      throw new PullSecretException(
          PullSecretException.Reason.CLUSTER,
          "it has no url, and %s cannot be read; the pod needs automountServiceAccountToken"
              .formatted(folder.resolve(name)));
    }
  }
}
