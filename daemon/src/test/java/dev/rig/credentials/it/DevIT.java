package dev.rig.credentials.it;

import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.rig.credentials.testing.Eventually;
import dev.rig.credentials.testing.FreePort;
import dev.rig.credentials.testing.Tool;
import dev.rig.credentials.testing.daemon.Command;
import dev.rig.credentials.testing.daemon.DevCommands;
import dev.rig.credentials.testing.daemon.ProgramResult;
import dev.rig.credentials.testing.daemon.Screen;
import dev.rig.credentials.testing.machine.PrivateFile;
import dev.rig.credentials.testing.machine.Reaper;
import dev.rig.credentials.testing.registry.DockerEngine;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A developer without a cluster: a registry, images of a real engine in it, and the references to
 * pull them.
 */
@Order(2)
class DevIT {
  private static final Pattern DIGEST = Pattern.compile("sha256:[0-9a-f]{64}");

  private static final Reaper ENGINES = new Reaper();
  @TempDir private static Path engines;
  private static DockerEngine engine;

  @TempDir private Path folder;
  @AutoClose private final Reaper reaper = new Reaper();
  private DevCommands dev;
  private String port;
  private Path docker;

  @BeforeAll
  static void engineWithImages() throws IOException {
    engine = engineWithImages(ENGINES, engines);
  }

  /** Starts an engine that has {@code app:1}, {@code app:2} and {@code redis:7}. */
  static DockerEngine engineWithImages(Reaper reaper, Path engines) throws IOException {
    var folder = engines.resolve("e");
    // The network namespace of "host" stays mounted.
    reaper.<AutoCloseable>own(
        () -> Command.of("/bin/umount", folder.resolve("exec/netns/default")).run());
    var engine = DockerEngine.start(reaper, folder);
    Files.writeString(engines.resolve("hello"), "hello\n");
    var tar = engines.resolve("image.tar");
    Command.of("/bin/tar", "-C", engines, "-cf", tar, "hello").run().succeeded();
    for (var image : List.of("app:1", "app:2", "redis:7")) {
      engine.docker(engines, "import", tar, image).run().succeeded();
    }
    return engine;
  }

  @AfterAll
  static void endEngine() {
    ENGINES.close();
  }

  @BeforeEach
  void developer() {
    dev = new DevCommands(reaper, folder.resolve("u"), engine);
    port = Integer.toString(FreePort.next());
    docker =
        PrivateFile.write(
                folder.resolve("docker/config.json"),
                "{\"credHelpers\":{\"localhost:%s\":\"rig\"}}".formatted(port))
            .getParent();
  }

  private String host() {
    return "localhost:" + port;
  }

  private ProgramResult up() {
    return dev.run("dev", "up", "--port", port);
  }

  private ProgramResult docker(Object... arguments) {
    return dev.client().usedBy(engine.docker(docker, arguments)).run();
  }

  /** Pulls into an empty storage. */
  private ProgramResult podmanPull(String image) {
    Tool.needRoot("podman's storage");
    var home = PrivateFile.folder(folder.resolve("podman"));
    return dev.client()
        .usedBy(
            Command.of(
                Tool.PODMAN.path(),
                "--root=" + home.resolve("root"),
                "--runroot=" + home.resolve("run"),
                "--tmpdir=" + home.resolve("tmp"),
                "--storage-driver=vfs",
                "--cgroup-manager=cgroupfs",
                "pull",
                "--tls-verify=false",
                image))
        .with("HOME", home)
        .with("XDG_RUNTIME_DIR", home)
        .with("REGISTRY_AUTH_FILE", docker.resolve("config.json"))
        .run();
  }

  @Test
  void dockerPushesToTheRegistryOfDevUpAndNoOtherUserCan() throws IOException {
    dev.run("dev", "up", "--port", port, "--login").succeeded();
    dev.run("dev", "down", "--purge").succeeded();
    var first = dev.run("dev", "up", "--port", port, "--login").succeeded();
    assertTrue(first.stderr().contains("a daemon was started"), first::toString);
    var again = up().succeeded();
    assertEquals("", again.stderr());
    assertEquals(first.stdout(), again.stdout());

    docker("tag", "app:1", host() + "/app:1").succeeded();
    docker("push", host() + "/app:1").succeeded();
    var anonymous = PrivateFile.write(folder.resolve("anonymous/config.json"), "{}").getParent();
    var refused = engine.docker(anonymous, "push", host() + "/app:1").run();
    assertNotEquals(0, refused.status(), refused::toString);

    var status = dev.run("dev", "status").succeeded();
    assertTrue(status.stdout().contains(host() + "/app:1"), status::toString);

    dev.run("dev", "down").succeeded();
    dev.run("dev", "down").succeeded();
    assertEquals(1, dev.run("dev", "status").status());
    up().succeeded();
    docker("pull", host() + "/app:1").succeeded();
    var again403 = engine.docker(anonymous, "push", host() + "/app:1").run();
    assertNotEquals(0, again403.status(), "what it is not told stays as it was");

    dev.run("dev", "down", "--purge").succeeded();
    dev.run("dev", "down", "--purge").succeeded();
    assertFalse(Files.exists(dev.stateFolder().resolve("dev")));
    assertNotEquals(0, dev.client().get(host()).status());
  }

