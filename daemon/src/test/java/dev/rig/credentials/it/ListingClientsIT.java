package dev.rig.credentials.it;

import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import dev.rig.credentials.testing.Eventually;
import dev.rig.credentials.testing.Tool;
import dev.rig.credentials.testing.daemon.Command;
import dev.rig.credentials.testing.daemon.DaemonUnderTest;
import dev.rig.credentials.testing.machine.PrivateFile;
import dev.rig.credentials.testing.machine.Reaper;
import dev.rig.credentials.testing.registry.DockerEngine;
import dev.rig.credentials.testing.registry.RegistryServer;
import dev.rig.credentials.testing.registry.TestImage;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Clients that list first never request a host that is not in the list: Docker's classic builder
 * and docker-py. Each test has a daemon that has just started without a prefetch. It has an entry
 * with a path, a default entry of a host, a script with leases of two seconds, and a script that
 * fails.
 */
class ListingClientsIT {
  private static final String PASSWORD = "p:ss/w0rd+\"quoted\"&<more>";
  private static final Duration LAPSE = Duration.ofSeconds(30);

  @TempDir private static Path folder;
  @AutoClose private static final Reaper reaper = new Reaper();
  private static DockerEngine engine;
  private static RegistryServer scripted;
  private static RegistryServer byPath;
  private static RegistryServer byDefault;
  private static TestImage image;
  private static Path credsStore;
  private static int daemons;

  private DaemonUnderTest daemon;

  @BeforeAll
  static void startRegistriesAndPushImages() {
    engine = DockerEngine.start(reaper, folder.resolve("e"));
    var users = Map.of("bot", PASSWORD);
    scripted = RegistryServer.start(reaper, folder.resolve("scripted"), users);
    byPath = RegistryServer.start(reaper, folder.resolve("by-path"), users);
    byDefault = RegistryServer.start(reaper, folder.resolve("by-default"), users);
    image = new TestImage(engine, folder);
    credsStore = image.config("{\"credsStore\":\"rig\"}");
    for (var registry : List.of(scripted, byPath, byDefault)) {
      image.push(registry, "bot", PASSWORD);
    }
  }

  @BeforeEach
  void startAfresh() {
    daemons++;
    var password = PrivateFile.write(folder.resolve("password"), "bot:" + PASSWORD);
    daemon =
        new DaemonUnderTest(reaper, folder.resolve("d" + daemons))
            .configured(
                "values.yaml",
                """
                rig:
                  dockerRegistries:
                    "%s": {script: "cat '%s'", expire: 2s}
                    "%s/acme": {username: bot, password: '%s'}
                    "%s/acme": {username: bot, password: '%s', default: true}
                    failing.example.com: {script: exit 1}
                daemon: {prefetchSpread: 1h}
                """
                    .formatted(
                        scripted.host(),
                        password,
                        byPath.host(),
                        PASSWORD,
                        byDefault.host(),
                        PASSWORD));
    daemon.start();
    for (var registry : List.of(scripted, byPath, byDefault)) {
      image.removeFor(registry);
    }
  }

  private void lapse() {
    assertEquals(0, daemon.client().get(scripted.host()).status());
    Eventually.within(
        LAPSE, () -> !daemon.status().contains("expiresAt"), () -> "still: " + daemon.status());
  }

  private void builds(RegistryServer registry) {
    var context = image.context(TestImage.in(registry));
    var build = engine.docker(credsStore, "build", "--pull", "--no-cache", context);
    daemon.client().usedBy(build).with("DOCKER_BUILDKIT", "0").run().succeeded();
  }

  private void python(RegistryServer registry, String call) {
    Tool.needPythonModule("docker", "python3-docker");
    var program =
        """
        import sys, docker
        host, image, context = sys.argv[1:]
        client = docker.DockerClient(base_url=host)
        """
            + call;
    var command =
        Command.of(
                Tool.PYTHON3.path(),
                "-c",
                program,
                engine.host(),
                TestImage.in(registry),
                image.context(TestImage.in(registry)))
            .with("DOCKER_CONFIG", credsStore);
    daemon.client().usedBy(command).run().succeeded();
  }

  private void pythonBuilds(RegistryServer registry) {
    python(registry, "client.images.build(path=context, pull=True, nocache=True)\n");
  }

  private void pythonPulls(RegistryServer registry) {
    python(registry, "client.images.pull(image)\n");
  }

  @Test
  void classicBuilderPullsItsBaseImageAfterAFreshStart() {
    assertAll(() -> builds(scripted), () -> builds(byPath), () -> builds(byDefault));
  }

  @Test
  void classicBuilderPullsItsBaseImageAfterALeaseHasExpired() {
    lapse();
    builds(scripted);
  }

  @Test
  void dockerPyBuildsAndPullsAfterAFreshStart() {
    assertAll(
        () -> pythonBuilds(scripted),
        () -> pythonBuilds(byPath),
        () -> pythonBuilds(byDefault),
        () -> pythonPulls(scripted),
        () -> pythonPulls(byDefault));
  }

  @Test
  void dockerPyBuildsAndPullsAfterALeaseHasExpired() {
    lapse();
    pythonBuilds(scripted);
    lapse();
    pythonPulls(scripted);
  }

  @Test
  void failingEntryIsNotListed() {
    var listed = daemon.client().ask("list", "unused").succeeded().stdout();
    assertFalse(listed.contains("failing.example.com"), listed);
  }
}
