package dev.rig.credentials.dev;

import dev.rig.credentials.credential.Credential;
import dev.rig.credentials.credential.Secret;
import dev.rig.credentials.store.SealedFile;
import dev.rig.credentials.store.SealedRecord;
import dev.rig.credentials.store.StateFolder;
import dev.rig.credentials.store.StoreException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The manifests of a development registry inside a cluster, and the platform's values for it. Both
 * use one login, which is created on first use and stored sealed.
 */
public final class DevManifests {
  private static final String FILE = "dev-cluster.sealed";
  private static final String PURPOSE = "development registry in a cluster";
  private static final int HTTP_SECRET = 32;

  /** A label of RFC 1123, as Kubernetes requires for names. */
  private static final Pattern NAME = Pattern.compile("[a-z]([-a-z0-9]{0,61}[a-z0-9])?");

  private static final Pattern CLUSTER_HOST =
      Pattern.compile(
          "([a-z](?:[-a-z0-9]{0,61}[a-z0-9])?)(?:\\.([-a-z0-9]+)[-a-z0-9.]*)?:([0-9]{1,5})");

  private static final Pattern HOST = Pattern.compile("[A-Za-z0-9.-]+:[0-9]{1,5}");
  private static final Pattern QUANTITY = Pattern.compile("[1-9][0-9]*([KMGT]i?)?");
  private static final int FIRST_NODE_PORT = 30_000;
  private static final int LAST_NODE_PORT = 32_767;

  private final Path state;
  private final @Nullable Path credentials;

  /**
   * The destination.
   *
   * @param namespace of the manifests
   * @param cluster its name under {@code rig.clusters}
   * @param host to which images are pushed from outside
   * @param clusterHost from which images are pulled inside: the Service and its port
   * @param nodePort on each node, from 30000 to 32767
   * @param storage the size of a persistent volume; null if the images are not kept
   */
  public record ManifestTarget(
      String namespace,
      String cluster,
      String host,
      String clusterHost,
      int nodePort,
      @Nullable String storage) {
    /**
     * Validates the values.
     *
     * @throws DevException if Kubernetes would reject a value
     */
    public ManifestTarget {
      matches(NAME, namespace, "a namespace");
      matches(NAME, cluster, "a cluster's name");
      matches(HOST, host, "a host with its port");
      matches(CLUSTER_HOST, clusterHost, "the name of a Service with its port");
      var inside = CLUSTER_HOST.matcher(clusterHost);
      if (inside.matches() && inside.group(2) != null && !inside.group(2).equals(namespace)) {
        throw new DevException(
            "%s is not a Service of the namespace %s: see --namespace"
                .formatted(clusterHost, namespace));
      }
      if (storage != null) {
        matches(QUANTITY, storage, "a size, such as 10Gi");
      }
      if (nodePort < FIRST_NODE_PORT || nodePort > LAST_NODE_PORT) {
        throw new DevException("--node-port must be from 30000 to 32767");
      }
    }

    private static void matches(Pattern pattern, String value, String what) {
      if (!pattern.matcher(value).matches()) {
        throw new DevException("%s is not %s".formatted(value, what));
      }
    }

    private String service() {
      return clusterHost.substring(0, clusterHost.indexOf(clusterHost.contains(".") ? '.' : ':'));
    }

    private int port() {
      return Integer.parseInt(clusterHost.substring(clusterHost.lastIndexOf(':') + 1));
    }
  }

  private record Login(Credential credential, String passwordLine, String httpSecret) {}

  /**
   * Creates the manifests with the login in a state folder.
   *
   * @param environment the user's variables
   */
  public DevManifests(Path state, Map<String, String> environment) {
    this.state = state.toAbsolutePath().normalize();
    var named = environment.getOrDefault("CREDENTIALS_DIRECTORY", "");
    this.credentials = named.isEmpty() ? null : Path.of(named);
  }

  /** Returns the input of {@code kubectl apply}; it contains only a hash of the password. */
  public String manifests(ManifestTarget place) {
    var login = login();
    var documents = new ArrayList<String>();
    if (!place.namespace().equals("default")) {
      documents.add(
          """
          apiVersion: v1
          kind: Namespace
          metadata: {name: %s}
          """
              .formatted(place.namespace()));
    }
    documents.add(secret(place, login));
    var storage = place.storage();
    if (storage != null) {
      documents.add(claim(place, storage));
    }
    documents.add(service(place));
    documents.add(deployment(place));
    return String.join("---\n", documents);
  }

  private static String head(ManifestTarget place) {
    return """
    metadata:
      name: %1$s
      namespace: %2$s
      labels: {app.kubernetes.io/name: %1$s, app.kubernetes.io/managed-by: rig-credentials}
    """
        .formatted(place.service(), place.namespace());
  }

  private static String secret(ManifestTarget place, Login login) {
    return """
    apiVersion: v1
    kind: Secret
    %sstringData:
      htpasswd: "%s"
      http-secret: "%s"
    """
        .formatted(head(place), login.passwordLine(), login.httpSecret());
  }

