package dev.rig.credentials.cli;

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
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Migration to a real daemon and back. */
class AdoptCommandTest {
  private static final String AUTH = "cGVyc29uOkNBTkFSWS1wYXNzd29yZA=="; // person:CANARY-password

  private static final String BEFORE =
      """
      {
      \t"auths": {
      \t\t"quay.io": {
      \t\t\t"auth": "%s"
      \t\t},
      \t\t"gitlab.example": {}
      \t},
      \t"credHelpers": {
      \t\t"gcr.io": "fake"
      \t},
      \t"credsStore": "fake",
      \t"psFormat": "table"
      }
      """
          .formatted(AUTH);

  @TempDir private Path folder = Path.of("");
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private Path file = Path.of("");
  private Path entries = Path.of("");
  private @Nullable Daemon daemon;

  @BeforeEach
  void layOut() throws IOException {
    file = folder.resolve(".docker/config.json");
    entries = folder.resolve(".config/rig-credentials/adopted.yaml");
    Files.createDirectories(folder.resolve("bin"));
    Files.createDirectories(folder.resolve("run"));
    Files.createDirectories(entries.getParent());
    Files.createDirectories(file.getParent());
    Files.writeString(file, BEFORE);
    Files.writeString(
        entries.resolveSibling("values.yaml"),
        "rig: {dockerRegistries: {ghcr.io: {username: u, password: p}}}");
    program("docker-credential-fake");
  }

