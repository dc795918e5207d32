package dev.rig.credentials.it;

import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.rig.credentials.testing.FreePort;
import dev.rig.credentials.testing.Tool;
import dev.rig.credentials.testing.daemon.Command;
import dev.rig.credentials.testing.daemon.DevCommands;
import dev.rig.credentials.testing.daemon.ProgramResult;
import dev.rig.credentials.testing.daemon.Screen;
import dev.rig.credentials.testing.kube.TestCluster;
import dev.rig.credentials.testing.machine.PrivateFile;
import dev.rig.credentials.testing.machine.Reaper;
import dev.rig.credentials.testing.registry.DockerEngine;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A developer with a cluster, real or fake: images of a real engine, a real registry, and the
 * Capsule that runs them.
 */
abstract class DeployCases {
  private static final Pattern DIGEST = Pattern.compile("sha256:[0-9a-f]{64}");
  private static final String CAPSULE = "web";
  private static final String FIRST = "nginx";

  private static final Reaper ENGINES = new Reaper();
  @TempDir private static Path engines;
  private static DockerEngine engine;

  @TempDir private Path folder;
  @AutoClose private final Reaper reaper = new Reaper();
  private TestCluster cluster;
  private DevCommands dev;
  private String host;

  /** Starts a cluster whose token has the rights of {@code rbac.yaml}. */
  abstract TestCluster cluster(Reaper reaper, Path folder);

  @BeforeAll
  static void engineWithImages() throws IOException {
    engine = DevIT.engineWithImages(ENGINES, engines);
  }

  @AfterAll
  static void endEngine() {
    ENGINES.close();
  }

  @BeforeEach
  void developerWithACluster() {
    cluster = reaper.own(cluster(reaper, folder.resolve("k")));
    cluster.putCapsule(CAPSULE, FIRST);
    dev = new DevCommands(reaper, folder.resolve("u"), engine);
    var port = Integer.toString(FreePort.next());
    host = "localhost:" + port;
    dev.run("dev", "up", "--port", port, "--login").succeeded();
    PrivateFile.write(
        dev.config(),
        """
        rig:
          clusters:
            kind:
              type: k8s
              url: %s
              certificateAuthority: "%s"
              token: %s
              devRegistry: {host: "%s", clusterHost: "registry:5000"}
        """
            .formatted(cluster.url(), cluster.certificateAuthority(), cluster.token(), host));
  }

  private Command command(Object... arguments) {
    var words = new ArrayList<Object>(List.of(arguments));
    words.addAll(List.of("--config", dev.config(), "--namespace", TestCluster.NAMESPACE));
    return dev.command(words.toArray());
  }

  private ProgramResult run(Object... arguments) {
    return command(arguments).run();
  }

  /** Returns the image that the cluster pulls after a deployment. */
  private String deployed(String image) {
    return run("deploy", CAPSULE, image, "--yes", "--local").succeeded().stdout().strip();
  }

  private static String digest(String image) {
    var digest = DIGEST.matcher(image);
    assertTrue(digest.find(), image);
    return digest.group();
  }

  @Test
  void capsuleRunsTheDeployedImageAndIsRolledBack() {
    var first = deployed("app:1");
    assertEquals("registry:5000/library/app:1@" + digest(first), first);
    assertEquals(first, cluster.image(CAPSULE));
    var second = deployed("app:2");
    assertEquals(second, cluster.image(CAPSULE));
    var third = deployed("redis:7");

    var history = run("deploy", CAPSULE, "--history").succeeded().stdout().lines().toList();
    assertAll(
        () -> assertEquals(4, history.size(), history::toString),
        () -> assertTrue(history.get(1).contains("7") && history.get(1).endsWith(third)),
        () -> assertTrue(history.get(2).contains("2") && history.get(2).endsWith(second)),
        () -> assertTrue(history.get(3).contains("1") && history.get(3).endsWith(first)));

    assertEquals(second, run("rollback", CAPSULE).succeeded().stdout().strip());
    assertEquals(second, cluster.image(CAPSULE));
    var start = digest(first).substring(0, "sha256:".length() + 12);
    assertEquals(first, run("rollback", CAPSULE, "--to", start).succeeded().stdout().strip());
    assertEquals(first, cluster.image(CAPSULE));

    var unknown = run("rollback", CAPSULE, "--to", "sha256:0000");
    assertEquals(1, unknown.status(), unknown::toString);
    assertTrue(unknown.stderr().contains("deploy web --history"), unknown::toString);
    assertEquals(first, cluster.image(CAPSULE));
  }

