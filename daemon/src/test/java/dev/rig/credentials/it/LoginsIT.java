package dev.rig.credentials.it;

import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.rig.credentials.testing.Canary;
import dev.rig.credentials.testing.Tool;
import dev.rig.credentials.testing.daemon.Command;
import dev.rig.credentials.testing.daemon.DaemonUnderTest;
import dev.rig.credentials.testing.daemon.ProgramResult;
import dev.rig.credentials.testing.daemon.SharedClient;
import dev.rig.credentials.testing.kube.HelmProbe;
import dev.rig.credentials.testing.machine.PrivateFile;
import dev.rig.credentials.testing.machine.Reaper;
import dev.rig.credentials.testing.registry.DockerEngine;
import dev.rig.credentials.testing.registry.RegistryServer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Logins of people are visible only to them (T18), also after a restart. */
class LoginsIT {
  private static final int ALICE = 20_021;
  private static final int BOB = 20_022;
  private static final String NOT_FOUND = "credentials not found in native keychain\n";
  private static final String SECRET = "al1ce's:p/ass+w0rd&<more>";

  @TempDir private Path folder;
  @AutoClose private final Reaper reaper = new Reaper();
  private DaemonUnderTest daemon;
  private SharedClient client;

  @BeforeEach
  void daemonForEveryUser() {
    Tool.needRoot("other users");
    daemon =
        new DaemonUnderTest(reaper, folder.resolve("d"))
            .configured(
                "values.yaml",
                """
                rig:
                  dockerRegistries:
                    managed.example.org: {username: bot, password: of-the-file}
                daemon: {socketMode: "0666", warmRestart: false}
                """);
    client =
        SharedClient.of(
            folder.resolve("bin"),
            daemon.socket(),
            folder,
            daemon.folder(),
            daemon.socket().getParent());
  }

  private String get(int uid, String key) {
    return client.as(uid, "get", key).stdout();
  }

  private ProgramResult store(int uid, String server, String username, String secret) {
    return client.as(uid, "store", SharedClient.login(server, username, secret));
  }

  /** A docker configuration that belongs to that user. */
  private Path config(int uid, String json) throws IOException {
    var home = Files.createDirectory(folder.resolve("home-" + uid));
    var file = PrivateFile.write(home.resolve("config.json"), json);
    for (var path : List.of(home, file)) {
      Files.setAttribute(path, "unix:uid", uid);
    }
    return home;
  }

  /** Real {@code docker login}, {@code pull} and {@code logout}, as two users. */
  @Test
  void t18_dockerLogsInPullsAndLogsOutAsTwoUsers() throws IOException {
    var engineFolder = folder.resolve("e");
    var engine = DockerEngine.start(reaper, engineFolder);
    Files.setPosixFilePermissions(engineFolder, PosixFilePermissions.fromString("rwx--x--x"));
    Files.setPosixFilePermissions(
        engineFolder.resolve("docker.sock"), PosixFilePermissions.fromString("rw-rw-rw-"));
    var users = Map.of("alice", SECRET, "bob", "b0b");
    var registry = RegistryServer.start(reaper, folder.resolve("registry"), users);
    var host = registry.host();
    var image = host + "/acme/hello:1";
    var running = daemon.start();
    var configs =
        Map.of(
            ALICE,
            config(ALICE, "{\"credsStore\":\"rig\"}"),
            BOB,
            config(BOB, "{\"credsStore\":\"rig\"}"));
    class As {
      ProgramResult docker(int uid, String stdin, Object... arguments) {
        var command = engine.docker(configs.get(uid), arguments).reading(stdin);
        return client.usedBy(command).as(uid).run();
      }

      ProgramResult pull(int uid) {
        docker(uid, "", "rmi", "--force", image);
        return docker(uid, "", "pull", image);
      }
    }
    var as = new As();
    Files.writeString(folder.resolve("hello"), "hello\n");
    var tar = folder.resolve("image.tar");
    Command.of("/bin/tar", "-C", folder, "-cf", tar, "hello").run().succeeded();

    var login = as.docker(ALICE, SECRET, "login", "-u", "alice", "--password-stdin", host);
    assertTrue(login.succeeded().stdout().contains("Login Succeeded"), login::toString);
    engine.docker(configs.get(ALICE), "import", tar, image).run().succeeded();
    as.docker(ALICE, "", "push", image).succeeded();
    as.pull(ALICE).succeeded();
    var bobs = as.pull(BOB);
    assertNotEquals(0, bobs.status(), bobs::toString);
    assertEquals(NOT_FOUND, get(BOB, host));
    assertEquals(NOT_FOUND, get(0, host), "not even root");

    as.docker(BOB, "b0b", "login", "-u", "bob", "--password-stdin", host).succeeded();
    as.pull(BOB).succeeded();
    assertAll(
        () ->
            assertEquals(
                "{\"%s\":\"alice\"}\n".formatted(host), client.as(ALICE, "list", "").stdout()),
        () ->
            assertEquals("{\"%s\":\"bob\"}\n".formatted(host), client.as(BOB, "list", "").stdout()),
        () ->
            assertTrue(
                client
                    .kubelet(
                        """
                        {"apiVersion":"credentialprovider.kubelet.k8s.io/v1",\
                        "kind":"CredentialProviderRequest","image":"%s"}
                        """
                            .formatted(image))
                    .run()
                    .succeeded()
                    .stdout()
                    .contains("\"auth\":{}"),
                "the kubelet is answered from configured entries alone"));

    DaemonUnderTest.stop(running);
    var restarted = daemon.start();
    as.pull(ALICE).succeeded();
    as.docker(ALICE, "", "logout", host).succeeded();
    var loggedOut = as.pull(ALICE);
    assertNotEquals(0, loggedOut.status(), loggedOut::toString);
    assertEquals("{}\n", client.as(ALICE, "list", "").stdout());
    as.pull(BOB).succeeded();

    var canary = new Canary(SECRET);
    var config = Files.readString(configs.get(ALICE).resolve("config.json"));
    assertAll(
        () -> assertEquals(List.of(), canary.foundIn(config)),
        () -> assertEquals(List.of(), canary.foundIn(running.stderr() + restarted.stderr())),
        () -> assertEquals(List.of(), canary.foundIn(state())));
  }

