package dev.rig.credentials.it;

import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.rig.credentials.testing.Tool;
import dev.rig.credentials.testing.daemon.Command;
import dev.rig.credentials.testing.daemon.DaemonUnderTest;
import dev.rig.credentials.testing.daemon.NativeClient;
import dev.rig.credentials.testing.daemon.ProgramResult;
import dev.rig.credentials.testing.daemon.RunCounter;
import dev.rig.credentials.testing.machine.PrivateFile;
import dev.rig.credentials.testing.machine.Reaper;
import dev.rig.credentials.testing.registry.DockerEngine;
import dev.rig.credentials.testing.registry.RegistryServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
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
  private static Path noCredentials;
  private static boolean isReady;

  @BeforeAll
  static void startEverything() throws IOException {
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
    credsStore = config("store", "{\"credsStore\":\"rig\"}");
    noCredentials = config("none", "{}");
    credHelpers =
        config(
            "helpers",
            "{\"credHelpers\":{\"%s\":\"rig\",\"%s\":\"rig\",\"%s\":\"rig\"}}"
                .formatted(scripted.host(), byPath.host(), denied.host()));
    importImages();
    isReady = true;
  }

  private static void importImages() throws IOException {
    Files.writeString(folder.resolve("hello"), "hello\n");
    var tar = folder.resolve("image.tar");
    Command.of("/bin/tar", "-C", folder, "-cf", tar, "hello").run().succeeded();
    for (var image : new String[] {image(scripted), image(byPath), image(denied), image(open)}) {
      docker(noCredentials, "import", tar, image).succeeded();
    }
    for (var image : new String[] {image(scripted), image(byPath), image(open)}) {
      docker(credHelpers, "push", image).succeeded();
    }
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
    docker(credsStore, "push", image(scripted)).succeeded();
  }

  @Test
  void dockerPullsAnOpenImageThatHasNoEntry() {
    assertAll(() -> pulls(credsStore, open), () -> pulls(credHelpers, open));
  }

  @Test
  void privateImageNeedsTheCredential() {
    var outcome = docker(noCredentials, "pull", image(scripted));
    assertNotEquals(0, outcome.status(), outcome::toString);
  }

  @Test
  void wrongCredentialFailsWithTheRegistrysReason() {
    var outcome = docker(credHelpers, "pull", image(denied));
    assertAll(
        () -> assertNotEquals(0, outcome.status(), outcome::toString),
        () -> assertTrue(outcome.stderr().contains("unauthorized"), outcome::toString));
  }

  @Test
  void dockerLoginAndLogoutSucceedAndChangeNothing() {
    var config = config("login", "{\"credsStore\":\"rig\"}");
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
    var outcome = docker(credsStore, "manifest", "inspect", "--insecure", image(scripted));
    assertTrue(outcome.succeeded().stdout().contains("\"schemaVersion\""), outcome::toString);
  }

  @Test
  void skopeoInspects() {
    var name = "docker://" + image(scripted);
    var inspect = Command.of(Tool.SKOPEO.path(), "inspect", "--tls-verify=false", name);
    var outcome = container(inspect, "skopeo");
    assertTrue(outcome.succeeded().stdout().contains("\"Digest\""), outcome::toString);
  }

  @Test
  void podmanPulls() {
    Tool.needRoot("podman's storage");
    var home = folder.resolve("podman");
    var pull =
        Command.of(
            Tool.PODMAN.path(),
            "--root=" + home.resolve("root"),
            "--runroot=" + home.resolve("run"),
            "--tmpdir=" + home.resolve("tmp"),
            "--storage-driver=vfs",
            "--cgroup-manager=cgroupfs",
            "pull",
            "--tls-verify=false",
            image(scripted));
    container(pull, "podman").succeeded();
  }

  @Test
  void buildahPulls() {
    Tool.needRoot("buildah's storage");
    var home = folder.resolve("buildah");
    var pull =
        Command.of(
            Tool.BUILDAH.path(),
            "--root=" + home.resolve("root"),
            "--runroot=" + home.resolve("run"),
            "--storage-driver=vfs",
            "pull",
            "--tls-verify=false",
            image(scripted));
    container(pull, "buildah").succeeded();
  }

  private static void pulls(Path config, RegistryServer registry) {
    docker(noCredentials, "rmi", "--force", image(registry));
    docker(config, "pull", image(registry)).succeeded();
  }

  private static ProgramResult docker(Path config, Object... arguments) {
    return client.usedBy(engine.docker(config, arguments)).run();
  }

  /** Runs one of the tools of containers/image, which support only {@code credHelpers}. */
  private static ProgramResult container(Command command, String name) {
    var home = PrivateFile.folder(folder.resolve(name).resolve("home"));
    return client
        .usedBy(command)
        .with("HOME", home)
        .with("XDG_RUNTIME_DIR", home)
        .with("REGISTRY_AUTH_FILE", credHelpers.resolve("config.json"))
        .run();
  }

  private static String image(RegistryServer registry) {
    return registry.host() + "/acme/hello:1";
  }

  private static Path config(String name, String json) {
    return PrivateFile.write(folder.resolve(name).resolve("config.json"), json).getParent();
  }
}
