package dev.rig.credentials.it;

import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.rig.credentials.image.Digest;
import dev.rig.credentials.testing.Canary;
import dev.rig.credentials.testing.Eventually;
import dev.rig.credentials.testing.Json;
import dev.rig.credentials.testing.Tool;
import dev.rig.credentials.testing.daemon.Command;
import dev.rig.credentials.testing.daemon.DaemonUnderTest;
import dev.rig.credentials.testing.daemon.Distribution;
import dev.rig.credentials.testing.daemon.ProgramResult;
import dev.rig.credentials.testing.machine.PrivateFile;
import dev.rig.credentials.testing.machine.Reaper;
import dev.rig.credentials.testing.registry.ImageLayout;
import dev.rig.credentials.testing.registry.RegistryServer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code resolve} and {@code tags} of the built program, with a daemon and a registry. */
class PlatformCommandsIT {
  private static final String PASSWORD = "of:the:registry";
  private static final Canary SECRET = new Canary(PASSWORD);

  @TempDir private static Path folder;
  @AutoClose private static final Reaper reaper = new Reaper();
  private static DaemonUnderTest daemon;
  private static String repository;

  @BeforeAll
  static void pushAndServe() {
    var registry =
        RegistryServer.start(
            reaper, PrivateFile.folder(folder.resolve("r")), Map.of("bot", PASSWORD));
    repository = registry.host() + "/acme/app";
    push(ImageLayout.write(folder.resolve("one"), "2026-01-02T03:04:05Z", "amd64"), "1.0");
    push(ImageLayout.write(folder.resolve("two"), "2026-02-03T04:05:06Z", "arm64", "amd64"), "2.0");
    daemon =
        new DaemonUnderTest(reaper, folder.resolve("d"))
            .configured(
                "values.yaml",
                "rig: {dockerRegistries: {'%s': {username: bot, password: '%s'}}}\n"
                    .formatted(registry.host(), PASSWORD));
    daemon.start();
    var platform = daemon.socket().resolveSibling("platform.sock");
    Eventually.within(Duration.ofSeconds(20), () -> Files.exists(platform), platform::toString);
  }

  private static void push(Path layout, String tag) {
    Command.of(
            Tool.SKOPEO.path(),
            "--insecure-policy",
            "copy",
            "--all",
            "--dest-tls-verify=false",
            "--dest-creds",
            "bot:" + PASSWORD,
            "oci:" + layout,
            "docker://" + repository + ":" + tag)
        .with("TMPDIR", folder)
        .run()
        .succeeded();
  }

  /** Returns the digest according to skopeo. */
  private static String digest(String tag) {
    var raw =
        Command.of(
                Tool.SKOPEO.path(),
                "inspect",
                "--raw",
                "--tls-verify=false",
                "--creds",
                "bot:" + PASSWORD,
                "docker://" + repository + ":" + tag)
            .run()
            .succeeded()
            .stdout();
    return Digest.sha256(raw.getBytes(StandardCharsets.UTF_8)).toString();
  }

  private static List<Object> list(ProgramResult outcome) {
    return Json.list(outcome.stdout());
  }

  private static Object field(Object object, String name) {
    return ((Map<?, ?>) object).get(name);
  }

  @Test
  void existingImagesAreATableAndAMissingOneIsReported() {
    var outcome =
        daemon.commandLine(
            "resolve", repository + ":1.0", repository + ":9.9", repository + ":2.0");
    var lines = outcome.stdout().lines().toList();
    assertAll(
        () -> assertEquals(1, outcome.status(), outcome::toString),
        () -> assertEquals(3, lines.size(), outcome::toString),
        () -> assertTrue(lines.get(0).startsWith("IMAGE "), outcome::toString),
        () ->
            assertTrue(
                lines.get(1).startsWith(repository + ":1.0  " + digest("1.0") + "  "),
                outcome::toString),
        () ->
            assertTrue(
                lines.get(2).startsWith(repository + ":2.0  " + digest("2.0") + "  "),
                outcome::toString),
        () -> assertTrue(lines.get(2).contains("  linux/arm64,linux/amd64  "), outcome::toString),
        () ->
            assertEquals(
                """
                rig-credentials: tried to resolve %s:9.9 but failed because %s has no such tag or \
                digest in acme/app
                """
                    .formatted(repository, repository.replace("/acme/app", "")),
                outcome.stderr()),
        () -> assertEquals(List.of(), SECRET.foundIn(outcome.output())));
  }