  private String state() throws IOException {
    var all = new StringBuilder();
    try (var files = Files.list(daemon.stateFolder())) {
      for (var file : files.toList()) {
        all.append(Files.readString(file, StandardCharsets.ISO_8859_1));
      }
    }
    return all.toString();
  }

  /** For a podman without {@code --compat-auth-file}, with its own file. */
  @Test
  void podmanLogsInAndOut() throws IOException {
    var users = Map.of("alice", SECRET);
    var registry = RegistryServer.start(reaper, folder.resolve("registry"), users);
    daemon.start();
    var compatible = podman("", "login", "--help").stdout().contains("--compat-auth-file");
    var config =
        PrivateFile.write(
            folder.resolve("podman").resolve("config.json"),
            "{\"credHelpers\":{\"%s\":\"rig\"}}".formatted(registry.host()));
    var file = (compatible ? "--compat-auth-file=" : "--authfile=") + config;
    podman(
            SECRET,
            "login",
            file,
            "--tls-verify=false",
            "--username=alice",
            "--password-stdin",
            registry.host())
        .succeeded();
    assertTrue(client.command("get", registry.host()).run().stdout().contains("\"alice\""));
    assertEquals(List.of(), new Canary(SECRET).foundIn(Files.readString(config)));
    podman("", "logout", file, registry.host()).succeeded();
    assertEquals(NOT_FOUND, client.command("get", registry.host()).run().stdout());
  }

  private ProgramResult podman(String stdin, String... arguments) {
    var home = PrivateFile.folder(folder.resolve("podman-home"));
    var words = new Object[arguments.length + 1];
    words[0] = Tool.PODMAN.path();
    System.arraycopy(arguments, 0, words, 1, arguments.length);
    return client
        .usedBy(Command.of(words))
        .with("HOME", home)
        .with("XDG_RUNTIME_DIR", home)
        .reading(stdin)
        .run();
  }