  /**
   * C35: the Rig CLI does not log in, and its engine sends {@code X-Registry-Auth} with an address
   * only. A web page on the same machine gets nothing.
   */
  @Test
  void c35_clientsOfThisMachineNeedNoLoginAndWebPagesAreRefused() {
    up().succeeded();
    var anonymous = PrivateFile.write(folder.resolve("anonymous/config.json"), "{}").getParent();
    engine.docker(anonymous, "tag", "app:1", host() + "/library/app:1").run().succeeded();
    engine.docker(anonymous, "push", host() + "/library/app:1").run().succeeded();
    engine.docker(anonymous, "pull", host() + "/library/app:1").run().succeeded();
    assertEquals(200, status("Accept: */*"));
    assertEquals(421, status("Host: rebound.example"));
    assertEquals(403, status("Origin: https://evil.example"));
    var config = dev.stateFolder().resolve("dev/config.yml");
    assertTrue(config.toFile().exists());
    var other = dev.run("dev", "up", "--port", port, "--login");
    assertEquals(1, other.status(), other::toString);
    assertTrue(other.stderr().contains("dev down"), other::toString);
    dev.run("dev", "down").succeeded();
    assertEquals(0, status("Accept: */*"));
  }

  private int status(String header) {
    var answer =
        Command.of(
                "/usr/bin/curl",
                "-s",
                "-o",
                "/dev/null",
                "-w",
                "%{http_code}",
                "-H",
                header,
                "http://" + host() + "/v2/")
            .run();
    return Integer.parseInt(answer.stdout().strip());
  }

  /** C44. */
  @Test
  void c44_devDownStopsTheDaemonThatDevUpStarted() {
    up().succeeded();
    var down = dev.run("dev", "down").succeeded();
    assertTrue(down.stdout().contains("The daemon that was started for it was stopped"));
    assertFalse(Files.exists(dev.stateFolder().resolve("daemon.pid")));
    assertEquals(
        "The development registry at %s was stopped.\n".formatted(host()),
        dev.run("dev", "down").succeeded().stdout());
  }

