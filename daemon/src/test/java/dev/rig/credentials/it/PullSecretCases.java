package dev.rig.credentials.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.rig.credentials.testing.Eventually;
import dev.rig.credentials.testing.Json;
import dev.rig.credentials.testing.Tool;
import dev.rig.credentials.testing.daemon.Command;
import dev.rig.credentials.testing.daemon.DaemonUnderTest;
import dev.rig.credentials.testing.daemon.ProgramResult;
import dev.rig.credentials.testing.daemon.RunCounter;
import dev.rig.credentials.testing.kube.TestCluster;
import dev.rig.credentials.testing.machine.PrivateFile;
import dev.rig.credentials.testing.machine.Reaper;
import dev.rig.credentials.testing.registry.RegistryServer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.yaml.snakeyaml.Yaml;

/**
 * The built daemon keeps pull secrets, with a fake API server in every build, and with a real one
 * by {@code -Pkubernetes}.
 *
 * <p>One entry's lease lasts a few seconds, and each run of its script brings another user of a
 * real registry. The access to the cluster also comes from a script.
 */
abstract class PullSecretCases {
  private static final int TURNS = 60;
  private static final Duration LIFE = Duration.ofSeconds(8);

  /** The life of a lease, and the time in which the new one is written. */
  private static final Duration TURN = LIFE.plusSeconds(12);

  private static final String NAME = "rig-pull-shop";

  @TempDir private Path folder;
  @AutoClose private final Reaper reaper = new Reaper();
  private TestCluster cluster;
  private RegistryServer registry;
  private RunCounter turns;
  private RunCounter logins;

  /** Starts a cluster whose token has the rights of {@code rbac.yaml}. */
  abstract TestCluster cluster(Reaper reaper, Path folder);

  @BeforeEach
  void startClusterAndRegistry() {
    cluster = reaper.own(cluster(reaper, folder.resolve("k")));
    var users = new HashMap<String, String>();
    for (int i = 1; i <= TURNS; i++) {
      users.put("turn-" + i, "password-" + i);
    }
    registry = RegistryServer.start(reaper, folder.resolve("r"), users);
    turns = new RunCounter(folder.resolve("turns"));
    logins = new RunCounter(folder.resolve("logins"));
  }

  /**
   * Creates a daemon that is not started.
   *
   * @param entries more registry entries, as YAML
   * @param settings more of the cluster's settings, as YAML
   */
  DaemonUnderTest daemon(String name, String entries, String settings) {
    return new DaemonUnderTest(reaper, folder.resolve(name))
        .configured(
            "values.yaml",
            """
            rig:
              dockerRegistries:
                "%s":
                  expire: %ds
                  script: |
                    %s
                    n=$(wc -l < '%s')
                    echo "turn-$n:password-$n"
                quay.io: {username: quay, password: of-quay}
            %s  clusters:
                prod:
                  type: k8s
                  createPullSecrets: true
                  url: %s
                  certificateAuthority: "%s"
                  script: |
                    %s
                    end=$(date -u -d '+1 minute' +%%Y-%%m-%%dT%%H:%%M:%%SZ)
                    printf '{"apiVersion":"client.authentication.k8s.io/v1","kind":"ExecCredential",'
                    printf '"status":{"token":"%s","expirationTimestamp":"%%s"}}' "$end"
            %s    dev: {type: k8s}
            """
                .formatted(
                    registry.host(),
                    LIFE.toSeconds(),
                    turns.shell(),
                    turns.file(),
                    entries.indent(4),
                    cluster.url(),
                    cluster.certificateAuthority(),
                    logins.shell(),
                    cluster.token(),
                    settings.indent(6)));
  }

  private DaemonUnderTest daemon(String name) {
    return daemon(name, "", "");
  }

  static ProgramResult pullSecret(DaemonUnderTest daemon, Object... arguments) {
    var words = new ArrayList<Object>(List.of("pull-secret"));
    words.addAll(List.of(arguments));
    words.addAll(List.of("--cluster", "prod", "--namespace", TestCluster.NAMESPACE));
    return daemon.commandLine(words.toArray());
  }

  private ProgramResult makeSecretFor(DaemonUnderTest daemon) {
    var made = pullSecret(daemon, registry.host() + "/shop:1", "--name", NAME, "--apply");
    return made.succeeded();
  }

  static String config(Map<String, Object> secret) {
    var data = (Map<?, ?>) secret.get("data");
    return new String(
        Base64.getDecoder().decode((String) data.get(".dockerconfigjson")), StandardCharsets.UTF_8);
  }

  private Map<String, Object> secret() {
    return cluster.secret(NAME).orElseThrow();
  }

  private static Map<?, ?> metadata(Map<String, Object> secret) {
    return (Map<?, ?>) secret.get("metadata");
  }