  /** Helm has its own configuration file, in Docker's format. */
  @Test
  void helmLogsInPushesShowsAndLogsOut() throws IOException {
    var users = Map.of("alice", SECRET);
    var host = RegistryServer.start(reaper, folder.resolve("registry"), users).host();
    var running = daemon.start();
    var config =
        PrivateFile.write(
            folder.resolve("helm/.config/helm/registry").resolve("config.json"),
            "{\"credsStore\":\"rig\"}");
    var chart = folder.resolve("c");
    Files.createDirectories(chart.resolve("templates"));
    Files.writeString(chart.resolve("Chart.yaml"), "apiVersion: v2\nname: c\nversion: 0.1.0\n");
    var archive = folder.resolve("c-0.1.0.tgz");
    Command.of("/bin/tar", "-C", folder, "-czf", archive, "c").run().succeeded();
    var stranger = helm("", "push", archive, "oci://" + host + "/acme");
    assertNotEquals(0, stranger.status(), stranger::toString);
    var login = helm(SECRET, "login", host, "alice").succeeded();
    assertTrue(login.stdout().contains("Login Succeeded"), login::toString);
    assertTrue(running.says("action=store prefix=" + host + " outcome=stored"), running::stderr);
    helm("", "push", archive, "oci://" + host + "/acme").succeeded();
    var shown = helm("", "show", "oci://" + host + "/acme/c").succeeded();
    assertTrue(shown.stdout().contains("version: 0.1.0"), shown::toString);
    assertEquals(List.of(), new Canary(SECRET).foundIn(Files.readString(config)));
    helm("", "logout", host).succeeded();
    assertEquals(NOT_FOUND, get(0, host));
    var loggedOut = helm("", "show", "oci://" + host + "/acme/c");
    assertNotEquals(0, loggedOut.status(), loggedOut::toString);
  }