  @Test
  void rollbackIsRefusedWhereTheRegistryHasLostTheImage() {
    var first = deployed("app:1");
    var second = deployed("app:2");
    var login = dev.client().get(host).stdout();
    var secret = Pattern.compile("\"Secret\":\"([^\"]+)\"").matcher(login);
    assertTrue(secret.find());
    Command.of(
            Tool.SKOPEO.path(),
            "delete",
            "--tls-verify=false",
            "--creds=rig-dev:" + secret.group(1),
            "docker://" + host + "/library/app@" + digest(first))
        .run()
        .succeeded();

    var refused = run("rollback", CAPSULE);
    assertEquals(1, refused.status(), refused::toString);
    assertTrue(refused.stderr().contains(digest(first)), refused::toString);
    assertEquals(second, cluster.image(CAPSULE));
  }

  @Test
  void failedDeploymentKeepsTheCapsuleUnchanged() {
    var nobody = run("deploy", "nobody", "app:1", "--yes", "--local");
    assertEquals(1, nobody.status(), nobody::toString);
    assertTrue(nobody.stderr().contains("there is no capsule team/nobody"), nobody::toString);

    var fresh = run("rollback", CAPSULE);
    assertEquals(1, fresh.status(), fresh::toString);
    assertTrue(fresh.stderr().contains("nothing was deployed"), fresh::toString);

    // Only the Capsule has that name.
    var denied = run("deploy", CAPSULE, "app:1", "--yes", "--local", "--kind", "Deployment");
    assertEquals(1, denied.status(), denied::toString);
    assertTrue(denied.stderr().contains("deployment team/web"), denied::toString);

    // No controller creates pods of this Capsule.
    var waited = run("deploy", CAPSULE, "app:2", "--yes", "--local", "--wait", "1");
    assertEquals(1, waited.status(), waited::toString);

    cluster.goAway();
    var gone = run("deploy", CAPSULE, "app:1", "--yes", "--local");
    assertEquals(1, gone.status(), gone::toString);
    assertTrue(gone.stderr().contains(cluster.url()), gone::toString);
    cluster.comeBack();
  }

  /** C33: two users; the second has a cluster and no development registry. */
  @Test
  void c33_imageThatItsRegistryHasIsDeployedFromThere() {
    var anonymous = PrivateFile.write(folder.resolve("a/config.json"), "{}").getParent();
    dev.run("dev", "down", "--purge").succeeded();
    var port = Integer.toString(FreePort.next()); // the other one may be taken by now
    dev.run("dev", "up", "--port", port, "--no-login").succeeded();
    host = "localhost:" + port;
    var image = host + "/team/app:1.10";
    engine.docker(anonymous, "tag", "app:1", image).run().succeeded();
    engine.docker(anonymous, "push", image).run().succeeded();
    var other = new DevCommands(reaper, folder.resolve("v"), engine);
    var values =
        PrivateFile.write(
            folder.resolve("v.yaml"),
            """
            rig:
              clusters:
                prod: {type: k8s, url: %s, certificateAuthority: "%s", token: %s}
                git: {type: k8s, url: %1$s, git: {url: "https://git.example/x.git"}}
            """
                .formatted(cluster.url(), cluster.certificateAuthority(), cluster.token()));
    var where = List.<Object>of("--config", values, "--namespace", TestCluster.NAMESPACE);
    var changed = deploy(other, where, CAPSULE, image, "--yes", "--cluster", "prod", "--dry");
    assertTrue(changed.succeeded().stdout().contains("- image: " + FIRST), changed::toString);
    assertTrue(changed.stdout().contains("+ image: " + host + "/team/app@"), changed::toString);
    assertEquals(FIRST, cluster.image(CAPSULE));

    var deployed = deploy(other, where, CAPSULE, image, "--yes", "--cluster", "prod").succeeded();
    assertTrue(deployed.stdout().startsWith(host + "/team/app@sha256:"), deployed::toString);
    assertEquals(deployed.stdout().strip(), cluster.image(CAPSULE));

    // An image that only the engine has needs a development registry, which the error names.
    var alone = deploy(other, where, CAPSULE, "app:1", "--yes", "--local", "--cluster", "prod");
    assertEquals(1, alone.status(), alone::toString);
    assertTrue(alone.stderr().contains("rig-credentials dev up"), alone::toString);
    var nowhere = deploy(other, where, CAPSULE, host + "/team/app:2", "--yes", "--cluster=prod");
    assertEquals(1, nowhere.status(), nowhere::toString);
    assertTrue(nowhere.stderr().contains("does not have it either"), nowhere::toString);

    // C37.
    var git = deploy(other, where, CAPSULE, image, "--yes", "--cluster", "git");
    assertEquals(1, git.status(), git::toString);
    assertTrue(git.stderr().contains("git.url") && git.stderr().contains("--force"));
  }