  private static Instant end(Map<String, Object> secret) {
    var annotations = (Map<?, ?>) metadata(secret).get("annotations");
    return Instant.parse((String) annotations.get("credentials.rig.dev/expires-at"));
  }

  /** Returns the user in the Secret for the registry. */
  private String user() {
    return login(secret()).get("username").toString();
  }

  private Map<?, ?> login(Map<String, Object> secret) {
    var auths = (Map<?, ?>) Json.object(config(secret)).get("auths");
    return (Map<?, ?>) auths.get(registry.host());
  }

  /** Waits until the Secret has another user, and logs in with its content. */
  private String nextTurn(String before, Duration limit) {
    Eventually.within(limit, () -> !user().equals(before), () -> "the Secret follows " + before);
    var now = secret();
    assertTrue(end(now).isAfter(Instant.now()), () -> "it has ended: " + end(now));
    var login = login(now);
    Command.of(
            Tool.SKOPEO.path(),
            "login",
            "--tls-verify=false",
            "--authfile",
            PrivateFile.write(folder.resolve("auth.json"), "{}"),
            "--username",
            login.get("username"),
            "--password-stdin",
            registry.host())
        .reading(login.get("password").toString())
        .run()
        .succeeded();
    return login.get("username").toString();
  }

  @SuppressWarnings("unchecked") // JSON's own types
  private static Optional<Map<String, Number>> counts(DaemonUnderTest daemon) {
    return ((List<Map<String, Object>>) Json.object(daemon.status()).get("health"))
        .stream()
            .filter(part -> part.get("part").equals("pull secrets of prod"))
            .map(part -> (Map<String, Number>) part.get("counts"))
            .findFirst();
  }

  private static long count(DaemonUnderTest daemon, String what) {
    return counts(daemon).orElseThrow().get(what).longValue();
  }

  private static void waitUntilRotating(DaemonUnderTest daemon, Duration limit) {
    Eventually.within(
        limit,
        () -> counts(daemon).stream().anyMatch(one -> one.get("rotating").longValue() == 1),
        () -> "it rotates");
  }

  @Test
  void secretFollowsItsLeaseAndLogsInRightAfterEachTurn() {
    var daemon = daemon("d");
    var running = daemon.start();
    var made = makeSecretFor(daemon);
    assertEquals("secret team/rig-pull-shop created\n", made.stdout());
    assertTrue(made.stderr().contains("the daemon rewrites it before that"), made::toString);
    var first = secret();
    assertEquals("kubernetes.io/dockerconfigjson", first.get("type"));
    assertFalse(config(first).contains("quay"), "only what its image needs");
    var user = user();
    for (int i = 0; i < 3; i++) {
      user = nextTurn(user, TURN);
    }
    assertEquals(metadata(first).get("uid"), metadata(secret()).get("uid"), "in place");
    assertEquals(1, logins.runs(), "the cluster's own credential is used again");
    DaemonUnderTest.stop(running);
    for (var secret : List.of("password-", "of-quay", cluster.token())) {
      assertFalse(running.stderr().contains(secret), "T11: logged at the finest level: " + secret);
    }
  }

  @Test
  void secondDaemonContinuesWhenTheFirstIsKilled() {
    var one = daemon("d1");
    var first = one.start();
    waitUntilRotating(one, Duration.ofSeconds(30));
    var two = daemon("d2");
    two.start();
    makeSecretFor(two);
    nextTurn(user(), TURN.plusSeconds(10));
    assertEquals(0, count(two, "rotating"));
    assertEquals(0, count(two, "writes"));
    first.kill();
    var last = user();
    waitUntilRotating(two, Duration.ofSeconds(40));
    assertNotEquals("", nextTurn(nextTurn(last, TURN), TURN));
  }

  /** F30: the Kubernetes API is down. */
  @Test
  void f30_secretIsIntactThroughAnOutageAndUpdatedOnceAfterIt() {
    var daemon = daemon("d");
    daemon.start();
    waitUntilRotating(daemon, Duration.ofSeconds(30));
    pullSecret(daemon, "quay.io/a", "--name", "fixed", "--apply").succeeded();
    makeSecretFor(daemon);
    nextTurn(user(), TURN);
    cluster.goAway();
    var before = count(daemon, "writes");
    var runs = turns.runs();
    Eventually.within(
        Duration.ofSeconds(60), () -> turns.runs() > runs + 2, () -> "leases go on meanwhile");
    assertEquals(before, count(daemon, "writes"));
    assertEquals(1, daemon.commandLine("status").status(), "it is told");
    var lost = "turn-" + runs;
    var atReturn = turns.runs();
    cluster.comeBack();
    assertTrue(config(cluster.secret("fixed").orElseThrow()).contains("of-quay"));
    Eventually.within(
        Duration.ofSeconds(60),
        () -> count(daemon, "writes") > before,
        () -> "the Secret is updated");
    assertNotEquals(lost, nextTurn(lost, Duration.ofSeconds(5)));
    var updates = count(daemon, "writes") - before;
    var changes = turns.runs() - atReturn + 1; // one for the outage, and each lease since
    assertTrue(
        updates <= changes, updates + " updates, and " + changes + " of the one that changed");
  }

