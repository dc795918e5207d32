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
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
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
  private static Path credsStore;
  private static int daemons;

  private DaemonUnderTest daemon;

  @BeforeAll
  static void startRegistriesAndPushImages() throws IOException {
    engine = DockerEngine.start(reaper, folder.resolve("e"));
    var users = Map.of("bot", PASSWORD);
    scripted = RegistryServer.start(reaper, folder.resolve("scripted"), users);
    byPath = RegistryServer.start(reaper, folder.resolve("by-path"), users);
    byDefault = RegistryServer.start(reaper, folder.resolve("by-default"), users);
    credsStore = config("store", "{\"credsStore\":\"rig\"}");
    Files.writeString(folder.resolve("hello"), "hello\n");
    var tar = folder.resolve("image.tar");
    Command.of("/bin/tar", "-C", folder, "-cf", tar, "hello").run().succeeded();
    var login =
        Base64.getEncoder().encodeToString(("bot:" + PASSWORD).getBytes(StandardCharsets.UTF_8));
    for (var registry : List.of(scripted, byPath, byDefault)) {
      var auths = "{\"auths\":{\"%s\":{\"auth\":\"%s\"}}}".formatted(registry.host(), login);
      var config = config("push-" + registry.host().replace(':', '-'), auths);
      engine.docker(config, "import", tar, image(registry)).run().succeeded();
      engine.docker(config, "push", image(registry)).run().succeeded();
      Files.writeString(
          PrivateFile.folder(context(registry)).resolve("Dockerfile"),
          "FROM %s\nLABEL built=yes\n".formatted(image(registry)));
    }
  }

  private static Path config(String name, String json) {
    return PrivateFile.write(folder.resolve(name).resolve("config.json"), json).getParent();
  }

  private static String image(RegistryServer registry) {
    return registry.host() + "/acme/hello:1";
  }

  private static Path context(RegistryServer registry) {
    return folder.resolve("context-" + registry.host().replace(':', '-'));
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
      engine.docker(config("none", "{}"), "rmi", "--force", image(registry)).run();
    }
  }

  private void lapse() {
    assertEquals(0, daemon.client().get(scripted.host()).status());
    Eventually.within(
        LAPSE, () -> !daemon.status().contains("expiresAt"), () -> "still: " + daemon.status());
  }

  private void builds(RegistryServer registry) {
    var build = engine.docker(credsStore, "build", "--pull", "--no-cache", context(registry));
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
                image(registry),
                context(registry))
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
