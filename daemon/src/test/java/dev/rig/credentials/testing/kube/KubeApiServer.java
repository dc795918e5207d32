package dev.rig.credentials.testing.kube;

import dev.rig.credentials.testing.Eventually;
import dev.rig.credentials.testing.FreePort;
import dev.rig.credentials.testing.GoModule;
import dev.rig.credentials.testing.Json;
import dev.rig.credentials.testing.Tool;
import dev.rig.credentials.testing.daemon.Command;
import dev.rig.credentials.testing.daemon.HttpReply;
import dev.rig.credentials.testing.daemon.Running;
import dev.rig.credentials.testing.machine.Machine;
import dev.rig.credentials.testing.machine.PrivateFile;
import dev.rig.credentials.testing.machine.Reaper;
import dev.rig.credentials.testing.registry.TestAuthority;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPairGenerator;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.Assertions;
import org.yaml.snakeyaml.Yaml;

/**
 * A real {@code kube-apiserver} with Debian's etcd and RBAC. For a daemon it has Rig's Capsules
 * (the part of their definition that tests need) and a user with exactly the rights of {@code
 * rbac.yaml}.
 */
public final class KubeApiServer implements TestCluster {
  private static final Duration START = Duration.ofMinutes(3);

  /** A relay may accept a connection that nothing answers while the server starts. */
  private static final Duration ANSWER = Duration.ofSeconds(30);

  private static final Duration STOP = Duration.ofSeconds(20);
  private static final String ADMIN = "token-of-the-administrator";
  private static final String DAEMON = "token-of-the-daemon";
  private static final String USER = "rig-credentials";
  private static final String NODE = "token-of-the-node";

  private static final String SERVICES = "10.0.0.0/24";

  /** The address of the service {@code kubernetes}: the first in the range. */
  static final String SERVICE = "10.0.0.1";

  private static final String REQUESTS = "requests.log";

  /** Logs each request of the daemon once, a watch at its start. */
  private static final String AUDIT =
      """
      apiVersion: audit.k8s.io/v1
      kind: Policy
      omitStages: [RequestReceived]
      rules:
        - {level: Metadata, users: [%s]}
        - {level: None}
      """
          .formatted(USER);

  static final String CAPSULES =
      """
      apiVersion: apiextensions.k8s.io/v1
      kind: CustomResourceDefinition
      metadata: {name: capsules.rig.dev}
      spec:
        group: rig.dev
        scope: Namespaced
        names: {kind: Capsule, plural: capsules, singular: capsule}
        versions:
          - name: v1alpha2
            served: true
            storage: true
            schema:
              openAPIV3Schema:
                type: object
                properties:
                  spec:
                    type: object
                    properties: {image: {type: string}}
      """;

  private final Reaper reaper;
  private final Path folder;
  private final Path program;
  private final Machine machine;
  private final List<String> flags;
  private final int port = FreePort.next();
  private final int etcdPort = FreePort.next();
  private final int peerPort = FreePort.next();
  private Running etcd;
  private Running server;
  private HttpClient http;

  /**
   * Starts a server for a daemon.
   *
   * @param folder for the data of server and etcd
   * @param rights the manifest of the daemon's rights
   */
  public KubeApiServer(Reaper reaper, Path folder, String rights) {
    this(
        reaper,
        folder,
        GoModule.KUBE_APISERVER.program("kube-apiserver"),
        Machine.THIS,
        "--audit-policy-file="
            + PrivateFile.write(PrivateFile.folder(folder).resolve("audit.yaml"), AUDIT),
        "--audit-log-path=" + folder.resolve(REQUESTS));
    create("/api/v1/namespaces", "{metadata: {name: " + NAMESPACE + "}}");
    create("/apis/apiextensions.k8s.io/v1/customresourcedefinitions", CAPSULES);
    for (var manifest : rights.split("(?m)^---$", -1)) {
      grant(manifest);
    }
    Eventually.within(
        START, () -> ask("GET", capsules("")).status() == 200, () -> "Capsules are served");
  }