  /** F31: a crash between refresh and write of the Secret. */
  @Test
  void f31_killedDaemonsSecretIsCorrectedWithinAMinuteOfTheRestart() {
    var daemon = daemon("d");
    var running = daemon.start();
    waitUntilRotating(daemon, Duration.ofSeconds(30));
    makeSecretFor(daemon);
    running.kill();
    var ended = end(secret());
    Eventually.within(
        TURN, () -> Instant.now().isAfter(ended), () -> "what the Secret holds has ended");
    var user = user();
    daemon.start();
    nextTurn(user, Duration.ofSeconds(60));
  }

  @Test
  void rejectionAndChangedConfigurationReachTheSecret() throws IOException {
    var own = new RunCounter(folder.resolve("own"));
    var entry =
        """
        example.org:
          script: |
            %s
            echo "run:of-run-$(wc -l < '%s')"
        """
            .formatted(own.shell(), own.file());
    var daemon = daemon("d", entry, "");
    daemon.start();
    waitUntilRotating(daemon, Duration.ofSeconds(30));
    pullSecret(daemon, "example.org/a", "quay.io/a", "--name", "both", "--apply").succeeded();
    daemon.client().get("example.org");
    daemon.client().ask("erase", "example.org").succeeded();
    Eventually.within(
        Duration.ofSeconds(15),
        () -> config(cluster.secret("both").orElseThrow()).contains("of-run-2"),
        () -> "the Secret holds what replaces the rejected credential");
    var values = daemon.file("values.yaml");
    Files.writeString(values, Files.readString(values).replace("of-quay", "of-quay-renewed"));
    Eventually.within(
        Duration.ofSeconds(15),
        () -> config(cluster.secret("both").orElseThrow()).contains("of-quay-renewed"),
        () -> "the Secret holds what is configured now");
  }

  @Test
  void unusedSecretIsListedAndThenRemoved() {
    var daemon = daemon("d");
    daemon.start();
    cluster.putCapsule("shop", "docker.io/public/shop");
    pullSecret(daemon, "quay.io/a", "--name", "asked", "--capsule", "shop", "--apply").succeeded();
    cluster.removeCapsule("shop");
    var dry = daemon.commandLine("pull-secret", "--prune", "--cluster", "prod").succeeded();
    assertEquals("secret team/asked would be removed: Capsule shop is gone\n", dry.stdout());
    assertTrue(cluster.secret("asked").isPresent());
    var removed =
        daemon.commandLine("pull-secret", "--prune", "--cluster", "prod", "--apply").succeeded();
    assertEquals("secret team/asked removed: Capsule shop is gone\n", removed.stdout());
    assertTrue(cluster.secret("asked").isEmpty());
  }

  /** C31: `createPullSecrets: true` and a Capsule; C32: its image changes. */
  @Test
  void c31_c32_capsuleGetsItsSecretWithoutARequestAndItFollowsTheImage() {
    var daemon = daemon("d");
    var running = daemon.start();
    waitUntilRotating(daemon, Duration.ofSeconds(30));
    cluster.putCapsule("shop", registry.host() + "/shop:1");
    Eventually.within(
        Duration.ofSeconds(2),
        () -> cluster.pullSecret("shop").equals(Optional.of(NAME)),
        () -> "the Capsule names its Secret: " + running.stderr());
    cluster.removePullSecret("shop");
    Eventually.within(
        Duration.ofSeconds(2),
        () -> cluster.pullSecret("shop").equals(Optional.of(NAME)),
        () -> "the annotation comes back: " + running.stderr());
    var user = user();
    user = nextTurn(user, TURN);
    cluster.putImage("shop", "quay.io/shop:2");
    Eventually.within(
        Duration.ofSeconds(2),
        () -> config(secret()).contains("of-quay"),
        () -> "the Secret follows the image: " + running.stderr());
    assertFalse(config(secret()).contains(user), "only what its image needs");
    cluster.removeSecret(NAME);
    Eventually.within(
        Duration.ofSeconds(2),
        () -> cluster.secret(NAME).isPresent(),
        () -> "the Secret comes back: " + running.stderr());
    cluster.putImage("shop", "docker.io/public/shop");
    Eventually.within(
        Duration.ofSeconds(2),
        () -> cluster.secret(NAME).isEmpty() && cluster.pullSecret("shop").isEmpty(),
        () -> "both go: " + running.stderr());
    cluster.putImage("shop", "quay.io/shop:2");
    Eventually.within(
        Duration.ofSeconds(2),
        () -> cluster.pullSecret("shop").isPresent(),
        () -> "both come: " + running.stderr());
    cluster.removeCapsule("shop");
    Eventually.within(
        Duration.ofSeconds(2),
        () -> cluster.secret(NAME).isEmpty(),
        () -> "the Secret goes with its Capsule: " + running.stderr());
  }