  private ProgramResult helm(String stdin, Object... arguments) {
    var words =
        new ArrayList<Object>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java"),
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                HelmProbe.class.getName()));
    words.addAll(List.of(arguments));
    return client
        .usedBy(Command.of(words.toArray()))
        .with("HOME", folder.resolve("helm"))
        .reading(stdin)
        .run();
  }

  /** {@code explain} shows only the caller's own logins; {@code status} only counts them. */
  @Test
  void t18_explainShowsTheAnsweringLoginAndNoOtherUsers() {
    daemon.start();
    store(0, "quay.io/team", "root", SECRET).succeeded();
    store(ALICE, "quay.io", "alice", SECRET).succeeded();
    var roots = daemon.commandLine("explain", "quay.io/team/app").succeeded();
    var hidden = daemon.commandLine("explain", "quay.io/other");
    var managed = daemon.commandLine("explain", "managed.example.org/app").succeeded();
    store(0, "managed.example.org/team", "root", SECRET).succeeded();
    var longer = daemon.commandLine("explain", "managed.example.org/team/app").succeeded();
    var status = daemon.commandLine("status", "--output", "json").succeeded();
    assertAll(
        () ->
            assertTrue(
                roots.stdout().matches("(?s).*Source: +login of uid 0, stored \\d+m? ?\\d*s ago.*"),
                roots::toString),
        () -> assertEquals(1, hidden.status(), hidden::toString),
        () -> assertFalse(hidden.output().contains("login"), hidden::toString),
        () -> assertFalse(managed.stdout().contains("login"), managed::toString),
        () ->
            assertTrue(
                longer
                    .stdout()
                    .contains(
                        "-> managed.example.org/team (login of uid 0): your own login, for a longer"
                            + " path"),
                longer::toString),
        () ->
            assertTrue(
                status.stdout().replaceAll("\\s", "").contains("\"logins\":3,\"users\":2"),
                status::toString),
        () -> assertTrue(status.stdout().contains("\"quay.io/team\""), "one's own"),
        () -> assertFalse(status.output().contains("alice"), status::toString),
        () ->
            assertEquals(
                List.of(),
                new Canary(SECRET).foundIn(roots.output() + longer.output() + status.output())));
  }

  @Test
  void loginToAManagedHostIsReportedOnStderrAndChangesNothing() {
    daemon.start();
    var outcome = store(0, "https://managed.example.org/", "root", "s").succeeded();
    var strangers = store(ALICE, "managed.example.org", "alice", "s").succeeded();
    assertAll(
        () -> assertEquals("", outcome.stdout()),
        () ->
            assertTrue(
                outcome.stderr().contains("managed.example.org is managed by "), outcome::toString),
        () -> assertTrue(outcome.stderr().contains("values.yaml:3"), outcome::toString),
        () -> assertFalse(strangers.stderr().contains("values.yaml"), strangers::toString),
        () -> assertTrue(get(0, "managed.example.org").contains("of-the-file")),
        () -> assertFalse(Files.exists(daemon.stateFolder().resolve("logins.sealed"))));
  }

  @Test
  void identityTokensAndExactKeysAreReturnedUnchanged() {
    daemon.start();
    var key = "https://index.docker.io/v1/access-token";
    var token =
        "{\"ServerURL\":\"https://index.docker.io/v1/\",\"Username\":\"\\u003ctoken\\u003e\",\"Secret\":\"refresh\"}\n";
    client.as(ALICE, "store", token).succeeded();
    store(ALICE, key, "alice", "jwt").succeeded();
    assertAll(
        () -> assertEquals(token, get(ALICE, "https://index.docker.io/v1/")),
        () -> assertEquals(SharedClient.login(key, "alice", "jwt"), get(ALICE, key)),
        () -> assertEquals(NOT_FOUND, get(ALICE, "https://index.docker.io/v1/refresh-token")),
        () -> assertEquals(NOT_FOUND, get(BOB, key)));
    client.as(ALICE, "erase", key).succeeded();
    assertEquals(NOT_FOUND, get(ALICE, key));
    assertEquals(token, get(ALICE, "https://index.docker.io/v1/"));
  }

  @Test
  void f11_fullDiskIsAClearErrorAndTheOldLoginsStay() throws IOException {
    var state = PrivateFile.folder(daemon.stateFolder());
    var running =
        daemon
            .startedBy(
                Tool.UNSHARE.path(),
                "--mount",
                "sh",
                "-c",
                "mount -t tmpfs -o size=128k,mode=0700 none \"$0\" && exec \"$@\"",
                state)
            .start();
    store(ALICE, "one.example.org", "alice", "s").succeeded();
    var inside = Path.of("/proc/" + running.pid() + "/root" + state);
    var file = inside.resolve("logins.sealed");
    var old = Files.readAllBytes(file);
    try (var out = Files.newOutputStream(inside.resolve("fill"))) {
      while (true) {
        out.write(new byte[4096]);
      }
    } catch (IOException full) {
      // As intended.
    }
    var login = store(ALICE, "two.example.org", "alice", "s");
    assertAll(
        () -> assertEquals(1, login.status(), login::toString),
        () -> assertTrue(login.stdout().contains("could not be stored"), login::toString),
        () -> assertTrue(login.stdout().contains("No space left"), login::toString),
        () -> assertArrayEquals(old, Files.readAllBytes(file)),
        () ->
            assertEquals(
                SharedClient.login("one.example.org", "alice", "s"), get(ALICE, "one.example.org")),
        () -> assertEquals(NOT_FOUND, get(ALICE, "two.example.org")),
        () -> assertTrue(get(0, "managed.example.org").contains("of-the-file")),
        () -> assertEquals(1, daemon.commandLine("status").status()));
    Files.delete(inside.resolve("fill"));
    store(ALICE, "two.example.org", "alice", "s").succeeded();
    assertEquals(0, daemon.commandLine("status").status(), running::stderr);
  }

  @Test
  void f12_corruptFileIsSetAsideAndTheRestIsServed() throws IOException {
    var first = daemon.start();
    store(ALICE, "one.example.org", "alice", "s").succeeded();
    DaemonUnderTest.stop(first);
    var file = daemon.stateFolder().resolve("logins.sealed");
    var bytes = Files.readAllBytes(file);
    bytes[bytes.length / 2] ^= 0x40;
    Files.write(file, bytes);
    var second = daemon.start();
    var status = daemon.commandLine("status");
    assertAll(
        () ->
            assertArrayEquals(
                bytes, Files.readAllBytes(daemon.stateFolder().resolve("logins.sealed.refused"))),
        () -> assertTrue(second.says("set aside"), second::stderr),
        () -> assertEquals(1, status.status(), status::toString),
        () -> assertTrue(status.stdout().contains("logins is unhealthy"), status::toString),
        () -> assertTrue(get(0, "managed.example.org").contains("of-the-file")),
        () -> assertEquals(NOT_FOUND, get(ALICE, "one.example.org")));
    store(ALICE, "one.example.org", "alice", "s").succeeded();
    DaemonUnderTest.stop(second);
    daemon.start();
    assertEquals(0, daemon.commandLine("status").status());
    assertEquals(
        SharedClient.login("one.example.org", "alice", "s"), get(ALICE, "one.example.org"));
  }

  /** A shorter configured prefix does not replace a login for a longer one (README). */
  @Test
  void longerLoginWinsOverAShorterEntryForItsOwnerAlone() {
    daemon.start();
    store(0, "managed.example.org/team", "root", "s").succeeded();
    assertAll(
        () -> assertTrue(get(0, "managed.example.org/team/x").contains("\"root\"")),
        () -> assertTrue(get(0, "managed.example.org/teams").contains("\"bot\"")),
        () -> assertTrue(get(0, "managed.example.org").contains("\"bot\"")),
        () -> assertTrue(get(ALICE, "managed.example.org/team/x").contains("denied")));
  }
}