  private static ProgramResult deploy(DevCommands user, List<Object> where, Object... words) {
    var all = new ArrayList<Object>(List.of("deploy"));
    all.addAll(List.of(words));
    all.addAll(where);
    return user.run(all.toArray());
  }

  /** No controller creates pods of this Capsule, so it is never ready. */
  @Test
  void deploymentThatIsNotReadyInTimeIsRolledBack() {
    var first = deployed("app:1");
    var late = run("deploy", CAPSULE, "app:2", "--yes", "--local", "--timeout", "1s");
    assertEquals(4, late.status(), late::toString);
    assertTrue(
        late.stderr().contains("the previous release was restored: " + first), late::toString);
    assertEquals(first, cluster.image(CAPSULE));
    var kept =
        run("deploy", CAPSULE, "app:2", "--yes", "--local", "--timeout", "1s", "--no-rollback");
    assertEquals(1, kept.status(), kept::toString);
    assertTrue(cluster.image(CAPSULE).startsWith("registry:5000/library/app:2@"));
  }

  @Test
  void deploymentIsRolledBackAlsoWithoutTheRightToReadDeployments() {
    var first = deployed("app:1");
    var told = cluster.denyDeployments();
    var late = run("deploy", CAPSULE, "app:2", "--yes", "--local", "--timeout", "1s");
    assertEquals(4, late.status(), late::toString);
    assertTrue(late.stderr().contains(told), late::toString);
    assertTrue(
        late.stderr().contains("the previous release was restored: " + first), late::toString);
    assertEquals(first, cluster.image(CAPSULE));
  }

  @Test
  void flagsOfTheRigCliAreAcceptedOrReportedAsIgnored() {
    for (var flag : List.of("-P", "--project", "-E", "--environment")) {
      var refused = run("deploy", CAPSULE, "-i", "app:1", "--yes", flag, "x");
      assertEquals(2, refused.status(), refused::toString);
      assertTrue(refused.stderr().contains("--namespace"), refused::toString);
    }
    var none = PrivateFile.write(folder.resolve("none.yaml"), "rig: {}\n");
    var nowhere = dev.run("deploy", CAPSULE, "-i", "app:1", "--yes", "--config", none);
    assertEquals(1, nowhere.status(), nowhere::toString);
    assertTrue(nowhere.stderr().contains("--push-only"), nowhere::toString);
  }

  /** An existing build is chosen on a terminal, after the progress bars of the layers. */
  @Test
  void existingBuildIsChosenOnATerminal() throws IOException {
    var id = engine.docker(engines, "create", "app:1", "/hello").run().succeeded().stdout().strip();
    PrivateFile.write(engines.resolve("second"), "x".repeat(1 << 20));
    engine.docker(engines, "cp", engines.resolve("second"), id + ":/second").run().succeeded();
    engine.docker(engines, "commit", id, "two:1").run().succeeded();
    engine.docker(engines, "rm", id).run().succeeded();
    try (var screen = new Screen(folder)) {
      screen.start(command("deploy", CAPSULE, "two:1", "--yes", "--local"));
      var end = screen.shows("two:1@sha256:");
      assertEquals(
          2,
          Pattern.compile("[0-9a-f]{12}: (Pushed|Layer already)").matcher(end).results().count(),
          end);
      assertTrue(cluster.image(CAPSULE).startsWith("registry:5000/library/two:1@"), end);
      deployed("app:2");

      screen.start(command("deploy", CAPSULE));
      screen.shows("existing rig build?");
      screen.keys("Down", "Enter");
      screen.shows("Select build:");
      screen.keys("t", "w", "o");
      screen.until(() -> screen.chosen().equals(host + "/library/two:1"));
      assertFalse(screen.picture().contains("library/app:"), screen::picture);
      screen.keys("Enter");
      screen.until(() -> cluster.image(CAPSULE).startsWith("registry:5000/library/two:1@"));
    }
  }
}
