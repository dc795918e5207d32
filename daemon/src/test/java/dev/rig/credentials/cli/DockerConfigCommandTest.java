package dev.rig.credentials.cli;

import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.rig.credentials.app.Daemon;
import dev.rig.credentials.app.EffectiveSettings;
import dev.rig.credentials.cli.output.Console;
import dev.rig.credentials.cli.output.ExitStatus;
import dev.rig.credentials.config.AdminAddress;
import dev.rig.credentials.config.DaemonSettings;
import dev.rig.credentials.config.files.ConfigWatch;
import dev.rig.credentials.config.reader.ConfigLoader;
import dev.rig.credentials.testing.Json;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DockerConfigCommandTest {
  private static final String VALUES =
      """
      rig:
        dockerRegistries:
          docker.io: {username: u, password: CANARY}
          ghcr.io: {username: u, password: CANARY}
          ghcr.io/acme: {username: v, password: CANARY}
      """;

  /** A configuration as Docker writes it, with further settings. */
  private static final String BEFORE =
      """
      {
      	"auths": {
      		"ghcr.io": {
      			"auth": "Q0FOQVJZ"
      		},
      		"quay.io": {
      			"auth": "Q0FOQVJZ"
      		}
      	},
      	"psFormat": "table {{.ID}}\\t<{{.Names}}>",
      	"credHelpers": {
      		"gcr.io": "gcloud"
      	},
      	"ours": null,
      	"precise": 1.10,
      	"plugins": {},
      	"list": [
      		1,
      		true
      	]
      }
      """;

  @TempDir private Path folder = Path.of("");
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private Path values = Path.of("");
  private Path file = Path.of("");

  @BeforeEach
  void writeValues() throws IOException {
    values = Files.writeString(folder.resolve("values.yaml"), VALUES);
    file = folder.resolve(".docker").resolve("config.json");
  }

  private int run(String... more) {
    var words = new ArrayList<>(List.of("docker-config"));
    if (!List.of(more).contains("--remove") && !List.of(more).contains("--socket")) {
      words.addAll(List.of("--config", values.toString()));
    }
    words.addAll(List.of(more));
    out.reset();
    var stream = new PrintStream(out, true, StandardCharsets.UTF_8);
    var environment = Map.of("HOME", folder.toString(), "PATH", folder.toString());
    return Main.run(
        new Console(stream, stream, environment, false, false), words.toArray(String[]::new));
  }

  private String printed() {
    return out.toString(StandardCharsets.UTF_8);
  }

  private void given(String text) {
    try {
      Files.createDirectories(file.getParent());
      Files.writeString(file, text);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String read(Path path) {
    try {
      return Files.readString(path);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void nothingIsWrittenUnlessRequested() {
    assertEquals(ExitStatus.OK, run(), this::printed);
    assertFalse(Files.exists(file.getParent()));
    assertEquals(
        """
        To change in %s:
          + credHelpers: "https://index.docker.io/v1/": "rig"
          + credHelpers: "ghcr.io": "rig"
        Nothing was written; pass --write to write it.
        Note: docker-credential-rig is not on your PATH, and Docker fails without it: "rig-credentials doctor" shows the details.
        """
            .formatted(file),
        printed());
  }

  @Test
  void otherContentOfTheFileStaysUnchanged() {
    given(BEFORE);
    assertEquals(ExitStatus.OK, run("--write"), this::printed);
    var helpers =
        """
        	"credHelpers": {
        		"gcr.io": "gcloud",
        		"https://index.docker.io/v1/": "rig",
        		"ghcr.io": "rig"
        	},
        """;
    assertEquals(BEFORE.replaceAll("(?s)\t\"credHelpers.*?},\n", helpers), read(file));
    assertEquals(BEFORE, read(folder.resolve(".docker/config.json.before-rig")));
    assertTrue(printed().contains("Note: the login for ghcr.io in \"auths\""), this::printed);
    assertFalse(printed().contains("Q0FOQVJZ"), this::printed);
  }

  @Test
  void repeatingItChangesNothing() throws IOException {
    given(BEFORE);
    run("--write");
    var after = read(file);
    var written = Files.getLastModifiedTime(file);
    assertEquals(ExitStatus.OK, run("--write"));
    assertTrue(printed().startsWith("Nothing to change in " + file), this::printed);
    assertEquals(after, read(file));
    assertEquals(written, Files.getLastModifiedTime(file));
    assertEquals(BEFORE, read(folder.resolve(".docker/config.json.before-rig")));
  }

  @Test
  void removeUndoesIt() {
    given(BEFORE);
    run("--write");
    assertEquals(ExitStatus.OK, run("--remove", "--write"), this::printed);
    assertEquals(BEFORE, read(file));
  }

  @Test
  void removeKeepsWhatItDidNotWriteAndReportsIt() throws IOException {
    for (var original :
        List.of(
            "{\"credsStore\": \"rig\", \"credHelpers\": {\"gitlab.com\": \"rig-gitlab\"}}",
            "{\n\t\"credHelpers\": {\n\t\t\"x.example\": \"rig\"\n\t}\n}\n",
            "{\n\t\"credsStore\": \"rig\"\n}\n")) {
      given(original);
      assertEquals(ExitStatus.OK, run("--remove", "--write"), this::printed);
      assertEquals(original, read(file));
      assertTrue(printed().startsWith("Nothing to change in " + file), this::printed);
      assertTrue(
          printed().contains("\" stays, because docker-config did not set it"), this::printed);
      assertEquals(List.of(file), filesBesideIt());
    }
  }

  @Test
  void c12_helperThatTheUserAddsLaterStays() throws IOException {
    given("{\"credHelpers\": {\"ghcr.io\": \"gh-login\"}}");
    run("--write", "--replace");
    given(read(file).replace("\"credHelpers\": {", "\"credHelpers\": {\"x.example\": \"rig\","));
    run("--write", "extra.example.com");
    assertEquals(ExitStatus.OK, run("--remove", "--write"), this::printed);
    assertEquals(
        Map.of("credHelpers", Map.of("x.example", "rig", "ghcr.io", "gh-login")),
        Json.object(read(file)));
    assertEquals(List.of(file), filesBesideIt());
  }

  @Test
  void c12_helperThatTheUserRemovedOrChangedLaterIsNotRestored() {
    given("{\"credHelpers\": {\"ghcr.io\": \"gh-login\", \"docker.io\": \"x\"}}");
    run("--write", "--replace", "docker.io", "e.example");
    given(
        """
        {"credHelpers": {"https://index.docker.io/v1/": "rig", "e.example": "pass"}}
        """);
    run("--remove", "--write");
    assertEquals(Map.of("credHelpers", Map.of("e.example", "pass")), Json.object(read(file)));
    given("{\"credHelpers\": {\"ghcr.io\": \"gh-login\"}}");
    run("--write", "--replace", "e.example");
    given("{\"credHelpers\": {\"e.example\": \"rig\"}}");
    run("--remove", "--write");
    assertEquals(Map.of("credHelpers", Map.of()), Json.object(read(file)));
  }

  /** C12: if the record is missing, the copy of the original replaces it. */
  @Test
  void c12_removeWithoutTheRecordComparesWithTheOriginal() throws IOException {
    var original =
        "{\"credsStore\": \"pass\", \"credHelpers\": {\"x.example\": \"rig\", \"ghcr.io\":"
            + " \"gh\"}}";
    for (var text : List.of(original, "", "{}", "{\"credsStore\": \"rig\"}")) {
      given(text);
      run("--write", "--replace");
      run("--write", "--replace", "--store");
      Files.delete(file.resolveSibling("config.json.replaced-by-rig"));
      assertEquals(ExitStatus.OK, run("--remove", "--write"), this::printed);
      assertEquals(text, read(file));
      assertEquals(List.of(file), filesBesideIt());
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"cred",
        "[]",
        "{\"credHelpers\": {\"ghcr.io\": \"CANARY\"}}",
        "{\"credHelpers\": []}",
        "{\"credsStore\": \"CANARY\"}",
        "{\"emptyCredHelpers\": true}",
        "{\"created\": 1}",
        "{\"CANARY\": {}}"
      })
  void c12_damagedRecordChangesNothingAndIsNamed(String text) throws IOException {
    given("{\"credHelpers\": {\"ghcr.io\": \"gh-login\"}}");
    run("--write", "--replace");
    var written = read(file);
    var record =
        Files.writeString(file.resolveSibling("config.json.replaced-by-rig"), text).toString();
    for (var word : List.of("--remove", "--store")) {
      assertEquals(ExitStatus.FAILED, run(word, "--write"), this::printed);
      assertTrue(printed().contains("the record " + record + " is damaged: delete it"), printed());
      assertFalse(printed().contains("CANARY"), this::printed);
      assertEquals(written, read(file));
    }
    Files.delete(Path.of(record));
    assertEquals(ExitStatus.OK, run("--remove", "--write"), this::printed);
    assertEquals("{\"credHelpers\": {\"ghcr.io\": \"gh-login\"}}", read(file));
  }

  /** C12: a file that the user restored themselves is an original again. */
  @Test
  void c12_fileThatTheUserRestoredIsAnOriginalAgain() throws IOException {
    given("{\"credHelpers\": {\"ghcr.io\": \"first\"}}");
    run("--write", "--replace", "e.example");
    Files.delete(file.resolveSibling("config.json.before-rig"));
    var second = "{\"credHelpers\": {\"ghcr.io\": \"second\"}, \"psFormat\": \"x\"}";
    given(second);
    run("--write", "--replace");
    assertEquals(second, read(file.resolveSibling("config.json.before-rig")));
    given(read(file).replace("\"credHelpers\": {", "\"credHelpers\": {\"e.example\": \"rig\","));
    run("--remove", "--write");
    assertEquals(
        Map.of("psFormat", "x", "credHelpers", Map.of("e.example", "rig", "ghcr.io", "second")),
        Json.object(read(file)));
    Files.delete(file);
    run("--write", "--store");
    Files.delete(file);
    run("--write");
    run("--remove", "--write");
    assertEquals(List.of(), filesBesideIt());
  }

  @Test
  void c12_podmansFileAndANamedFileAreRestoredToo() throws IOException {
    for (var way :
        List.of(List.of("--podman"), List.of("--file", folder.resolve("d/x").toString()))) {
      var edited =
          way.size() == 1 ? folder.resolve(".config/containers/auth.json") : folder.resolve("d/x");
      var original = "{\r\n  \"credHelpers\": {\"x.example\": \"rig\", \"ghcr.io\": \"gh\"}\r\n}";
      Files.createDirectories(edited.getParent());
      Files.writeString(edited, original);
      var words = new ArrayList<>(way);
      words.addAll(List.of("--write", "--replace"));
      assertEquals(ExitStatus.OK, run(words.toArray(String[]::new)), this::printed);
      assertTrue(read(edited).contains("\"ghcr.io\": \"rig\""), read(edited));
      words.set(words.size() - 1, "--remove");
      assertEquals(ExitStatus.OK, run(words.toArray(String[]::new)), this::printed);
      assertEquals(original, read(edited));
    }
  }

  @Test
  void newFileIsForItsOwnerOnlyAndHasNoBackup() throws IOException {
    assertEquals(ExitStatus.OK, run("--write"), this::printed);
    assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(file)));
    var above = Files.getPosixFilePermissions(file.getParent());
    assertEquals("rwx------", PosixFilePermissions.toString(above));
    var record = file.resolveSibling("config.json.replaced-by-rig");
    assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(record)));
    assertEquals(Set.of(file, record), Set.copyOf(filesBesideIt()));
  }

  @Test
  void modeIsKeptAlsoForTheBackup() throws IOException {
    given(BEFORE);
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r-----"));
    run("--write");
    for (var name :
        List.of("config.json", "config.json.before-rig", "config.json.replaced-by-rig")) {
      var mode = Files.getPosixFilePermissions(file.resolveSibling(name));
      assertEquals("rw-r-----", PosixFilePermissions.toString(mode), name);
    }
  }

  @Test
  void symbolicLinksAreFollowedEvenToAMissingFile() throws IOException {
    var real = Files.createDirectories(folder.resolve("dotfiles")).resolve("docker.json");
    Files.createDirectories(file.getParent());
    Files.createSymbolicLink(file, Path.of("../dotfiles/docker.json"));
    run("--write");
    assertTrue(read(real).contains("\"ghcr.io\": \"rig\""), read(real));
    run("--remove", "--write");
    assertFalse(Files.exists(real), "there was none before");
    assertTrue(Files.isSymbolicLink(file));
    assertFalse(
        Files.exists(file.resolveSibling("config.json.before-rig"), LinkOption.NOFOLLOW_LINKS));
  }

  /** C12. */
  @Test
  void c12_removeRestoresWhatSeveralRunsReplaced() throws IOException {
    var original =
        "{\"credsStore\":\"pass\",\"credHelpers\":{\"ghcr.io\":\"gh-login\"}, \"auths\": {}}\n\n";
    given(original);
    assertEquals(ExitStatus.OK, run("--write", "--replace"), this::printed);
    assertEquals(ExitStatus.OK, run("--store", "--write", "--replace"), this::printed);
    assertEquals(ExitStatus.OK, run("--write", "extra.example.com"), this::printed);
    assertTrue(read(file).contains("\"ghcr.io\": \"rig\""), read(file));
    assertTrue(read(file).contains("\"credsStore\": \"rig\""), read(file));
    assertEquals(original, read(folder.resolve(".docker/config.json.before-rig")));
    assertEquals(ExitStatus.OK, run("--remove"), this::printed);
    assertTrue(printed().contains("  + credHelpers: \"ghcr.io\": \"gh-login\""), this::printed);
    assertTrue(printed().contains("  + credsStore: \"pass\""), this::printed);
    assertEquals(ExitStatus.OK, run("--remove", "--write"), this::printed);
    assertEquals(original, read(file));
    assertEquals(List.of(file), filesBesideIt());
  }

  /** C12: for any original, and any number and order of runs. */
  @Test
  void c12_removeRestoresEveryOriginalAfterAnyRuns() throws IOException {
    var random = new Random(12);
    var originals =
        List.of(
            "{}",
            "",
            " \r\n",
            "{\"credsStore\": \"rig\"}",
            "{\r\n  \"credHelpers\": {\"e.example\": \"rig\"}\r\n}",
            "{\n\t\"credHelpers\": {\n\t\t\"ghcr.io\": \"rig\"\n\t}\n}\n",
            "{\"credHelpers\": {\"ghcr.io\": \"rig-work\"}, \"credsStore\": \"rig-work\"}",
            "{\"credsStore\": \"\"}",
            "{\"credsStore\": null, \"credHelpers\": null}",
            "{\"credHelpers\": {}, \"credsStore\": \"pass\"}",
            "{\"credHelpers\": {\"ghcr.io\": null, \"gcr.io\": \"gcloud\"}}",
            "{\"a\": [1.10], \"credHelpers\": {\"ghcr.io\": \"x\", \"e.example\": \"y\"}}",
            BEFORE);
    var words = List.of("--store", "--replace", "e.example", "f.example");
    for (int round = 0; round < 150; round++) {
      var original = originals.get(round % originals.size());
      given(original);
      var runs = new ArrayList<List<String>>();
      for (int i = random.nextInt(1, 5); i > 0; i--) {
        var arguments = new ArrayList<>(List.of("--write"));
        words.stream().filter(word -> random.nextBoolean()).forEach(arguments::add);
        runs.add(arguments);
        run(arguments.toArray(String[]::new));
      }
      assertEquals(ExitStatus.OK, run("--remove", "--write"), this::printed);
      assertEquals(original, read(file), runs::toString);
      assertEquals(List.of(file), filesBesideIt(), runs::toString);
    }
  }

  @Test
  void c12_changesOfOthersMadeInTheMeantimeStay() throws IOException {
    given("{\"credHelpers\": {\"ghcr.io\": \"gh-login\"}}");
    run("--write", "--replace");
    given(read(file).replaceFirst("\\{", "{\"auths\": {\"quay.io\": {}},"));
    assertEquals(ExitStatus.OK, run("--remove", "--write"), this::printed);
    assertEquals(
        Map.of("auths", Map.of("quay.io", Map.of()), "credHelpers", Map.of("ghcr.io", "gh-login")),
        Json.object(read(file)));
    assertEquals(List.of(file), filesBesideIt());
  }

  @Test
  void c12_removeDeletesAFileThatDidNotExistBefore() throws IOException {
    for (var way : new String[][] {{"--write"}, {"--write", "--store"}}) {
      run(way);
      run("--write", "extra.example.com");
      assertEquals(ExitStatus.OK, run("--remove"), this::printed);
      assertTrue(Files.exists(file));
      assertEquals(ExitStatus.OK, run("--remove", "--write"), this::printed);
      assertEquals(List.of(), filesBesideIt());
      assertTrue(
          printed().contains("The file was deleted, because it did not exist before."),
          this::printed);
      assertEquals(ExitStatus.OK, run("--remove", "--write"), this::printed);
      assertEquals(List.of(), filesBesideIt());
    }
    run("--write");
    given(read(file).replaceFirst("\\{", "{\"auths\": {},"));
    run("--remove", "--write");
    assertEquals(Map.of("auths", Map.of()), Json.object(read(file)));
    assertEquals(List.of(file), filesBesideIt());
  }

  /** C12: a record of an earlier round would restore outdated settings. */
  @Test
  void c12_nextRoundHasItsOwnOriginal() throws IOException {
    given("{\"credHelpers\": {\"ghcr.io\": \"first\"}}");
    run("--write", "--replace");
    given(read(file).replaceFirst("\\{", "{\"psFormat\": \"x\","));
    run("--remove", "--write");
    var second = "{\"credHelpers\": {\"ghcr.io\": \"second\"}}";
    given(second);
    run("--write", "--replace");
    assertEquals(second, read(folder.resolve(".docker/config.json.before-rig")));
    run("--remove", "--write");
    assertEquals(second, read(file));
    run("--write", "--replace");
    Files.delete(file);
    run("--remove", "--write");
    assertEquals(
        List.of(file.resolveSibling("config.json.before-rig")),
        filesBesideIt(),
        "what is left of a file that somebody has removed stays");
  }

  private List<Path> filesBesideIt() throws IOException {
    try (var files = Files.list(file.getParent())) {
      return files.toList();
    }
  }

  @Test
  void otherHelperIsKeptUnlessReplaceIsGiven() {
    given("{\"credHelpers\": {\"ghcr.io\": \"pass\"}}");
    assertEquals(ExitStatus.FAILED, run("--write"));
    assertTrue(printed().contains("Conflict: ghcr.io uses the helper \"pass\""), this::printed);
    assertTrue(read(file).contains("\"ghcr.io\": \"pass\""), read(file));
    assertEquals(ExitStatus.OK, run("--write", "--replace"));
    assertTrue(printed().contains("- credHelpers: \"ghcr.io\": \"pass\""), this::printed);
    assertTrue(read(file).contains("\"ghcr.io\": \"rig\""), read(file));
  }

  @Test
  void credsStoreReportsTheLoginsThatItHides() {
    given(BEFORE.replace("\"precise\": 1.10", "\"credsStore\": \"desktop\""));
    assertEquals(ExitStatus.FAILED, run("--store", "--write"));
    assertTrue(printed().contains("\"credsStore\" is \"desktop\": pass --replace"), this::printed);
    assertEquals(ExitStatus.OK, run("--store", "--write", "--replace"));
    assertTrue(read(file).contains("\"credsStore\": \"rig\""), read(file));
    assertTrue(printed().contains("not used: ghcr.io, quay.io."), this::printed);
    assertEquals(ExitStatus.USAGE, run("--store", "--podman"));
  }

  /** containers/image rejects the whole file if a key has a scheme. */
  @Test
  void podmanHasItsOwnFileAndKeyForTheHub() {
    assertEquals(ExitStatus.OK, run("--podman", "--write"), this::printed);
    assertEquals(
        "{\n\t\"credHelpers\": {\n\t\t\"docker.io\": \"rig\",\n\t\t\"ghcr.io\": \"rig\"\n\t}\n}\n",
        read(folder.resolve(".config/containers/auth.json")));
  }

  @Test
  void entriesThatClientsCannotRequestAreLeftOutAndReported() throws IOException {
    Files.writeString(
        values,
        """
        rig:
          dockerRegistries:
            "*.dkr.ecr.*.amazonaws.com": {username: u, password: CANARY}
            gitlab.com/rig: {username: u, password: CANARY}
            quay.io/rig: {username: u, password: CANARY, default: true}
            pods.example.org: {script: "echo u:p", serviceAccount: required}
        """);
    assertEquals(ExitStatus.OK, run("1.dkr.ecr.eu-west-1.amazonaws.com"));
    var lines = printed().lines().map(String::strip).toList();
    assertEquals(
        List.of(
            "+ credHelpers: \"quay.io\": \"rig\"",
            "+ credHelpers: \"1.dkr.ecr.eu-west-1.amazonaws.com\": \"rig\"",
            "Left out: gitlab.com: clients ask only for the host, but gitlab.com/rig (%s:4) answers"
                    .formatted(values)
                + " only images below its path; add \"default: true\" to that entry, or add to the"
                + " configuration: rig: {dockerRegistries: {\"gitlab.com/rig\": {default: true}}}.",
            "Left out: pods.example.org is answered only for pods (serviceAccount: required).",
            "Left out: *.dkr.ecr.*.amazonaws.com is a pattern, which clients do not support: name"
                + " its hosts."),
        lines.subList(1, 6));
    assertEquals(ExitStatus.USAGE, run("ghcr.io/acme"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"auths\": {\"a\": \"CANARY\"",
        "{\"auths\": \"CANARY\"}",
        "[\"CANARY\"]",
        "{\"a\": 1} \"CANARY\"",
        "{\"a\": \"CANARY\", \"a\": 2}",
        "\"CANARY\"",
        "CANARY",
        "\ufeff{}"
      })
  void invalidFileIsNeitherChangedNorQuoted(String text) {
    given(text);
    assertEquals(ExitStatus.FAILED, run("--write"));
    assertEquals(text, read(file));
    assertTrue(printed().contains(file.toString()), this::printed);
    assertFalse(printed().contains("CANARY"), this::printed);
  }

  @Test
  void daemonListsItsHosts() throws IOException {
    Files.writeString(
        values,
        VALUES
            + "    pods.example.org: {script: echo u:p, serviceAccount: required}\n"
            + "    '*.example.com': {username: u, password: p}\n");
    var socket = folder.resolve("c.sock");
    var configuration = ConfigLoader.load(List.of(values));
    var flags =
        DaemonSettings.UNSET
            .with(DaemonSettings.SOCKET, socket)
            .with(DaemonSettings.STATE_DIR, folder)
            .with(DaemonSettings.ADMIN, new AdminAddress.Off())
            .with(DaemonSettings.WARM_RESTART, false);
    var settings = EffectiveSettings.resolve(configuration.daemon(), flags, Map.of(), true);
    try (var daemon =
        Daemon.start(
            configuration, new ConfigWatch(List.of()), settings, Map.of("PATH", "/bin"), "1.2.3")) {
      assertEquals(ExitStatus.OK, run("--socket", daemon.socket().toString()), this::printed);
    }
    var fromDaemon = printed();
    assertAll(
        () -> assertTrue(fromDaemon.contains("+ credHelpers: \"ghcr.io\": \"rig\""), fromDaemon),
        () -> assertTrue(fromDaemon.contains("Left out: pods.example.org"), fromDaemon),
        () -> assertTrue(fromDaemon.contains("Left out: *.example.com"), fromDaemon));
    assertEquals(ExitStatus.OK, run());
    assertEquals(fromDaemon, printed());
    assertEquals(ExitStatus.FAILED, run("--socket", socket.toString()));
    assertTrue(printed().contains("cannot reach the daemon"), this::printed);
  }
}
