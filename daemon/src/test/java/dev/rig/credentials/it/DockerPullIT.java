package dev.rig.credentials.it;

import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.rig.credentials.testing.Tool;
import dev.rig.credentials.testing.daemon.DaemonUnderTest;
import dev.rig.credentials.testing.daemon.NativeClient;
import dev.rig.credentials.testing.daemon.ProgramResult;
import dev.rig.credentials.testing.daemon.RunCounter;
import dev.rig.credentials.testing.machine.PrivateFile;
import dev.rig.credentials.testing.machine.Reaper;
import dev.rig.credentials.testing.registry.DockerEngine;
import dev.rig.credentials.testing.registry.RegistryServer;
import dev.rig.credentials.testing.registry.TestImage;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Real clients push to and pull from real registries with the daemon's credentials: a registry with
 * a script, one whose entry has a path, one with a wrong credential, and an open one without an
 * entry.
 */
class DockerPullIT {
  private static final String PASSWORD = "p:ss/w0rd+\"quoted\"&<more>";

  @TempDir private static Path folder;
  @AutoClose private static final Reaper reaper = new Reaper();
  private static RegistryServer scripted;
  private static RegistryServer byPath;
  private static RegistryServer denied;
  private static RegistryServer open;
  private static DockerEngine engine;
  private static RunCounter counter;
  private static NativeClient client;
  private static Path credHelpers;
  private static Path credsStore;
  private static TestImage image;
  private static boolean isReady;

  @BeforeAll
  static void startEverything() {
    engine = DockerEngine.start(reaper, folder.resolve("e"));
    var users = Map.of("bot", PASSWORD);
    scripted = RegistryServer.start(reaper, folder.resolve("scripted"), users);
    byPath = RegistryServer.start(reaper, folder.resolve("by-path"), users);
    denied = RegistryServer.start(reaper, folder.resolve("denied"), users);
    open = RegistryServer.start(reaper, folder.resolve("open"), Map.of());
    counter = new RunCounter(folder.resolve("runs"));
    var password = PrivateFile.write(folder.resolve("password"), "bot:" + PASSWORD);
    var daemon =
        new DaemonUnderTest(reaper, folder.resolve("d"))
            .configured(
                "values.yaml",
                """
                rig:
                  dockerRegistries:
                    "%s":
                      script: |
                        %s
                        cat '%s'
                    "%s/acme": {username: bot, password: '%s', default: true}
                    "%s": {username: bot, password: wrong}
                """
                    .formatted(
                        scripted.host(),
                        counter.shell(),
                        password,
                        byPath.host(),
                        PASSWORD,
                        denied.host()));
    daemon.start();
    client = daemon.client();
    image = new TestImage(engine, folder);
    credsStore = image.config("{\"credsStore\":\"rig\"}");
    credHelpers =
        image.config(
            "{\"credHelpers\":{\"%s\":\"rig\",\"%s\":\"rig\",\"%s\":\"rig\"}}"
                .formatted(scripted.host(), byPath.host(), denied.host()));
    for (var registry : List.of(scripted, byPath, open)) {
      image.importFor(registry);
      docker(credHelpers, "push", TestImage.in(registry)).succeeded();
    }
    isReady = true;
  }

  @AfterAll
  static void oneScriptRunWasEnoughForEveryPullAndPush() {
    if (isReady) {
      assertEquals(1, counter.runs());
    }
  }

  @Test
  void dockerPullsWithCredHelpers() {
    assertAll(() -> pulls(credHelpers, scripted), () -> pulls(credHelpers, byPath));
  }

  @Test
  void dockerPullsWithCredsStore() {
    assertAll(() -> pulls(credsStore, scripted), () -> pulls(credsStore, byPath));
  }

  @Test
  void dockerPushesWithCredsStore() {
    docker(credsStore, "push", TestImage.in(scripted)).succeeded();
  }

  @Test
  void dockerPullsAnOpenImageThatHasNoEntry() {
    assertAll(() -> pulls(credsStore, open), () -> pulls(credHelpers, open));
  }

  @Test
  void privateImageNeedsTheCredential() {
    var outcome = docker(image.withoutCredentials(), "pull", TestImage.in(scripted));
    assertNotEquals(0, outcome.status(), outcome::toString);
  }

  @Test
  void wrongCredentialFailsWithTheRegistrysReason() {
    var outcome = docker(credHelpers, "pull", TestImage.in(denied));
    assertAll(
        () -> assertNotEquals(0, outcome.status(), outcome::toString),
        () -> assertTrue(outcome.stderr().contains("unauthorized"), outcome::toString));
  }

  @Test
  void dockerLoginAndLogoutSucceedAndChangeNothing() {
    var config = image.config("{\"credsStore\":\"rig\"}");
    var login = engine.docker(config, "login", "-u", "bot", "--password-stdin", byPath.host());
    var outcome = client.usedBy(login).reading(PASSWORD).run().succeeded();
    docker(config, "logout", byPath.host()).succeeded();
    assertAll(
        () -> assertTrue(outcome.stdout().contains("Login Succeeded"), outcome::toString),
        () -> assertFalse(Files.readString(config.resolve("config.json")).contains("\"auth\"")),
        () -> pulls(config, byPath));
  }

  @Test
  void dockerInspectsTheManifest() {
    var outcome = docker(credsStore, "manifest", "inspect", "--insecure", TestImage.in(scripted));
    assertTrue(outcome.succeeded().stdout().contains("\"schemaVersion\""), outcome::toString);
  }

  @Test
  void skopeoInspects() {
    var outcome = container(Tool.SKOPEO, "inspect", "docker://" + TestImage.in(scripted));
    assertTrue(outcome.succeeded().stdout().contains("\"Digest\""), outcome::toString);
  }

  @Test
  void podmanPulls() {
    container(Tool.PODMAN, "pull", TestImage.in(scripted)).succeeded();
  }

  @Test
  void buildahPulls() {
    container(Tool.BUILDAH, "pull", TestImage.in(scripted)).succeeded();
  }

  private static void pulls(Path config, RegistryServer registry) {
    image.removeFor(registry);
    docker(config, "pull", TestImage.in(registry)).succeeded();
  }

  private static ProgramResult docker(Path config, Object... arguments) {
    return client.usedBy(engine.docker(config, arguments)).run();
  }

  /** Runs one of the tools of containers/image, which support only {@code credHelpers}. */
  private static ProgramResult container(Tool tool, String command, String name) {
    var pull = image.containers(tool, credHelpers, command, "--tls-verify=false", name);
    return client.usedBy(pull).run();
  }
}