  private void program(String name) throws IOException {
    var program = folder.resolve("bin").resolve(name);
    Files.writeString(program, "#!/bin/sh\necho '{\"Username\":\"h\",\"Secret\":\"helped\"}'\n");
    Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  @AfterEach
  void close() {
    if (daemon != null) {
      daemon.close();
    }
  }

  private String path() {
    return folder.resolve("bin") + ":/usr/bin:/bin";
  }

  private void daemon() {
    var watched = List.of(entries.getParent());
    var configuration = ConfigLoader.load(watched);
    var flags =
        DaemonSettings.UNSET
            .with(DaemonSettings.SOCKET, folder.resolve("run/c.sock"))
            .with(DaemonSettings.STATE_DIR, folder.resolve("state"))
            .with(DaemonSettings.ADMIN, new AdminAddress.Off())
            .with(DaemonSettings.WARM_RESTART, false);
    var settings = EffectiveSettings.resolve(configuration.daemon(), flags, Map.of(), true);
    daemon =
        Daemon.start(
            configuration, new ConfigWatch(watched), settings, Map.of("PATH", path()), "1");
  }

  private int run(String... words) {
    out.reset();
    var stream = new PrintStream(out, true, StandardCharsets.UTF_8);
    var environment =
        Map.of(
            "HOME", folder.toString(),
            "PATH", path(),
            "RIG_CREDENTIALS_SOCKET", folder.resolve("run/c.sock").toString());
    int status = Main.run(new Console(stream, stream, environment, false, false), words);
    assertFalse(printed().contains("CANARY"), this::printed);
    assertFalse(printed().contains(AUTH), this::printed);
    return status;
  }

  private int adopt(String... more) {
    var words = new ArrayList<>(List.of("adopt"));
    words.addAll(List.of(more));
    return run(words.toArray(String[]::new));
  }

  private String printed() {
    return out.toString(StandardCharsets.UTF_8);
  }

  private static String read(Path path) {
    try {
      return Files.readString(path);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Asserts that no file below the folder contains the login, as text or in Docker's encoding. */
  private void assertNoPlainCopy() throws IOException {
    try (var files = Files.walk(folder)) {
      for (var each : files.filter(Files::isRegularFile).toList()) {
        var text = new String(Files.readAllBytes(each), StandardCharsets.ISO_8859_1);
        assertFalse(text.contains("CANARY") || text.contains(AUTH), each::toString);
      }
    }
  }

  @Test
  void changesAreShownFirstAndNothingIsChanged() {
    assertEquals(ExitStatus.OK, adopt(), this::printed);
    assertEquals(
        """
        To write to %1$s:
          + gcr.io: {helper: fake}
          + gitlab.example: {helper: fake}
        To store in the daemon, sealed, and to remove from %2$s:
          + quay.io, as person: the login
        To change in %2$s:
          + credHelpers: "gcr.io": "rig"
          + credHelpers: "gitlab.example": "rig"
          + credHelpers: "quay.io": "rig"
        Left: credsStore "fake" still answers for all other registries.
        Nothing was changed; --yes does it.
        """
            .formatted(entries, file),
        printed());
    assertEquals(BEFORE, read(file));
    assertFalse(Files.exists(entries));
  }

  @Test
  void adoptedConfigurationIsAnsweredByTheDaemonAndLeavesNoPlainLogin() throws IOException {
    daemon();
    Files.writeString(file.resolveSibling("config.json.before-rig"), BEFORE);
    assertEquals(ExitStatus.OK, adopt("--yes"), this::printed);
    assertTrue(read(file).contains("\"quay.io\": \"rig\""), () -> read(file));
    assertTrue(read(file).contains("\"psFormat\": \"table\""), () -> read(file));
    assertEquals(
        """
        rig:
          dockerRegistries:
            gcr.io:
              helper: fake
            gitlab.example:
              helper: fake
        """,
        read(entries));
    assertNoPlainCopy();
    assertEquals(ExitStatus.OK, run("get", "gcr.io"), this::printed);
    assertTrue(printed().contains("helped"), this::printed);
  }

  @Test
  void undoRestoresEveryByteAndForgetsTheLogin() throws IOException {
    daemon();
    Files.writeString(file.resolveSibling("config.json.before-rig"), "{\"a\": 1}");
    assertEquals(ExitStatus.OK, adopt("--yes"), this::printed);
    assertEquals(ExitStatus.OK, adopt("--undo"), this::printed);
    assertEquals(BEFORE, read(file));
    assertEquals("{\"a\": 1}", read(file.resolveSibling("config.json.before-rig")));
    assertFalse(Files.exists(entries));
    assertFalse(Files.exists(file.resolveSibling("config.json.replaced-by-rig")));
    assertEquals(ExitStatus.FAILED, run("get", "quay.io"), this::printed);
    assertEquals(ExitStatus.FAILED, adopt("--undo"), this::printed);
    assertEquals(ExitStatus.OK, adopt("--yes"), this::printed);
  }

  @Test
  void undoKeepsLaterChangesOfOthers() throws IOException {
    daemon();
    assertEquals(ExitStatus.OK, adopt("--yes"), this::printed);
    Files.writeString(file, read(file).replace("\"table\"", "\"json\""));
    assertEquals(ExitStatus.OK, adopt("--undo"), this::printed);
    assertEquals(BEFORE.replace("\"table\"", "\"json\""), read(file));
  }

  @Test
  void withoutADaemonNothingIsChanged() {
    assertEquals(ExitStatus.FAILED, adopt("--yes"), this::printed);
    assertTrue(printed().contains("cannot reach the daemon"), this::printed);
    assertEquals(BEFORE, read(file));
    assertFalse(Files.exists(entries));
  }

  @Test
  void nothingIsChangedIfTheDaemonDoesNotReadTheFile() throws IOException {
    daemon();
    var elsewhere = folder.resolve("elsewhere/v.yaml");
    assertEquals(
        ExitStatus.FAILED, adopt("--yes", "--values", elsewhere.toString()), this::printed);
    assertTrue(printed().contains("does not read " + elsewhere), this::printed);
    assertEquals(BEFORE, read(file));
    assertFalse(Files.exists(elsewhere));
    assertNotAdopted();
  }

  private void assertNotAdopted() {
    assertEquals(ExitStatus.FAILED, adopt("--undo"), this::printed);
    assertTrue(printed().contains("nothing was adopted"), this::printed);
  }

  @Test
  void loginOfAManagedRegistryIsKeptAndReported() throws IOException {
    daemon();
    Files.writeString(file, "{\"auths\": {\"ghcr.io\": {\"auth\": \"" + AUTH + "\"}}}");
    var before = read(file);
    assertEquals(ExitStatus.FAILED, adopt("--yes"), this::printed);
    assertTrue(printed().contains("ghcr.io is managed by"), this::printed);
    assertEquals(before, read(file));
    assertNotAdopted();
  }

  @Test
  void ownHelperIsRefusedUnderAnotherName() throws IOException {
    program("docker-credential-rig");
    Files.createSymbolicLink(
        folder.resolve("bin/docker-credential-other"), folder.resolve("bin/docker-credential-rig"));
    Files.writeString(file, "{\"credHelpers\": {\"a.b\": \"other\"}}");
    assertEquals(ExitStatus.FAILED, adopt("--yes"), this::printed);
    assertTrue(printed().contains("is this daemon's own helper"), this::printed);
    Files.writeString(file, "{\"credHelpers\": {\"a.b\": \"rig\"}}");
    assertEquals(ExitStatus.OK, adopt("--yes"), this::printed);
    assertTrue(printed().startsWith("Nothing to adopt"), this::printed);
  }

  /** The record is removed afterwards: what it does not restore is lost. */
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void undoRestoresALoginUnderAnyNameOfTheFileAlsoIfItWasChangedSince(boolean link)
      throws IOException {
    daemon();
    var other = folder.resolve("dotfiles/docker-login.json");
    Files.createDirectories(other.getParent());
    Files.writeString(other, BEFORE);
    Files.delete(file);
    if (link) {
      Files.createSymbolicLink(file, other);
    }
    var named = (link ? file : other).toString();
    assertEquals(ExitStatus.OK, adopt("--yes", "--file", named), this::printed);
    Files.writeString(other, read(other).replace("\"table\"", "\"json\""));
    assertEquals(ExitStatus.OK, adopt("--undo"), this::printed);
    assertEquals(BEFORE.replace("\"table\"", "\"json\""), read(other));
    assertEquals(link, Files.isSymbolicLink(file));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "\"../bin/docker-credential-fake\"",
        "\"/bin/sh\"",
        "\"a b\"",
        "\"\\u0000\"",
        "\"a\\nb\"",
        "\"\"",
        "5",
        "null",
        "[]",
        "{}"
      })
  void valueThatIsNoHelpersNameIsLeft(String name) throws IOException {
    daemon();
    Files.writeString(file, "{\"credHelpers\": {\"a.example\": " + name + "}}");
    var before = read(file);
    assertEquals(ExitStatus.OK, adopt("--yes"), this::printed);
    assertTrue(printed().startsWith("Nothing to adopt"), this::printed);
    assertTrue(printed().contains("Left: a.example: "), this::printed);
    assertTrue(printed().chars().noneMatch(c -> c < ' ' && c != '\n'), this::printed);
    assertEquals(before, read(file));
    assertNotAdopted();
  }

  @Test
  void secondKeyOfARegistryIsLeft() throws IOException {
    daemon();
    program("docker-credential-second");
    Files.writeString(
        file,
        """
        {
        \t"auths": {"https://gcr.io": {"auth": "%1$s"}, "quay.io": {"auth": "%1$s"},
        \t\t"https://quay.io/v2/": {"auth": "%1$s"}},
        \t"credHelpers": {"gcr.io": "fake", "https://gcr.io/v2/": "second"}
        }
        """
            .formatted(AUTH));
    assertEquals(ExitStatus.OK, adopt("--yes"), this::printed);
    for (var left : List.of("https://gcr.io", "https://gcr.io/v2/", "https://quay.io/v2/")) {
      assertTrue(
          printed().contains("Left: " + left + " names the same registry as "), this::printed);
    }
    assertTrue(read(entries).contains("helper: fake"), () -> read(entries));
    assertEquals(ExitStatus.OK, adopt("--undo"), this::printed);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "[]",
        "null",
        "7",
        "{\"auths\": []}",
        "{\"credHelpers\": \"fake\"}",
        "{\"auths\": {\"a.example\": null, \"b.example\": 5, \"c.example\": []}}",
        "{\"auths\": {\"a.example\": {\"auth\": 5}}}",
        "{\"auths\": {\"a.example\": {\"auth\": \"%%%\"}}}",
        "{\"auths\": {\"a.example\": {\"auth\": \"OnA=\"}}}",
        "{\"auths\": {\"a.example\": {\"auth\": \"dTo=\"}}}",
        "{\"auths\": {\"not a registry\": {\"auth\": \"dTpw\"}}}",
        "{\"auths\": {\"a.example\": {\"registrytoken\": \"CANARY\"}}}",
        "{\"auths\": {\"\\u001b[31ma.example\": {\"auth\": \"dTpw\"}}}",
        "{\"credsStore\": 5}",
        "{",
        "",
        "{} trailing"
      })
  void oddConfigurationStaysAsItIsWithoutAnInternalError(String text) throws IOException {
    daemon();
    Files.writeString(file, text);
    adopt("--yes");
    assertFalse(printed().isEmpty());
    assertFalse(printed().contains("xception") || printed().contains("internal"), this::printed);
    assertTrue(printed().chars().noneMatch(c -> c < ' ' && c != '\n'), this::printed);
    assertEquals(text, read(file));
    assertFalse(Files.exists(entries));
    assertNotAdopted();
  }
}
