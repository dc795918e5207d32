package dev.rig.credentials.cli.doctor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.rig.credentials.app.Daemon;
import dev.rig.credentials.app.EffectiveSettings;
import dev.rig.credentials.cli.client.DaemonClient;
import dev.rig.credentials.cli.output.Console;
import dev.rig.credentials.cli.output.Version;
import dev.rig.credentials.config.AdminAddress;
import dev.rig.credentials.config.DaemonSettings;
import dev.rig.credentials.config.files.ConfigWatch;
import dev.rig.credentials.config.reader.ConfigLoader;
import dev.rig.credentials.json.JsonException;
import dev.rig.credentials.json.JsonObject;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class DoctorCommandTest {
  private static final String VALUES =
      """
      rig:
        dockerRegistries:
          docker.io: {username: u, password: CANARY}
          ghcr.io: {username: u, password: CANARY}
      """;

  @TempDir private Path folder = Path.of("");
  private Path root = Path.of("");
  private Path values = Path.of("");
  private Instant now = Instant.now();
  private final List<AutoCloseable> toClose = new ArrayList<>();

  @BeforeEach
  void layOut() throws IOException {
    root = Files.createDirectory(folder.resolve("root"));
    Files.createDirectories(root.resolve("proc/1"));
    Files.writeString(root.resolve("proc/1/cmdline"), "/sbin/init\0");
    Files.createDirectories(folder.resolve("bin"));
    Files.createDirectories(folder.resolve("run"));
    values = Files.writeString(folder.resolve("values.yaml"), VALUES);
  }

  @AfterEach
  void close() throws Exception {
    for (var one : toClose) {
      one.close();
    }
  }

  private Path socket() {
    return folder.resolve("run/c.sock");
  }

  private void daemon() {
    daemon(folder);
  }

  private void daemon(Path state) {
    var configuration = ConfigLoader.load(List.of(values));
    var flags =
        DaemonSettings.UNSET
            .with(DaemonSettings.SOCKET, socket())
            .with(DaemonSettings.STATE_DIR, state)
            .with(DaemonSettings.ADMIN, new AdminAddress.Off())
            .with(DaemonSettings.WARM_RESTART, false);
    var settings = EffectiveSettings.resolve(configuration.daemon(), flags, Map.of(), true);
    toClose.add(
        Daemon.start(
            configuration,
            new ConfigWatch(List.of()),
            settings,
            Map.of("PATH", "/usr/bin:/bin"),
            Version.text()));
  }

  private Path program(String name, String text) {
    try {
      var file = Files.writeString(folder.resolve("bin").resolve(name), "#!/bin/sh\n" + text);
      return Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void file(String name, String text) {
    try {
      Files.createDirectories(folder.resolve(name).getParent());
      Files.writeString(folder.resolve(name), text);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Returns all findings, with the exit status in the first line. */
  private String diagnosis(String... more) {
    var out = new ByteArrayOutputStream();
    var stream = new PrintStream(out, true, StandardCharsets.UTF_8);
    var environment =
        Map.of(
            "HOME", folder.toString(),
            "PATH", folder.resolve("bin").toString(),
            "RIG_CREDENTIALS_SOCKET", socket().toString());
    var command =
        new DoctorCommand(new Console(stream, stream, environment, false, true), root, () -> now);
    var words = new ArrayList<>(List.of("--config", values.toString()));
    words.addAll(List.of(more));
    int status =
        new CommandLine(command)
            .setCaseInsensitiveEnumValuesAllowed(true)
            .execute(words.toArray(String[]::new));
    var text = out.toString(StandardCharsets.UTF_8);
    assertFalse(text.contains("CANARY"), text);
    return status + "\n" + text;
  }

  private static void assertFound(String diagnosis, String... lines) {
    for (var line : lines) {
      assertTrue(diagnosis.replaceAll(" +", " ").contains(line), diagnosis);
    }
  }

  @Test
  void t23_stateFolderThatAnotherUserCanReplaceIsAWarningUntilThatIsCorrected() throws IOException {
    var open = Files.createDirectory(folder.resolve("open"));
    Files.setPosixFilePermissions(open, PosixFilePermissions.fromString("rwxrwxrwx"));
    daemon(open.resolve("state"));
    assertFound(
        diagnosis(),
        "warn daemon the state folder can be replaced: " + open + " is writable by group",
        "(mode 0777): chmod go-w " + open + "\n");
    Files.setPosixFilePermissions(open, PosixFilePermissions.fromString("rwxr-xr-x"));
    var corrected = diagnosis();
    assertFalse(corrected.contains("can be replaced"), corrected);
  }

  @Test
  void healthySetupIsReportedAsHealthy() {
    daemon();
    program("docker-credential-rig", "[ \"$1\" = list ] && echo {}");
    program("docker", "");
    file(
        ".docker/config.json",
        "{\"credHelpers\": {\"https://index.docker.io/v1/\": \"rig\", \"ghcr.io\": \"rig\"}}");
    var diagnosis = diagnosis();
    assertTrue(diagnosis.startsWith("0\n"), diagnosis);
    assertFalse(diagnosis.contains("warn"), diagnosis);
    assertFound(
        diagnosis,
        "ok permissions you may connect; the socket is rw-------",
        "ok socket a daemon answers at " + socket() + ", version " + Version.text(),
        "ok daemon 2 registries, none with an error",
        "ok helper " + folder.resolve("bin/docker-credential-rig") + " works",
        "ok docker " + folder.resolve(".docker/config.json") + " uses this daemon",
        "ok podman not installed",
        "ok kubelet no kubelet runs on this machine",
        "ok configuration 2 registries, all valid");
  }

  @Test
  void daemonThatKeepsAClustersPullSecretsIsNamed() throws IOException {
    Files.writeString(
        values,
        VALUES
            + """
              clusters:
                capsules: {createPullSecrets: true}
                groups: {pullSecrets: {namespaces: {names: [shop]}, registries: [ghcr.io]}}
                git: {createPullSecrets: true, git: {url: 'https://u:CANARY@git.example.org/d'}}
                asked: {type: k8s, createPullSecrets: false}
                engine: {type: docker, createPullSecrets: true}
            """);
    var diagnosis = diagnosis();
    assertFound(
        diagnosis,
        "ok clusters capsules: this daemon keeps the pull secrets of its Capsules. rig-platform"
            + " acts on createPullSecrets, too: set it to false in the platform's own values, and"
            + " to true in a file of the daemon's",
        "ok clusters groups: this daemon keeps the pull secrets of the namespaces of its"
            + " pullSecrets",
        "warn clusters git has git.url in addition to createPullSecrets or pullSecrets",
        "use the kubelet's provider");
    assertFalse(diagnosis.contains(" asked"), diagnosis);
    assertFalse(diagnosis.contains(" engine"), diagnosis);
  }

  @Test
  void missingOrDeadSocketFailsWithTheCommandToStartADaemon() throws IOException {
    var missing = diagnosis();
    assertTrue(missing.startsWith("1\n"), missing);
    assertFound(missing, "fail socket there is no socket at " + socket(), "-> start it: ");
    program("docker-credential-rig", "[ \"$1\" = version ]");
    assertFound(diagnosis(), "ok helper " + folder.resolve("bin/docker-credential-rig") + " runs");
    Files.writeString(socket(), "");
    assertFound(diagnosis(), "fail socket " + socket() + " is not a socket");
    Files.delete(socket());
    try (var dead =
        java.nio.channels.ServerSocketChannel.open(java.net.StandardProtocolFamily.UNIX)) {
      dead.bind(java.net.UnixDomainSocketAddress.of(socket()));
    }
    assertFound(diagnosis(), "fail socket no daemon answers at " + socket());
  }

  @Test
  void daemonThatDeniesTheUserIsNotReportedAsMissing() throws IOException {
    Files.writeString(values, VALUES + "daemon: {access: []}\n");
    daemon();
    var diagnosis = diagnosis();
    assertTrue(diagnosis.startsWith("1\n"), diagnosis);
    assertFound(
        diagnosis,
        "fail socket the daemon at " + socket() + " refused the request: denied: uid ",
        "may not use \"version\" (see daemon.access)",
        "-> permit it in daemon.access");
    assertFalse(diagnosis.contains("start it"), diagnosis);
  }

  @Test
  void clientIsNotReportedAsOkWhenNoDaemonAnswers() {
    program("docker", "");
    assertFound(
        diagnosis(),
        "warn docker " + folder.resolve(".docker/config.json") + " does not use a daemon");
  }

  @Test
  void socketThatEveryUserCouldReplaceOrUseIsNamed() throws IOException {
    daemon();
    Files.setPosixFilePermissions(socket(), PosixFilePermissions.fromString("rw-rw-rw-"));
    Files.setPosixFilePermissions(
        folder.resolve("run"), PosixFilePermissions.fromString("rwxr-xr-x"));
    assertFound(diagnosis(), "warn permissions everyone on this machine can connect");
    Files.setPosixFilePermissions(
        folder.resolve("run"), PosixFilePermissions.fromString("rwxrwxrwx"));
    var diagnosis = diagnosis();
    assertTrue(diagnosis.startsWith("1\n"), diagnosis);
    assertFound(diagnosis, "fail permissions everyone can write to", "-> chmod o-w");
  }

  @Test
  void entryThatFailsIsShownWithItsReason() throws IOException {
    Files.writeString(values, VALUES + "    quay.io: {script: 'echo nonsense'}\n");
    daemon();
    var client = new DaemonClient(socket());
    client.ask(dev.rig.credentials.wire.Action.GET, "quay.io");
    var diagnosis = diagnosis();
    assertTrue(diagnosis.startsWith("1\nfail "), diagnosis);
    assertFound(diagnosis, "fail daemon quay.io: ", "-> run \"rig-credentials explain quay.io\"");
  }

  @Test
  void helperThatIsMissingOrDoesNotWorkFailsWhereAClientIsUsed() {
    daemon();
    assertFound(diagnosis(), "warn helper docker-credential-rig is not on your PATH");
    program("docker", "");
    assertFound(diagnosis(), "fail helper docker-credential-rig is not on your PATH");
    program("docker-credential-rig", "echo 'cannot reach it'; exit 1");
    assertFound(diagnosis(), "docker-credential-rig failed: cannot reach it");
    file(".docker/config.json", "{\"credHelpers\": {\"ghcr.io\": \"rig-acme\"}}");
    assertFound(diagnosis(), "names docker-credential-rig-acme, which is not on your PATH");
  }

  @Test
  void clientsThatDoNotUseTheDaemonAreNamedWithTheRemedy() {
    daemon();
    program("docker", "");
    program("skopeo", "");
    file(".docker/config.json", "{\"credHelpers\": {\"ghcr.io\": \"rig\"}}");
    assertFound(
        diagnosis(),
        "does not use this daemon for https://index.docker.io/v1/",
        "-> run \"rig-credentials docker-config --write\"",
        "does not use this daemon for docker.io, ghcr.io",
        "-> run \"rig-credentials docker-config --podman --write\"");
    file(".docker/config.json", "{CANARY");
    assertFound(diagnosis(), "fail docker " + folder.resolve(".docker/config.json") + ":1:");
  }

  private void kubelet(String... flags) {
    file("root/proc/42/cmdline", "/usr/bin/kubelet\0--v=2\0" + String.join("\0", flags) + "\0");
    file("root/proc/42/stat", "42 (kube) let) S 1" + " 0".repeat(17) + " 20090 0 0\n");
    file("root/proc/stat", "cpu 1 2\nbtime 1000000\n");
  }

  private static final String[] FLAGS = {
    "--image-credential-provider-bin-dir=/etc/k/bin",
    "--image-credential-provider-config",
    "/etc/k/provider.yaml"
  };

  @Test
  void kubeletThatDoesNotUseTheDaemonIsReportedWithTheRemedy() throws IOException {
    daemon();
    kubelet();
    assertFound(
        diagnosis(),
        "warn kubelet the kubelet runs without --image-credential-provider-bin-dir",
        "-> run \"rig-credentials kubelet-config --install");
    kubelet(FLAGS);
    file("root/etc/k/provider.yaml", "providers: [{name: other}]");
    assertFound(diagnosis(), "provider.yaml does not name our provider");
    file(
        "root/etc/k/provider.yaml",
        "providers:\n  - name: \"rig-credential-provider\"\n    matchImages: [index.docker.io]\n");
    var incomplete = diagnosis();
    assertTrue(incomplete.startsWith("1\n"), incomplete);
    assertFound(
        incomplete,
        "fail kubelet there is no program " + root.resolve("etc/k/bin/rig-credential-provider"),
        "warn kubelet " + root.resolve("etc/k/provider.yaml") + " does not match images of ghcr.io",
        "was changed after the kubelet was started");
    Files.createDirectories(root.resolve("etc/k/bin"));
    Files.copy(program("p", ""), root.resolve("etc/k/bin/rig-credential-provider"));
    file(
        "root/etc/k/provider.yaml",
        "providers:\n  - name: \"rig-credential-provider\"\n    matchImages: [index.docker.io,"
            + " ghcr.io]\n");
    Files.setLastModifiedTime(
        root.resolve("etc/k/provider.yaml"), FileTime.from(Instant.ofEpochSecond(1_000_190)));
    assertFound(diagnosis(), "ok kubelet it asks rig-credential-provider");
    // The machine started within the second 1,000,000, and the kubelet 200.9 s later.
    Files.setLastModifiedTime(
        root.resolve("etc/k/provider.yaml"), FileTime.fromMillis(1_000_201_800));
    assertFound(diagnosis(), "ok kubelet it asks rig-credential-provider");
    Files.setLastModifiedTime(
        root.resolve("etc/k/provider.yaml"), FileTime.from(Instant.ofEpochSecond(1_000_202)));
    assertFound(diagnosis(), "was changed after the kubelet was started");
  }

  @Test
  void implausibleClockIsReported() {
    daemon();
    new DaemonClient(socket()).ask(dev.rig.credentials.wire.Action.GET, "ghcr.io");
    assertFound(diagnosis(), "ok clock ");
    file("root/run/systemd/timesync/x", "");
    assertFound(diagnosis(), "warn clock systemd-timesyncd has not synchronised it yet");
    file("root/run/systemd/timesync/synchronized", "");
    assertFound(diagnosis(), "kept by systemd-timesyncd");
    now = Instant.EPOCH.minusSeconds(100_000);
    assertFound(diagnosis(), "fail clock 1969-12-30T20:13:20Z is before this program was built");
  }

  @Test
  void keyOfAProviderIsSearched() throws IOException {
    var key = folder.resolve("key.json");
    Files.writeString(
        values,
        "rig: {dockerRegistries: {gcr.io: {provider: google, with: {keyFile: %s}}}}"
            .formatted(key));
    assertFound(diagnosis(), "warn providers gcr.io: the keyFile " + key + " is not a file");
    Files.writeString(key, "{}");
    assertFalse(diagnosis().contains("providers gcr.io"), this::diagnosis);
  }

  @Test
  void programsThatScriptsCallAreSearched() throws IOException {
    Files.writeString(
        values,
        """
        rig:
          dockerRegistries:
            a.example.org:
              script: |
                # gcloud is not called here
                echo "AWS:$(aws ecr get-login-password | jq -r .x)" > /opt/curl/x-wget
            b.example.org: {script: "#!/no/such/shell\\necho u:p"}
        """);
    program("jq", "");
    var diagnosis = diagnosis();
    assertFound(
        diagnosis,
        "warn scripts the script of a.example.org calls aws, which is not on your PATH",
        "warn scripts the script of b.example.org calls /no/such/shell, which is not there");
    for (var none : List.of("jq", "gcloud", "curl", "wget")) {
      assertFalse(diagnosis.contains("calls " + none), diagnosis);
    }
    program("aws", "");
    Files.writeString(
        values, "rig: {dockerRegistries: {a.example.org: {script: 'aws ecr | jq .'}}}");
    assertFound(diagnosis(), "ok scripts their programs are here: aws, jq");
  }

  /** C41. */
  @Test
  void programOfAnyNameThatAScriptCallsIsSearched() throws IOException {
    program("other", "");
    Files.writeString(
        values, "rig: {dockerRegistries: {a.example.org: {script: 'acme-login | other'}}}");
    assertFound(
        diagnosis(),
        "warn scripts the script of a.example.org calls acme-login, which is not on your PATH");
    program("acme-login", "");
    assertFound(diagnosis(), "ok scripts their programs are here: acme-login, other");
  }

  /** A service does not have the PATH of its user's shell. */
  @Test
  void programsAreSearchedInTheDaemonsPath() throws IOException {
    program("ibmcloud", "");
    var script = "rig: {dockerRegistries: {a.example.org: {script: ibmcloud token%s}}}";
    Files.writeString(values, script.formatted(""));
    daemon();
    assertFound(
        diagnosis(),
        "the script of a.example.org calls ibmcloud, which is not on the daemon's PATH",
        "-> use its absolute path in the script");
    Files.writeString(values, script.formatted(", env: {PATH: '" + folder.resolve("bin") + "'}"));
    assertFound(diagnosis(), "ok scripts their programs are here: ibmcloud");
  }

  @Test
  void configurationThatCannotBeUsedFails() throws IOException {
    Files.writeString(values, "rig: {dockerRegistries: {ghcr.io: {usrname: CANARY, pasword: 1}}}");
    assertFound(
        diagnosis(),
        "fail configuration " + values + ":1:",
        ", and 1 more",
        "-> run \"rig-credentials check\" to list all errors");
    Files.delete(values);
    assertFound(diagnosis(), "warn configuration " + values + " does not exist");
  }

  @Test
  void jsonHasTheSameFindings() throws JsonException {
    var diagnosis = diagnosis("-o", "json");
    var findings =
        JsonObject.parse(diagnosis.substring(2).getBytes(StandardCharsets.UTF_8))
            .objects("findings");
    var socket =
        findings.stream()
            .filter(one -> one.textOrEmpty("check").equals("socket"))
            .findFirst()
            .orElseThrow();
    assertEquals("fail", socket.textOrEmpty("verdict"));
    assertEquals("there is no socket at " + socket(), socket.textOrEmpty("message"));
    assertTrue(socket.textOrEmpty("advice").startsWith("start it"), diagnosis);
  }
}