  /** T16: the disk contains only a hash of the password. */
  @Test
  void registryThatDiesIsRestartedAndItsPasswordIsSealed() throws IOException {
    up().succeeded();
    var secret =
        Pattern.compile("\"Secret\":\"([^\"]+)\"").matcher(dev.client().get(host()).stdout());
    assertTrue(secret.find());
    try (Stream<Path> files = Files.walk(dev.stateFolder())) {
      for (var file : files.filter(Files::isRegularFile).toList()) {
        assertFalse(
            new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1)
                .contains(secret.group(1)),
            file::toString);
      }
    }
    var hash = dev.stateFolder().resolve("dev/htpasswd");
    assertTrue(Files.readString(hash).startsWith("rig-dev:$2y$"));
    assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(hash)));

    var config = dev.stateFolder().resolve("dev/config.yml").toString();
    ProcessHandle registry =
        ProcessHandle.allProcesses()
            .filter(process ->
                process
                    .info()
                    .arguments()
                    .map(List::of)
                    .orElse(List.of())
                    .equals(List.of("serve", config)))
            .findFirst()
            .orElseThrow();
    registry.destroyForcibly();
    Eventually.within(
        Duration.ofSeconds(20),
        () -> !registry.isAlive() && status("Accept: */*") == 200,
        () -> "it does not come back");
    dev.run("dev", "status").succeeded();
  }

  /** Imports Debian's docker-registry as the image registry:2 of Docker Hub. */
  static void importRegistry(DockerEngine engine, Path docker, Path folder) throws IOException {
    var root = PrivateFile.folder(folder.resolve("root"));
    Files.copy(Tool.DOCKER_REGISTRY.path(), root.resolve("docker-registry"));
    for (var library : List.of("/lib64/ld-linux-x86-64.so.2", "/lib/x86_64-linux-gnu/libc.so.6")) {
      var copy = root.resolve(library.substring(1));
      Files.createDirectories(copy.getParent());
      Files.copy(Path.of(library), copy);
    }
    Command.of("/bin/chmod", "-R", "a+rX", root).run().succeeded();
    var tar = folder.resolve("registry.tar");
    Command.of("/bin/tar", "-C", root, "-cf", tar, ".").run().succeeded();
    var entrypoint = "ENTRYPOINT [\"/docker-registry\"]";
    engine.docker(docker, "import", "--change", entrypoint, tar, "registry:2").run().succeeded();
  }

  @Test
  void registryIsAContainerWhereTheEngineHasItsImage() throws IOException {
    importRegistry(engine, docker, folder);
    try {
      var made = up().succeeded();
      assertTrue(made.stdout().contains("a container of"), made::toString);
      docker("tag", "app:1", host() + "/app:1").succeeded();
      docker("push", host() + "/app:1").succeeded();
      var status = dev.run("dev", "status", "--output", "json").succeeded();
      assertTrue(status.stdout().contains("a container of"), status::toString);
      dev.run("dev", "down", "--purge").succeeded();
      assertEquals("", docker("ps", "--all", "--quiet").succeeded().stdout());
    } finally {
      docker("rmi", "--force", "registry:2");
    }
  }

  @Test
  void deployPushesAnImageAndPrintsTheReferenceForPulls() {
    up().succeeded();
    PrivateFile.write(
        dev.config(),
        """
        rig:
          clusters:
            kind: {type: k8s, devRegistry: {host: "%s", clusterHost: "registry:5000"}}
        """
            .formatted(host()));
    var outcome =
        dev.run(
            "deploy",
            "web",
            "-i",
            "app:1",
            "--yes",
            "--local",
            "--push-only",
            "--config",
            dev.config());
    var line = outcome.succeeded().stdout().strip();
    var digest = DIGEST.matcher(line);
    assertTrue(digest.find(), outcome::toString);
    assertAll(
        () -> assertEquals("registry:5000/library/app:1@" + digest.group(), line),
        () -> assertTrue(outcome.stderr().contains("Pushed"), outcome::toString),
        () -> podmanPull(host() + "/library/app@" + digest.group()).succeeded());

    var there = host() + "/library/app:1";
    var validated =
        dev.run("deploy", "web", there, "--yes", "--push-only", "--config", dev.config());
    assertEquals(line, validated.succeeded().stdout().strip());
    var missing = host() + "/app:none";
    var refused =
        dev.run("deploy", "web", missing, "--yes", "--push-only", "--config", dev.config());
    assertEquals(1, refused.status(), refused::toString);
    var skipped =
        dev.run(
            "deploy",
            "web",
            missing,
            "--yes",
            "--push-only",
            "--skip-image-check",
            "--config",
            dev.config());
    assertEquals(missing, skipped.succeeded().stdout().strip());
    var unasked = dev.run("deploy", "web", "--config", dev.config());
    assertEquals(2, unasked.status(), unasked::toString);
  }

  /** The terminal session in the platform's documentation. */
  @Test
  void pickerFiltersAsOneTypes() {
    up().succeeded();
    docker("tag", "app:1", host() + "/app:pushed").succeeded();
    try (var screen = new Screen(folder)) {
      screen.start(dev.command("deploy", "web", "--push-only", "--config", dev.config()));
      screen.shows("Deploy from docker image or existing rig build?");
      screen.keys("Enter");
      screen.shows("Use a local image?");
      screen.keys("Enter");
      screen.shows("Select image:");
      screen.keys("a", "p", "p");
      var filtered = screen.shows("Filter: app");
      assertFalse(filtered.contains("redis"), filtered);
      assertFalse(filtered.contains(host()), filtered);
      var first = screen.chosen();
      screen.keys("Down");
      screen.until(() -> !screen.chosen().equals(first));
      screen.keys("Up");
      screen.until(() -> screen.chosen().equals(first));
      screen.keys(":", "2");
      var picture = screen.shows("▸ app:2");
      assertFalse(picture.contains("app:1"), picture);
      assertTrue(
          Pattern.compile("app:2 +\\| (\\d+m )?\\d+s +\\|").matcher(picture).find(), picture);
      screen.keys("Enter");
      var end = screen.shows("@sha256:");
      assertTrue(end.contains("existing rig build? Image"), end);

      screen.start(dev.command("deploy", "web", "--push-only", "--config", dev.config()));
      screen.shows("existing rig build?");
      screen.keys("Down", "Enter");
      screen.shows("Select build:");
      screen.shows(host() + "/library/app:");
      screen.keys("Escape");
      screen.shows("nothing was chosen");
    }
  }
}