  @Test
  void statusIsZeroIfAllImagesExist() {
    var outcome = daemon.commandLine("resolve", repository + ":1.0", repository + ":2.0");
    assertEquals("", outcome.succeeded().stderr());
  }

  @Test
  void jsonHasEveryImageInTheOrderOfTheRequest() throws IOException {
    var outcome =
        daemon.commandLine(
            "resolve",
            "--output",
            "json",
            repository + ":2.0",
            repository + ":9.9",
            repository + ":1.0");
    var images = list(outcome);
    assertAll(
        () -> assertEquals(1, outcome.status(), outcome::toString),
        () -> assertEquals(3, images.size(), outcome::toString),
        () -> assertEquals(digest("2.0"), field(images.get(0), "digest")),
        () -> assertEquals(repository + "@" + digest("2.0"), field(images.get(0), "pinned")),
        () -> assertEquals("noSuchTag", field(images.get(1), "reason")),
        () -> assertEquals(404, field(images.get(1), "status")),
        () -> assertEquals(repository + ":9.9", field(images.get(1), "image")),
        () -> assertEquals(digest("1.0"), field(images.get(2), "digest")),
        () -> assertEquals("2026-01-02T03:04:05Z", field(images.get(2), "createdAt")));
  }

  @Test
  void tagsAreListedNewestFirstAndPageByPage() throws IOException {
    var table = daemon.commandLine("tags", repository).succeeded();
    var lines = table.stdout().lines().toList();
    var json = daemon.commandLine("tags", "--output", "json", repository).succeeded();
    var tags = (List<?>) Json.object(json.stdout()).get("tags");
    var first = daemon.commandLine("tags", "--limit", "1", repository).succeeded();
    var missing = daemon.commandLine("tags", repository + "/nothing");
    assertAll(
        () -> assertEquals(3, lines.size(), table::toString),
        () -> assertTrue(lines.get(0).matches("TAG +AGE +DIGEST *"), table::toString),
        () -> assertTrue(lines.get(1).matches("2\\.0 .* " + digest("2.0")), table::toString),
        () -> assertTrue(lines.get(2).matches("1\\.0 .* " + digest("1.0")), table::toString),
        () -> assertEquals("The list is complete.\n", table.stderr()),
        () -> assertEquals("2.0", field(tags.get(0), "name")),
        () -> assertEquals("2026-02-03T04:05:06Z", field(tags.get(0), "createdAt")),
        () -> assertEquals("1.0", field(tags.get(1), "name")),
        () ->
            assertTrue(
                first.stderr().startsWith("More: rig-credentials tags --after "), first::toString),
        () -> assertEquals(1, missing.status(), missing::toString),
        () -> assertTrue(missing.stderr().contains("but failed because"), missing::toString),
        () -> assertEquals("", missing.stdout()));
    var after = first.stderr().split(" ", -1)[4];
    var second = daemon.commandLine("tags", "--after", after, repository).succeeded();
    var both = first.stdout() + second.stdout();
    assertEquals(4, both.lines().count(), both);
    assertTrue(both.contains("1.0 ") && both.contains("2.0 "), both);
  }

  /** On a terminal the bar grows and is removed before the table is printed. */
  @Test
  void progressIsShownOnATerminalAndRemoved() {
    var words =
        "'%s' resolve %s:1.0 %s:2.0 %s:9.9"
            .formatted(Distribution.daemon(), repository, repository, repository);
    var outcome =
        Command.of(Tool.SCRIPT.path(), "--quiet", "--return", "--command", words, "/dev/null")
            .with("HOME", folder)
            .with("TERM", "xterm")
            .with("RIG_CREDENTIALS_SOCKET", daemon.socket())
            .run();
    var shown = outcome.stdout();
    int none = shown.indexOf("\r[" + "-".repeat(24) + "] 0/3");
    int all = shown.indexOf("\r[" + "#".repeat(24) + "] 3/3");
    int away = shown.indexOf("\r\033[K");
    assertAll(
        () -> assertEquals(1, outcome.status(), outcome::toString),
        () -> assertTrue(none >= 0 && none < all, outcome::toString),
        () -> assertTrue(shown.indexOf("] 1/3") > none && shown.indexOf("] 2/3") > none),
        () -> assertTrue(all < away && away < shown.indexOf("IMAGE"), outcome::toString),
        () -> assertTrue(shown.indexOf("has no such tag") > away, outcome::toString));
    var piped = daemon.commandLine("resolve", repository + ":1.0", repository + ":2.0");
    assertEquals("", piped.succeeded().stderr(), "no bar where there is no terminal");
  }
}