  @Test
  void capsuleWhoseEntryHasNoCredentialGetsAnEventAndStatusHasTheReason() {
    var entry = "example.org: {script: \"exit 3\"}";
    var daemon = daemon("d", entry, "");
    daemon.start();
    waitUntilRotating(daemon, Duration.ofSeconds(30));
    cluster.putCapsule("shop", "example.org/shop:1");
    Eventually.within(
        Duration.ofSeconds(5),
        () -> cluster.events("shop").equals(List.of("NoCredential")),
        () -> "one Event: " + cluster.events("shop"));
    Eventually.within(
        Duration.ofSeconds(2),
        () -> daemon.status().contains("Capsule team/shop: example.org"),
        daemon::status);
    cluster.putImage("shop", "quay.io/shop:2");
    Eventually.within(
        Duration.ofSeconds(2), () -> cluster.pullSecret("shop").isPresent(), () -> "it is served");
    Eventually.within(
        Duration.ofSeconds(2),
        () -> !daemon.status().contains("Capsule team/shop: example.org"),
        daemon::status);
  }

  /** With SIGSTOP and SIGCONT. */
  @Test
  void leaderSuspendedPastItsLeaseWritesNothingWhenItResumes() {
    var one = daemon("d1");
    var first = one.start();
    waitUntilRotating(one, Duration.ofSeconds(30));
    cluster.putCapsule("shop", "quay.io/shop:1"); // whose credential does not end
    Eventually.within(
        Duration.ofSeconds(5), () -> cluster.pullSecret("shop").isPresent(), () -> "it writes");
    var before = count(one, "writes");
    var two = daemon("d2");
    two.start();
    first.signal("STOP");
    waitUntilRotating(two, Duration.ofSeconds(40));
    cluster.putImage("shop", registry.host() + "/shop:2");
    Eventually.within(
        Duration.ofSeconds(5), () -> config(secret()).contains("turn-"), () -> "the other writes");
    cluster.removeSecret(NAME);
    first.signal("CONT");
    Eventually.within(
        Duration.ofSeconds(10), () -> count(one, "rotating") == 0, () -> "it has noticed");
    Eventually.within(
        Duration.ofSeconds(5), () -> cluster.secret(NAME).isPresent(), () -> "it comes back");
    nextTurn(user(), TURN);
    assertEquals(before, count(one, "writes"));
    assertEquals(1, count(two, "rotating"));
  }

  @Test
  void secretIsPrintedOnlyInFormatsThatKubectlApplies() {
    var daemon = daemon("d");
    daemon.start();
    var json = pullSecret(daemon, "quay.io/a", "--name", "printed", "--output", "json").succeeded();
    var yaml = pullSecret(daemon, "quay.io/a", "--name", "printed", "--output", "yaml").succeeded();
    var document = Json.object(json.stdout());
    assertEquals(document, new Yaml().load(yaml.stdout()));
    assertTrue(config(document).contains("of-quay"));
    assertTrue(cluster.secret("printed").isEmpty());
    var shown = pullSecret(daemon, "quay.io/a").succeeded();
    assertTrue(shown.stdout().contains("quay.io"), shown::toString);
    assertFalse(shown.output().contains("of-quay"), shown::toString);
    var public_ = pullSecret(daemon, "ghcr.io/public/app", "--apply").succeeded();
    assertEquals("", public_.stdout());
    assertTrue(public_.stderr().contains("no entry matches"), public_::toString);
  }

  @Test
  void clusterThatIsDeployedThroughGitIsRefusedUntilItIsForced() {
    var daemon = daemon("d", "", "git: {url: https://git.example.org/deploy}");
    daemon.start();
    var refused = pullSecret(daemon, "quay.io/a", "--name", "forced", "--apply");
    assertEquals(1, refused.status());
    assertTrue(refused.stderr().contains("git.url"), refused::toString);
    assertTrue(cluster.secret("forced").isEmpty());
    pullSecret(daemon, "quay.io/a", "--name", "forced", "--apply", "--force").succeeded();
    assertTrue(cluster.secret("forced").isPresent());
    var unwanted =
        daemon.commandLine(
            "pull-secret", "quay.io/a", "--cluster", "dev", "--namespace", "team", "--apply");
    assertTrue(unwanted.stderr().contains("createPullSecrets: true"), unwanted::toString);
  }
}