  /**
   * Starts a server with what every cluster has.
   *
   * @param folder for the data of server and etcd
   */
  public KubeApiServer(Reaper reaper, Path folder) {
    this(reaper, folder, GoModule.KUBE_APISERVER.program("kube-apiserver"), Machine.THIS);
  }

  /**
   * Starts a server with what every cluster has.
   *
   * @param folder for the data of server and etcd
   * @param machine where they run
   * @param flags for the server, in addition to those that every test needs
   */
  KubeApiServer(Reaper reaper, Path folder, Path program, Machine machine, String... flags) {
    this.reaper = reaper;
    this.folder = PrivateFile.folder(folder);
    this.program = program;
    this.machine = machine;
    this.flags = List.of(flags);
    PrivateFile.write(
        folder.resolve("tokens.csv"),
        """
        %s,admin,1,system:masters
        %s,%s,2,
        %s,system:node:%s,3,system:nodes
        """
            .formatted(ADMIN, DAEMON, USER, NODE, KubeNode.NAME));
    PrivateFile.write(folder.resolve("sa.key"), newKey());
    machine.publish(port);
    comeBack();
  }

  /** Returns a new key for signing service accounts' tokens. */
  private static String newKey() {
    try {
      var keys = KeyPairGenerator.getInstance("RSA");
      keys.initialize(2048);
      return TestAuthority.pem(keys.generateKeyPair().getPrivate());
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  @SuppressWarnings("unchecked") // manifests of our own
  private void grant(String manifest) {
    var role = (Map<String, Object>) new Yaml().load(manifest);
    var metadata = (Map<String, Object>) role.get("metadata");
    var kind = (String) role.get("kind");
    var rbac = "/apis/rbac.authorization.k8s.io/v1/";
    var scope =
        kind.equals("Role")
            ? rbac + "namespaces/" + metadata.get("namespace") + "/role"
            : rbac + "clusterrole";
    create(scope + "s", manifest);
    create(
        scope + "bindings",
        """
        metadata: {name: %s}
        roleRef: {apiGroup: rbac.authorization.k8s.io, kind: %s, name: %s}
        subjects: [{apiGroup: rbac.authorization.k8s.io, kind: User, name: %s}]
        """
            .formatted(metadata.get("name"), kind, metadata.get("name"), USER));
  }

  /** Returns a file by which {@code kubectl} and Helm reach it as administrator. */
  public Path kubeconfig() {
    return kubeconfig("admin", ADMIN);
  }

  /** Returns the same for the kubelet of {@link KubeNode}. */
  Path kubeconfigOfNode() {
    return kubeconfig("node", NODE);
  }

  private Path kubeconfig(String user, String token) {
    var file = folder.resolve(user + ".kubeconfig");
    PrivateFile.write(
        file,
        """
        apiVersion: v1
        kind: Config
        clusters: [{name: this, cluster: {server: "%s", certificate-authority: "%s"}}]
        users: [{name: %s, user: {token: %s}}]
        contexts: [{name: this, context: {cluster: this, user: %3$s}}]
        current-context: this
        """
            .formatted(url(), certificateAuthority(), user, token));
    return file;
  }

  int port() {
    return port;
  }

  /** Returns the file of the key that signs service accounts' tokens. */
  Path signingKey() {
    return folder.resolve("sa.key");
  }

  @Override
  public String url() {
    return "https://127.0.0.1:" + port;
  }

  @Override
  public String certificateAuthority() {
    return folder.resolve("certificates/apiserver.crt").toString();
  }

  @Override
  public String token() {
    return DAEMON;
  }

  @Override
  public Optional<Map<String, Object>> secret(String name) {
    return object("/api/v1/namespaces/" + NAMESPACE + "/secrets/" + name);
  }

  @Override
  public void putCapsule(String name, String image) {
    create(
        capsules(""),
        "{apiVersion: rig.dev/v1alpha2, kind: Capsule, metadata: {name: %s}, spec: {image: '%s'}}"
            .formatted(name, image));
  }

  @Override
  public void putImage(String capsule, String image) {
    merge(capsules("/" + capsule), "{spec: {image: '" + image + "'}}");
  }

  /**
   * Changes an object by a merge patch.
   *
   * @param path of the object
   */
  public void merge(String path, String yaml) {
    var patch = new String(Json.bytes(new Yaml().load(yaml)), StandardCharsets.UTF_8);
    var answer = ask("PATCH", path, "application/merge-patch+json", patch);
    Assertions.assertEquals(200, answer.status(), answer::body);
  }

  @Override
  public void removeSecret(String name) {
    var answer = ask("DELETE", "/api/v1/namespaces/" + NAMESPACE + "/secrets/" + name);
    Assertions.assertEquals(200, answer.status(), answer::body);
  }

  @Override
  public void removePullSecret(String capsule) {
    merge(capsules("/" + capsule), "{metadata: {annotations: {rig.dev/pull-secret: null}}}");
  }

  @Override
  public List<String> events(String capsule) {
    return events(NAMESPACE, capsule);
  }

  /** Returns the reasons of the Events of any object of that name. */
  @SuppressWarnings("unchecked") // Kubernetes' own types
  public List<String> events(String namespace, String name) {
    var query = "?fieldSelector=involvedObject.name=" + name;
    var list = object("/api/v1/namespaces/" + namespace + "/events" + query).orElseThrow();
    return ((List<Map<String, Object>>) list.get("items"))
        .stream().map(event -> (String) event.get("reason")).toList();
  }

  @Override
  public void removeCapsule(String name) {
    var answer = ask("DELETE", capsules("/" + name));
    Assertions.assertEquals(200, answer.status(), answer::body);
  }

  @Override
  public String image(String capsule) {
    var found = object(capsules("/" + capsule)).orElseThrow();
    return (String) ((Map<?, ?>) found.get("spec")).get("image");
  }

  @Override
  public Optional<String> pullSecret(String capsule) {
    return object(capsules("/" + capsule))
        .map(found -> (Map<?, ?>) found.get("metadata"))
        .map(metadata -> (Map<?, ?>) metadata.get("annotations"))
        .map(annotations -> (String) annotations.get("rig.dev/pull-secret"));
  }

  private static String capsules(String name) {
    return "/apis/rig.dev/v1alpha2/namespaces/" + NAMESPACE + "/capsules" + name;
  }

  /**
   * Returns the daemon's requests so far, in order: {@code verb resource}, with the status of
   * failures.
   */
  public List<String> requests() {
    try (var lines = Files.lines(folder.resolve(REQUESTS))) {
      return lines
          .map(Json::object)
          .filter(line ->
              line.get("verb").equals("watch") == line.get("stage").equals("ResponseStarted"))
          .map(line -> {
            var status = ((Number) ((Map<?, ?>) line.get("responseStatus")).get("code")).intValue();
            return line.get("verb")
                + " "
                + ((Map<?, ?>) line.get("objectRef")).get("resource")
                + (status < 300 ? "" : " " + status);
          })
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The right to list pods stays, so pods are counted. */
  @Override
  public String denyDeployments() {
    merge("/apis/rbac.authorization.k8s.io/v1/clusterroles/rig-credentials-deploy", "{rules: []}");
    return "0 of 1 ready";
  }

  /** Stops the server and its storage. */
  @Override
  public void goAway() {
    http.close();
    for (var one : new Running[] {server, etcd}) {
      one.terminate();
      one.finish(STOP);
    }
  }

  @Override
  public void comeBack() {
    etcd =
        start(
            Command.of(
                Tool.ETCD.path(),
                "--data-dir=" + folder.resolve("etcd"),
                "--listen-client-urls=http://127.0.0.1:" + etcdPort,
                "--advertise-client-urls=http://127.0.0.1:" + etcdPort,
                "--listen-peer-urls=http://127.0.0.1:" + peerPort,
                "--initial-advertise-peer-urls=http://127.0.0.1:" + peerPort,
                "--initial-cluster=default=http://127.0.0.1:" + peerPort));
    var words =
        new ArrayList<Object>(
            List.of(
                program,
                "--etcd-servers=http://127.0.0.1:" + etcdPort,
                "--cert-dir=" + folder.resolve("certificates"),
                "--bind-address=127.0.0.1",
                "--secure-port=" + port,
                "--service-account-key-file=" + signingKey(),
                "--service-account-signing-key-file=" + signingKey(),
                "--service-account-issuer=https://kubernetes.default.svc",
                "--service-cluster-ip-range=" + SERVICES,
                "--token-auth-file=" + folder.resolve("tokens.csv"),
                "--authorization-mode=Node,RBAC"));
    words.addAll(flags);
    server = start(Command.of(words.toArray()));
    Eventually.within(START, this::answers, () -> "kube-apiserver is ready: " + server.stderr());
  }

  private Running start(Command command) {
    return reaper.own(machine.with(command).start());
  }

  private boolean answers() {
    if (!Files.exists(Path.of(certificateAuthority()))) {
      return false;
    }
    if (http == null || http.isTerminated()) {
      http = HttpClient.newBuilder().sslContext(trusting(certificateAuthority())).build();
    }
    try {
      return ask("GET", "/readyz").status() == 200;
    } catch (UncheckedIOException e) {
      // The server does not listen yet, or the certificate was read before it was complete.
      http.shutdownNow();
      http = null;
      return false;
    }
  }

  private static SSLContext trusting(String pem) {
    try (var in = Files.newInputStream(Path.of(pem))) {
      var trusted = KeyStore.getInstance(KeyStore.getDefaultType());
      trusted.load(null, null);
      for (var certificate : CertificateFactory.getInstance("X.509").generateCertificates(in)) {
        trusted.setCertificateEntry(String.valueOf(trusted.size()), certificate);
      }
      var managers = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
      managers.init(trusted);
      var context = SSLContext.getInstance("TLS");
      context.init(null, managers.getTrustManagers(), null);
      return context;
    } catch (IOException | GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  /**
   * Creates an object.
   *
   * @param path of the collection
   */
  public void create(String path, String yaml) {
    var answer = ask("POST", path, "application/yaml", yaml);
    Assertions.assertEquals(201, answer.status(), answer::body);
  }

  /** Returns the current state of an object; empty if absent. */
  public Optional<Map<String, Object>> object(String path) {
    var answer = ask("GET", path);
    if (answer.status() == 404) {
      return Optional.empty();
    }
    Assertions.assertEquals(200, answer.status(), answer::body);
    return Optional.of(answer.json());
  }

  /** Returns the server's answer to the administrator, for a request without a body. */
  public HttpReply ask(String method, String path) {
    return ask(method, path, "application/json", "");
  }

  /**
   * Returns the server's answer to the administrator.
   *
   * @param type the media type of the body
   */
  public HttpReply ask(String method, String path, String type, String body) {
    var request =
        HttpRequest.newBuilder(URI.create(url() + path))
            .timeout(ANSWER)
            .header("Authorization", "Bearer " + ADMIN)
            .header("Content-Type", type)
            .method(
                method, body.isEmpty() ? BodyPublishers.noBody() : BodyPublishers.ofString(body))
            .build();
    try {
      var answer = http.send(request, BodyHandlers.ofString(StandardCharsets.UTF_8));
      var headers = new TreeMap<String, String>();
      answer
          .headers()
          .map()
          .forEach((name, values) -> headers.put(name, String.join(", ", values)));
      return new HttpReply(answer.statusCode(), headers, answer.body());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public void close() {
    http.close();
  }
}