  private static String claim(ManifestTarget place, String storage) {
    return """
    apiVersion: v1
    kind: PersistentVolumeClaim
    %sspec:
      accessModes: [ReadWriteOnce]
      resources:
        requests: {storage: %s}
    """
        .formatted(head(place), storage);
  }

  private static String service(ManifestTarget place) {
    return """
    apiVersion: v1
    kind: Service
    %sspec:
      type: NodePort
      selector: {app.kubernetes.io/name: %s}
      ports:
        - {name: http, port: %d, targetPort: http, nodePort: %d}
    """
        .formatted(head(place), place.service(), place.port(), place.nodePort());
  }

  private static String deployment(ManifestTarget place) {
    var storage =
        place.storage() == null
            ? "emptyDir: {}"
            : "persistentVolumeClaim: {claimName: %s}".formatted(place.service());
    return """
    apiVersion: apps/v1
    kind: Deployment
    %1$sspec:
      replicas: 1
      strategy: {type: Recreate}
      selector:
        matchLabels: {app.kubernetes.io/name: %2$s}
      template:
        metadata:
          labels: {app.kubernetes.io/name: %2$s}
        spec:
          automountServiceAccountToken: false
          enableServiceLinks: false
          securityContext:
            runAsNonRoot: true
            runAsUser: 1000
            runAsGroup: 1000
            fsGroup: 1000
            seccompProfile: {type: RuntimeDefault}
          containers:
            - name: registry
              image: registry:2
              env:
                - {name: REGISTRY_AUTH, value: htpasswd}
                - {name: REGISTRY_AUTH_HTPASSWD_REALM, value: rig-dev}
                - {name: REGISTRY_AUTH_HTPASSWD_PATH, value: /rig/htpasswd}
                - {name: REGISTRY_HTTP_ADDR, value: ":5000"}
                - {name: REGISTRY_STORAGE_DELETE_ENABLED, value: "true"}
                - name: REGISTRY_HTTP_SECRET
                  valueFrom:
                    secretKeyRef: {name: %2$s, key: http-secret}
              ports:
                - {name: http, containerPort: 5000}
              readinessProbe:
                tcpSocket: {port: http}
              securityContext:
                allowPrivilegeEscalation: false
                readOnlyRootFilesystem: true
                capabilities: {drop: [ALL]}
              volumeMounts:
                - {name: data, mountPath: /var/lib/registry}
                - {name: login, mountPath: /rig, readOnly: true}
          volumes:
            - name: data
              %3$s
            - name: login
              secret:
                secretName: %2$s
                items:
                  - {key: htpasswd, path: htpasswd}
    """
        .formatted(head(place), place.service(), storage);
  }

  /**
   * Returns the file by which containerd finds the registry on every node, because a node cannot
   * resolve Services: {@code hosts.toml} in {@code certs.d} (containerd, {@code docs/hosts.md}).
   */
  public static String hosts(ManifestTarget place) {
    return """
    # %s, by the port that the registry has on every node.
    [host."http://localhost:%d"]
      capabilities = ["pull", "resolve"]
    """
        .formatted(place.clusterHost(), place.nodePort());
  }

  /** Returns the Helm values that register it, with its password. */
  public String values(ManifestTarget place) {
    var credential = login().credential();
    return """
    rig:
      clusters:
        %1$s:
          type: k8s
          devRegistry:
            host: "%2$s"
            clusterHost: "%3$s"
      dockerRegistries:
        "%2$s":
          username: "%4$s"
          password: "%5$s"
        "%3$s":
          username: "%4$s"
          password: "%5$s"
    """
        .formatted(
            place.cluster(),
            place.host(),
            place.clusterHost(),
            credential.username(),
            credential.secret().reveal());
  }

  private Login login() {
    try {
      var folder = StateFolder.open(state);
      var file = new SealedFile(folder.file(FILE), folder.key(null, credentials), PURPOSE);
      var kept = file.read().orElse(null);
      if (kept == null) {
        var login = make();
        var credential = login.credential();
        file.write(
            List.of(
                record("username", credential.username()),
                record("password", credential.secret().reveal()),
                record("line", login.passwordLine()),
                record("http-secret", login.httpSecret())));
        return login;
      }
      return new Login(
          new Credential(text(kept, "username"), Secret.of(text(kept, "password"))),
          text(kept, "line"),
          text(kept, "http-secret"));
    } catch (StoreException e) {
      throw new DevException(String.valueOf(e.getMessage()), e);
    }
  }

  private static Login make() {
    var random = new SecureRandom();
    var credential = DevLogin.login(random);
    var secret = new byte[HTTP_SECRET];
    random.nextBytes(secret);
    return new Login(
        credential, DevLogin.line(credential, random), HexFormat.of().formatHex(secret));
  }

  private static SealedRecord record(String label, String text) {
    return new SealedRecord(label, text.getBytes(StandardCharsets.UTF_8));
  }

  private static String text(SealedFile.Contents contents, String label) {
    return contents.of(label).stream()
        .findFirst()
        .map(bytes -> new String(bytes, StandardCharsets.UTF_8))
        .orElseThrow(() -> new StoreException("it contains a login that this version cannot read"));
  }
}
