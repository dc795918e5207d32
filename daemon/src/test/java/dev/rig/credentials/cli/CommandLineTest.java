package dev.rig.credentials.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.rig.credentials.app.Daemon;
import dev.rig.credentials.app.EffectiveSettings;
import dev.rig.credentials.cli.output.Console;
import dev.rig.credentials.cli.output.Durations;
import dev.rig.credentials.cli.output.ExitStatus;
import dev.rig.credentials.config.AdminAddress;
import dev.rig.credentials.config.DaemonSettings;
import dev.rig.credentials.config.files.ConfigWatch;
import dev.rig.credentials.config.reader.ConfigLoader;
import dev.rig.credentials.testing.Json;
import dev.rig.credentials.testing.daemon.RawClient;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CommandLineTest {
  private static final String VALUES =
      """
      rig:
        dockerRegistries:
          ghcr.io: {username: bot, password: CANARY}
          ghcr.io/acme:
            script: echo "user:CANARY"
            expire: 1h
            alias: acme
      """;

  @TempDir private Path folder = Path.of("");
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();
  private Path values = Path.of("");

  @BeforeEach
  void writeValues() throws IOException {
    values = Files.writeString(folder.resolve("values.yaml"), VALUES);
  }

  private int run(boolean terminal, String... arguments) {
    out.reset();
    err.reset();
    var console =
        new Console(
            new PrintStream(out, true, StandardCharsets.UTF_8),
            new PrintStream(err, true, StandardCharsets.UTF_8),
            Map.of("RIG_CREDENTIALS_SOCKET", socket().toString()),
            terminal,
            true);
    return Main.run(console, arguments);
  }

  private Path socket() {
    return folder.resolve("c.sock");
  }

  private String printed() {
    return out.toString(StandardCharsets.UTF_8);
  }

  private String complained() {
    return err.toString(StandardCharsets.UTF_8);
  }

  private Daemon daemon(Path... more) {
    var configuration =
        ConfigLoader.load(Stream.concat(Stream.of(values), Stream.of(more)).toList());
    var flags =
        DaemonSettings.UNSET
            .with(DaemonSettings.SOCKET, socket())
            .with(DaemonSettings.STATE_DIR, folder)
            .with(DaemonSettings.ADMIN, new AdminAddress.Off())
            .with(DaemonSettings.WARM_RESTART, false);
    var settings = EffectiveSettings.resolve(configuration.daemon(), flags, Map.of(), true);
    return Daemon.start(
        configuration,
        new ConfigWatch(List.of()),
        settings,
        Map.of("PATH", "/usr/bin:/bin"),
        "1.2.3");
  }

  @Test
  void valuesOfAnOptionMayBeInLowerCase() {
    var missing = folder.resolve("missing.yaml").toString();
    var words = new String[] {"serve", "--log-level", "trace", "--log-format", "json"};
    var all = Stream.concat(Stream.of(words), Stream.of("--config", missing));
    assertEquals(
        ExitStatus.CONFIGURATION, run(false, all.toArray(String[]::new)), this::complained);
  }

  @ParameterizedTest
  @ValueSource(strings = {"serve", "check", "get", "list", "explain", "demo", "version"})
  void everyCommandHasItsHelp(String command) {
    assertEquals(ExitStatus.OK, run(false, command, "--help"));
    assertTrue(printed().contains("Usage: rig-credentials " + command), printed());
  }

  /** C42. */
  @ParameterizedTest
  @ValueSource(strings = {"get", "doctor", "help", "dev", "dev up", "dev manifests"})
  void helpOfACommandEqualsItsOwnOption(String command) {
    assertEquals(ExitStatus.OK, run(false, (command + " --help").split(" ")));
    var own = printed();
    assertTrue(own.contains("Usage: rig-credentials " + command + " "), own);
    assertEquals(ExitStatus.OK, run(false, ("help " + command).split(" ")));
    assertEquals(own, printed());
    assertEquals("", complained());
  }

  @Test
  void helpWithoutACommandListsThemAll() {
    assertEquals(ExitStatus.OK, run(false, "--help"));
    var all = printed();
    assertEquals(ExitStatus.OK, run(false, "help"));
    assertEquals(all, printed());
    assertTrue(all.contains("  help "), all);
  }

  @Test
  void helpSuggestsASimilarCommand() {
    assertEquals(ExitStatus.USAGE, run(false, "help", "docter"));
    assertTrue(complained().contains("'docter'"), complained());
    assertTrue(complained().contains("doctor"), complained());
    assertEquals(ExitStatus.USAGE, run(false, "help", "dev", "upp"));
    assertTrue(complained().contains("'upp'"), complained());
    assertEquals(ExitStatus.USAGE, run(false, "help", "get", "up"));
    assertTrue(complained().contains("Usage: rig-credentials get "), complained());
    assertEquals(ExitStatus.USAGE, run(false, "help", "dev", "up", "again"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "serve --xyzzy",
        "get",
        "nonsense",
        "check -o xml",
        "check -o docker",
        "get a b"
      })
  void wrongUsageIsStatusTwo(String line) {
    assertEquals(ExitStatus.USAGE, run(false, line.isEmpty() ? new String[0] : line.split(" ")));
    boolean helpful = complained().contains("Usage: ") || complained().contains("Did you mean");
    assertTrue(helpful, complained());
  }

  @Test
  void checkPrintsEntriesWithoutSecrets() {
    assertEquals(ExitStatus.OK, run(false, "check", "--config", values.toString()));
    var lines = printed().lines().toList();
    assertEquals(
        List.of("PREFIX", "SOURCE", "EXPIRE", "TIMEOUT", "ALIAS", "DEFAULT", "FROM"),
        List.of(lines.getFirst().split(" +")));
    assertTrue(lines.get(2).startsWith("ghcr.io/acme  script  1h 0m"), lines.get(2));
    assertFalse(printed().contains("CANARY"));
    assertEquals(ExitStatus.OK, run(false, "check", "-o", "json", "-c", values.toString()));
    assertTrue(
        String.valueOf(Json.object(printed()).get("entries")).startsWith("[{prefix=ghcr.io, "));
    assertFalse(printed().contains("CANARY"));
  }

  /** C5: a default that answers in place of another entry, and a key that matches nothing. */
  @Test
  void checkWarnsAboutSettingsThatMaySurprise() throws IOException {
    Files.writeString(
        values,
        """
        rig:
          dockerRegistries:
            a.org: {username: u, password: CANARY}
            a.org/team: {username: u, password: CANARY, default: true}
            b.org: {username: u, password: CANARY}
            "*.org/dft": {username: u, password: CANARY, default: true}
            "*.org": {username: u, password: CANARY}
            c.org/Team/App: {username: u, password: CANARY}
            d.org/team: {username: u, password: CANARY, default: true}
            "*.net/dft": {username: u, password: CANARY, default: true}
        """);
    assertEquals(ExitStatus.OK, run(false, "check", "-c", values.toString()), this::complained);
    var expected =
        List.of(
            "%s:4:5: a.org/team (default: true) answers requests for the host a.org, instead of its"
                + " own entry (%s:3)",
            "%s:6:5: *.org/dft (default: true) does not answer requests for the host a.org: its own"
                + " entry (%s:3) does",
            "%s:6:5: *.org/dft (default: true) does not answer requests for the host b.org: its own"
                + " entry (%s:5) does",
            "%s:6:5: *.org/dft (default: true) answers requests for the host *.org, instead of its"
                + " own entry (%s:7)",
            "%s:8:5: c.org/Team/App matches no image, because paths of images are in lower case"
                + " (write c.org/team/app)");
    var told = printed().lines().filter(line -> line.startsWith("Note: ")).toList();
    assertEquals(
        expected.stream().map(line -> "Note: " + line.formatted(values, values) + ".").toList(),
        told);
    assertEquals(ExitStatus.OK, run(false, "check", "-o", "json", "-c", values.toString()));
    assertEquals(
        expected.stream().map(line -> line.formatted(values, values)).toList(),
        Json.object(printed()).get("remarks"));
  }

  @Test
  void checkDoesNotWarnAboutOrdinarySettings() {
    assertEquals(ExitStatus.OK, run(false, "check", "-c", values.toString()));
    assertFalse(printed().contains("Note: "), printed());
  }

  @Test
  void t23_checkWarnsOfAStateFolderThatAnotherUserCanReplace() throws IOException {
    var open = Files.createDirectory(folder.resolve("open"));
    Files.writeString(values, VALUES + "daemon: {stateDir: %s/state}\n".formatted(open));
    Files.setPosixFilePermissions(open, PosixFilePermissions.fromString("rwxrwxrwx"));
    assertEquals(ExitStatus.OK, run(false, "check", "-c", values.toString()));
    var warning = "the state folder can be replaced: " + open + " is writable by group ";
    assertTrue(complained().startsWith("warning: " + warning), complained());
    assertTrue(complained().endsWith("(mode 0777): chmod go-w " + open + "\n"), complained());
    assertEquals(ExitStatus.OK, run(false, "check", "-o", "json", "-c", values.toString()));
    assertTrue(String.valueOf(Json.object(printed()).get("remarks")).contains(warning), printed());

    Files.setPosixFilePermissions(open, PosixFilePermissions.fromString("rwxr-xr-x"));
    assertEquals(ExitStatus.OK, run(false, "check", "-c", values.toString()));
    assertEquals("", complained());
  }

  @Test
  void checkRefusesAShellThatServeWouldRefuse() throws IOException {
    var shell = Files.writeString(folder.resolve("shell"), "#!/bin/sh\nexec /bin/sh \"$@\"\n");
    Files.writeString(values, VALUES + "daemon: {shell: %s}\n".formatted(shell));
    for (var mode : List.of("rw-r--r--", "rwxrwxrwx", "rwxr-xrwx")) {
      Files.setPosixFilePermissions(shell, PosixFilePermissions.fromString(mode));
      for (var command : List.of("check", "serve")) {
        assertEquals(ExitStatus.CONFIGURATION, run(false, command, "-c", values.toString()), mode);
        assertTrue(complained().contains("daemon.shell: " + shell), complained());
      }
    }
    Files.setPosixFilePermissions(shell, PosixFilePermissions.fromString("rwxr-xr-x"));
    assertEquals(ExitStatus.OK, run(false, "check", "-c", values.toString()), this::complained);
    Files.writeString(values, VALUES + "daemon: {shell: bin/sh}\n");
    assertEquals(ExitStatus.CONFIGURATION, run(false, "check", "-c", values.toString()));
    assertTrue(complained().contains("not an absolute path"), complained());
  }

  @Test
  void scriptOfAClusterRunsWithTheConfiguredShell() throws IOException {
    var shell =
        Files.writeString(
            folder.resolve("shell"),
            "#!/bin/sh\ntouch %s\nexec /bin/sh \"$@\"\n".formatted(folder.resolve("used")));
    Files.setPosixFilePermissions(shell, PosixFilePermissions.fromString("rwxr-xr-x"));
    Files.writeString(
        values,
        """
        rig: {clusters: {c: {type: k8s, url: "http://127.0.0.1:1", script: "exit 1"}}}
        daemon: {shell: %s}
        """
            .formatted(shell));
    var words = new String[] {"deploy", "app", "--history", "-c", values.toString()};
    var state = Stream.of("--state-dir", folder.resolve("state").toString());
    var all = Stream.concat(Stream.of(words), state).toArray(String[]::new);
    assertEquals(ExitStatus.FAILED, run(false, all), this::complained);
    assertTrue(Files.exists(folder.resolve("used")), this::complained);
    Files.setPosixFilePermissions(shell, PosixFilePermissions.fromString("rwxrwxrwx"));
    assertEquals(ExitStatus.CONFIGURATION, run(false, all), this::complained);
  }

  @Test
  void listThatIsTooLargeForClientsIsRefusedWithTheNextStep() throws IOException {
    var yaml = new StringBuilder("rig:\n  dockerRegistries:\n");
    for (int i = 0; i < 6_000; i++) { // JSON, as Go writes it, uses six characters for each <
      yaml.append("    h%d.org: {username: '%s', password: p}\n".formatted(i, "<".repeat(40)));
    }
    Files.writeString(values, yaml);
    try (var daemon = daemon();
        var client = RawClient.connect(daemon.socket())) {
      var answer = client.send("list\n").endOfRequest().rest();
      assertTrue(answer.startsWith("1\nrig-credentials: the answer is larger than 1 MiB"), answer);
      assertTrue(answer.endsWith("permit this user fewer in daemon.access\n"), answer);
      assertEquals(ExitStatus.OK, run(false, "get", "h5999.org"), this::complained);
      assertEquals(ExitStatus.OK, run(false, "status", "-o", "json"), this::complained);
    }
  }

  @Test
  void problemsAreReportedTogetherWithStatus78() throws IOException {
    Files.writeString(
        values,
        """
        rig:
          dockerRegistries:
            ghcr.io: {usrname: CANARY, password: CANARY}
            "no host": {username: a, password: CANARY}
        """);
    for (var command : List.of("check", "serve")) {
      assertEquals(ExitStatus.CONFIGURATION, run(false, command, "--config", values.toString()));
      assertTrue(complained().contains(values + ":3:15: "), complained());
      assertTrue(complained().contains("username"), complained());
      assertTrue(complained().contains(values + ":4:5: "), complained());
      assertFalse(complained().contains("CANARY"), complained());
    }
  }

  /** C36: invalid settings of a cluster, which no daemon could use. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "pullSecrets: {namespaces: {names: [a]}}",
        "pullSecrets: {registries: [ghcr.io]}",
        "pullSecrets: {namespaces: {names: [a], matchLabels: {b: c}}, registries: [ghcr.io]}",
        "pullSecrets: {namespaces: {names: [a]}, registries: ['*.example.org']}",
        "pullSecrets: {namespaces: {names: [a]}, registries: [ghcr.io], registry: ghcr.io}",
        "pullSecrets: {namespaces: {names: [Shop]}, registries: [ghcr.io]}",
        "pullSecrets: {namespaces: {names: [a], labels: {b: c}}, registries: [ghcr.io]}",
        "pullSecrets: {namespaces: {matchLabels: {a: 'b c'}}, registries: [ghcr.io]}",
        "pullSecrets: {namespaces: {names: [a]}, registries: [ghcr.io], serviceAccounts: ['a/b']}",
        "pullSecrets: {namespaces: {names: [a]}, registries: [ghcr.io], restartStuckPods: maybe}",
        "pullSecrets: {namespaces: {names: [a]}, registries: ['https://u:CANARY@ghcr.io']}",
        "pullSecretNamespaces: [shop_1]",
        "pullSecretNamespaces: shop/a"
      })
  void c36_wrongGroupsOfNamespacesAreFoundByCheck(String settings) throws IOException {
    Files.writeString(
        values,
        """
        rig:
          dockerRegistries:
            ghcr.io: {username: a, password: CANARY}
          clusters:
            prod: {%s}
        """
            .formatted(settings));
    assertEquals(ExitStatus.CONFIGURATION, run(false, "check", "--config", values.toString()));
    assertTrue(complained().contains(values + ":5:"), complained());
    assertFalse(complained().contains("CANARY"), complained());
  }

  @Test
  void validClusterSettingsPass() throws IOException {
    Files.writeString(
        values,
        """
        rig:
          dockerRegistries:
            ghcr.io: {username: a, password: CANARY}
          clusters:
            here: {createPullSecrets: true, pullSecretNamespaces: [shop]}
            there: {url: "https://k8s.example.com:6443/path", token: CANARY, certificateAuthority: /late/ca.pem}
            near: {url: "http://localhost:8080", script: "echo CANARY"}
            groups:
              pullSecrets:
                - namespaces: {names: [shop]}
                  registries: [ghcr.io/acme]
                - namespaces: {matchLabels: {team: a}}
                  serviceAccounts: [default, builder]
                  registries: [ghcr.io, "docker.io"]
                  restartStuckPods: true
        """);
    assertEquals(ExitStatus.OK, run(false, "check", "--config", values.toString()), complained());
  }

  @Test
  void missingDaemonIsOneLineWithTheNextStep() {
    assertEquals(ExitStatus.FAILED, run(false, "explain", "nginx"));
    assertEquals(1, complained().lines().count());
    assertTrue(complained().contains("cannot reach the daemon at " + socket()), complained());
    assertTrue(complained().contains("rig-credentials serve"), complained());
  }

  /** C41. */
  @Test
  void statusBeginsWithFailuresAndTheDaemon() throws IOException {
    try (var _ = daemon()) {
      assertEquals(ExitStatus.OK, run(false, "get", "ghcr.io/acme"), this::complained);
      assertEquals(ExitStatus.OK, run(false, "status"), this::printed);
      var head =
          "Socket:         %s\nDaemon:         pid %d, version 1.2.3\nConfiguration:  %s\n\nPREFIX "
              .formatted(socket(), ProcessHandle.current().pid(), values);
      assertTrue(printed().startsWith(head), this::printed);
    }
    Files.writeString(values, VALUES + "    quay.io: {script: 'echo nonsense'}\n");
    try (var _ = daemon()) {
      assertEquals(ExitStatus.FAILED, run(false, "get", "quay.io"));
      assertEquals(ExitStatus.FAILED, run(false, "status"));
      assertTrue(printed().startsWith("No credential for:\n  quay.io: "), this::printed);
      assertTrue(printed().contains("\n\nSocket:         " + socket()), this::printed);
      assertEquals(ExitStatus.FAILED, run(false, "status", "-o", "json"));
    }
  }

  @Test
  void statusNamesAConfigurationFileThatHasOnlyDaemonKeys() throws IOException {
    var own = Files.writeString(folder.resolve("daemon.yaml"), "daemon: {log: {level: warn}}\n");
    try (var _ = daemon(own)) {
      run(false, "status");
      assertTrue(
          printed().contains("Configuration:  " + values + ", " + own + "\n"), this::printed);
    }
  }

  /** C42: a user's own logins. */
  @Test
  void listAndStatusShowYourLogins() {
    try (var daemon = daemon();
        var client = RawClient.connect(daemon.socket())) {
      var login = "{\"ServerURL\":\"nas.example\",\"Username\":\"me\",\"Secret\":\"CANARY\"}";
      var stored = client.send("store\n" + login).endOfRequest().rest();
      assertEquals("0\n", stored);
      for (var command : List.of("list", "status")) {
        assertEquals(ExitStatus.OK, run(false, command), this::complained);
        assertTrue(printed().contains("nas.example"), this::printed);
        assertFalse(printed().contains("CANARY"), this::printed);
      }
      assertTrue(printed().contains("YOUR LOGIN"), this::printed);
      assertEquals(ExitStatus.OK, run(false, "status", "-o", "json"), this::complained);
      var logins = String.valueOf(Json.object(printed()).get("logins"));
      assertTrue(logins.startsWith("[{prefix=nas.example, username=me, "), logins);
    }
  }

  /** T25, case C19. */
  @ParameterizedTest
  @ValueSource(strings = {"get", "explain"})
  void t25_endlessAnswerIsReportedInOneLine(String command) throws IOException {
    try (var server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      server.bind(UnixDomainSocketAddress.of(socket()));
      var sending =
          Thread.ofVirtual()
              .start(() -> {
                var chunk = ("0\n" + "x".repeat(100_000)).getBytes(StandardCharsets.UTF_8);
                try (var client = server.accept()) {
                  while (true) {
                    client.write(ByteBuffer.wrap(chunk));
                  }
                } catch (IOException gone) {
                  // The client has read enough and closed.
                }
              });
      assertEquals(ExitStatus.FAILED, run(false, command, "ghcr.io"));
      assertEquals(1, complained().lines().count(), this::complained);
      assertTrue(complained().contains("sent more than 1 MiB"), this::complained);
      sending.interrupt();
    }
  }

  @Test
  void getPrintsWhatTheHelperWould() {
    try (var daemon = daemon()) {
      assertEquals(ExitStatus.OK, run(false, "get", "ghcr.io/other"));
      assertEquals(
          "{\"ServerURL\":\"ghcr.io/other\",\"Username\":\"bot\",\"Secret\":\"CANARY\"}\n",
          printed());
      assertEquals(daemon.socket(), socket());
    }
  }

  @Test
  void secretIsHiddenOnATerminal() {
    try (var _ = daemon()) {
      for (var form : List.of("docker", "json", "table")) {
        assertEquals(ExitStatus.OK, run(true, "get", "ghcr.io/acme/app:1", "-o", form));
        assertFalse(printed().contains("CANARY"), printed());
        assertTrue(printed().contains("[hidden]"), printed());
        assertTrue(complained().contains("--show-secret"), complained());
        var words = new String[] {"get", "ghcr.io/acme/app:1", "-o", form, "--show-secret"};
        assertEquals(ExitStatus.OK, run(true, words));
        assertTrue(printed().contains("CANARY"), printed());
      }
    }
  }

  @Test
  void tagDoesNotAffectALookup() {
    try (var _ = daemon()) {
      assertEquals(ExitStatus.OK, run(false, "get", "ghcr.io/acme/app:1.2"));
      assertEquals("user", Json.object(printed()).get("Username"));
      assertEquals(ExitStatus.FAILED, run(false, "get", "redis:7"));
      assertTrue(complained().contains("credentials not found in native keychain"), complained());
    }
  }

  /** T20: a person names an image, a client names a host. */
  @Test
  void shortNameIsAnImageOnDockerHub() throws IOException {
    Files.writeString(
        values, "rig: {dockerRegistries: {docker.io: {username: hub, password: p}}}\n");
    try (var _ = daemon()) {
      for (var image : List.of("nginx", "nginx:1.25", "team/app", "docker.io/nginx")) {
        assertEquals(ExitStatus.OK, run(false, "get", image), this::complained);
        assertEquals("hub", Json.object(printed()).get("Username"));
      }
    }
  }

  @Test
  void explainNamesEveryEntryAndNoSecret() {
    try (var _ = daemon()) {
      assertEquals(ExitStatus.OK, run(false, "explain", "ghcr.io/acme/app:1"));
      for (var expected :
          List.of(
              "Reference:   ghcr.io/acme/app",
              "-> ghcr.io/acme (script, " + values + ":4): longest prefix",
              "   ghcr.io (static, " + values + ":3): shorter",
              "Outcome:     found",
              "Expires:     2")) {
        assertTrue(printed().contains(expected), expected + " in " + printed());
      }
      assertFalse(printed().contains("CANARY"), printed());
      assertEquals(ExitStatus.FAILED, run(false, "explain", "quay.io/a"));
      assertTrue(printed().contains("no entry matches"), printed());
    }
  }

  @Test
  void explainNamesTheLoginThatAnswers() {
    var login = "{\"ServerURL\":\"quay.io\",\"Username\":\"u\",\"Secret\":\"CANARY\"}";
    try (var _ = daemon();
        var client = RawClient.connect(socket())) {
      assertEquals("0\n", client.send("store\n" + login).endOfRequest().rest());
      assertEquals(ExitStatus.OK, run(false, "explain", "quay.io/a"));
      assertTrue(printed().contains("-> quay.io (login of uid "), printed());
      assertTrue(
          printed().matches("(?s).*Source: +login of uid \\d+, stored \\d+s ago.*"), printed());
      assertFalse(printed().contains("CANARY"), printed());
    }
  }

  @Test
  void listShowsLeases() {
    try (var _ = daemon()) {
      assertEquals(ExitStatus.OK, run(false, "get", "ghcr.io/acme"));
      assertEquals(ExitStatus.OK, run(false, "list"));
      assertTrue(printed().contains("for 59m"), printed());
      assertTrue(printed().contains("no expiry"), printed());
      assertEquals(ExitStatus.OK, run(false, "list", "-o", "docker"));
      assertEquals("{\"ghcr.io\":\"bot\",\"ghcr.io/acme\":\"user\"}\n", printed());
      assertEquals(ExitStatus.OK, run(false, "list", "-o", "json"));
      assertFalse(printed().contains("CANARY"));
    }
  }

  @Test
  void versionPrintsBoth() {
    assertEquals(ExitStatus.OK, run(false, "version"));
    assertTrue(printed().contains("daemon: not reachable"), printed());
    try (var _ = daemon()) {
      assertEquals(ExitStatus.OK, run(false, "version"));
      assertTrue(
          printed().contains("daemon: docker-credential-rig (dev.rig.credentials) 1.2.3"),
          printed());
    }
  }

  @Test
  void flagThatCannotBeReadIsStatusTwo() {
    for (var flag : List.of("--socket-mode=rw", "--admin=nowhere")) {
      assertEquals(ExitStatus.USAGE, run(false, "serve", "-c", values.toString(), flag));
      assertTrue(complained().contains(flag.substring(0, flag.indexOf('='))), complained());
    }
  }

  @ParameterizedTest
  @CsvSource({
    "0, 0s",
    "45, 45s",
    "723, 12m 3s",
    "3600, 1h 0m",
    "130200, 36h 10m",
    "172799, 47h 59m",
    "687600, 7d 23h",
    "-5, 0s"
  })
  void agesAreFormattedAsThePlatformDoes(long seconds, String text) {
    assertEquals(text, Durations.text(Duration.ofSeconds(seconds)));
  }

  /** T24: a command line can be pasted, or written by another program. */
  @ParameterizedTest
  @ValueSource(strings = {"--\u001b[2J", "a\u001b[2J", "\u202eexplain"})
  void wrongArgumentsAreEscapedInTheMessage(String wrong) {
    for (var call : List.of(new String[] {wrong}, new String[] {"explain", "x", wrong})) {
      assertEquals(2, run(false, call));
      var text = err.toString(StandardCharsets.UTF_8);
      assertTrue(text.contains("\\u001b") || text.contains("\\u202e"), text);
      assertTrue(text.chars().noneMatch(c -> c == '\u001b' || c == '\u202e'), text);
    }
  }
}
