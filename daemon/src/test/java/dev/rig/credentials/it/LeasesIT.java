package dev.rig.credentials.it;

import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.rig.credentials.testing.Canary;
import dev.rig.credentials.testing.Eventually;
import dev.rig.credentials.testing.daemon.DaemonUnderTest;
import dev.rig.credentials.testing.daemon.NativeClient;
import dev.rig.credentials.testing.daemon.RunCounter;
import dev.rig.credentials.testing.machine.PrivateFile;
import dev.rig.credentials.testing.machine.Reaper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Leases that are prefetched and survive a restart, on the built distribution. */
class LeasesIT {
  private static final Duration SOON = Duration.ofSeconds(10);
  private static final String SECRET = "l3ase+c4nary/of=the run";

  @TempDir private Path folder;
  @AutoClose private final Reaper reaper = new Reaper();
  private DaemonUnderTest daemon;
  private RunCounter runs;

  @BeforeEach
  void folderOfTheDaemon() {
    daemon = new DaemonUnderTest(reaper, folder.resolve("d"));
    runs = new RunCounter(folder.resolve("runs"));
  }

  private void configure(String remark) {
    daemon.configured(
        "values.yaml",
        """
        rig:
          dockerRegistries:
            example.org:
              expire: 1h
              script: |
                # %s
                %s
                echo "bot:%s"
        """
            .formatted(remark, runs.shell(), SECRET));
  }

  private String get() {
    return daemon.client().get("example.org").succeeded().stdout();
  }

  private Path sealed() {
    return daemon.stateFolder().resolve("leases.sealed");
  }

  @Test
  void entryIsFetchedBeforeTheFirstRequest() {
    configure("");
    daemon.start();
    Eventually.within(SOON, () -> runs.runs() == 1, () -> "its script runs");
    assertEquals(NativeClient.answer("example.org", "bot", SECRET), get());
    assertEquals(1, runs.runs());
  }

  @Test
  void leaseIsServedAfterARestartWithoutItsScript() {
    configure("");
    var first = daemon.start();
    get();
    DaemonUnderTest.stop(first);
    var second = daemon.start();
    assertEquals(NativeClient.answer("example.org", "bot", SECRET), get());
    assertEquals(1, runs.runs(), second::stderr);
  }

  @Test
  void leaseIsServedAfterAKillWithoutItsScript() {
    configure("");
    var first = daemon.start();
    get();
    Eventually.within(SOON, () -> Files.exists(sealed()), () -> "it is kept a second later");
    first.kill();
    first.finish(SOON);
    daemon.start();
    get();
    assertEquals(1, runs.runs());
  }

  @Test
  void leaseIsDiscardedIfTheScriptHasChanged() {
    configure("");
    var first = daemon.start();
    get();
    DaemonUnderTest.stop(first);
    configure("changed");
    daemon.start();
    get();
    assertEquals(2, runs.runs());
  }

  @Test
  void warmRestartCanBeSwitchedOff() {
    configure("");
    var first = daemon.start();
    get();
    DaemonUnderTest.stop(first);
    assertTrue(Files.exists(sealed()));
    daemon.configured("off.yaml", "daemon: {warmRestart: false}\n");
    daemon.start();
    get();
    assertAll(() -> assertEquals(2, runs.runs()), () -> assertFalse(Files.exists(sealed())));
  }

  /** C4. */
  @Test
  void requestedHostsOfAGlobAreListedAfterARestart() {
    daemon.configured(
        "values.yaml",
        """
        rig:
          dockerRegistries:
            "*.fixed.org": {username: bot, password: secret}
            "*.script.org": {script: "echo bot:secret"}
        """);
    var first = daemon.start();
    daemon.client().get("a.fixed.org").succeeded();
    daemon.client().get("b.script.org").succeeded();
    var listed = "{\"a.fixed.org\":\"bot\",\"b.script.org\":\"bot\"}\n";
    assertEquals(listed, daemon.client().ask("list", "").succeeded().stdout());
    DaemonUnderTest.stop(first);
    daemon.start();
    assertEquals(listed, daemon.client().ask("list", "").succeeded().stdout());
  }

  /** T21: rotated, rejected and replaced secrets are redacted after restarts. */
  @Test
  void t21_earlierSecretsAreRedactedAfterARestart() throws IOException {
    var files = PrivateFile.folder(folder.resolve("files"));
    var line = files.resolve("line");
    var values =
        """
        rig:
          dockerRegistries:
            a.org: {expire: 1h, script: "cat %s"}
            b.org: %s
        """;
    PrivateFile.write(line, "u:first-canary-token\n");
    daemon.configured(
        "values.yaml", values.formatted(line, "{username: u, password: canary-password}"));
    var first = daemon.start();
    daemon.client().get("a.org").succeeded();
    PrivateFile.write(line, "u:second-canary-token\n");
    daemon.client().ask("erase", "a.org").succeeded();
    Eventually.within(
        SOON,
        () -> daemon.client().get("a.org").stdout().contains("second"),
        () -> "the rejected one is replaced");
    var leak = "echo first-canary-token second-canary-token canary-password >&2; exit 1";
    daemon.configured("values.yaml", values.formatted(line, "{script: \"%s\"}".formatted(leak)));
    Eventually.within(SOON, () -> first.says("configuration reloaded"), first::stderr);
    DaemonUnderTest.stop(first);
    DaemonUnderTest.stop(daemon.start()); // again, so that what was read is written again
    daemon.configured(
        "values.yaml",
        """
        rig:
          dockerRegistries:
            a.org: {script: "%1$s"}
            b.org: {script: "%1$s"}
        """
            .formatted(leak));
    var last = daemon.start();
    var a = daemon.client().get("a.org").stdout();
    assertTrue(a.contains("[redacted] [redacted] canary-password"), a);
    var b = daemon.client().get("b.org").stdout();
    assertTrue(b.contains("first-canary-token second-canary-token [redacted]"), b);
    DaemonUnderTest.stop(last);
  }

  /** T16. */
  @Test
  void t16_stateFolderHoldsNoPlaintextAndAGeneratedKeyIsWarnedOf() throws IOException {
    configure("");
    var running = daemon.start();
    get();
    DaemonUnderTest.stop(running);
    assertTrue(running.says("a key that is stored next to them"), running::stderr);
    var canaries = List.of(new Canary(SECRET), new Canary("example.org"));
    try (var files = Files.walk(daemon.stateFolder())) {
      for (var file : files.filter(Files::isRegularFile).toList()) {
        var text = Files.readString(file, StandardCharsets.ISO_8859_1);
        canaries.forEach(canary -> assertEquals(List.of(), canary.foundIn(text), file::toString));
        assertEquals(0600, (int) Files.getAttribute(file, "unix:mode") & 07777, file::toString);
      }
    }
  }

  /** T16. */
  @Test
  void t16_configuredKeyLeavesNoKeyNextToTheData() {
    var key = PrivateFile.write(folder.resolve("key"), "0123456789abcdef0123456789abcdef");
    configure("");
    daemon.configured("key.yaml", "daemon: {sealingKeyFile: %s}\n".formatted(key));
    var first = daemon.start();
    get();
    DaemonUnderTest.stop(first);
    assertFalse(Files.exists(daemon.stateFolder().resolve("sealing.key")));
    assertFalse(first.stderr().contains("is stored next to them"), first::stderr);
    var second = daemon.start();
    get();
    assertEquals(1, runs.runs(), second::stderr);
  }

  @Test
  void statusShowsEveryEntry() {
    configure("");
    daemon.configured(
        "more.yaml",
        """
        rig:
          dockerRegistries:
            static.example.org: {username: bot, password: %s}
            failing.example.org: {script: "echo no luck >&2; exit 3"}
        """
            .formatted(SECRET));
    daemon.start();
    get();
    daemon.client().get("failing.example.org");
    var status = daemon.commandLine("status");
    var table = status.stdout();
    var json = daemon.commandLine("status", "--output", "json").stdout();
    assertAll(
        () -> assertEquals(1, status.status(), status::toString),
        () -> assertTrue(table.startsWith("No credential for:\n  failing.example.org: "), table),
        () -> assertTrue(table.contains("LAST ERROR"), table),
        () ->
            assertTrue(table.matches("(?s).*\\nexample\\.org +script +\\ds +59m \\d+s .*"), table),
        () -> assertTrue(table.contains("script exited with status 3; stderr: no luck"), table),
        () -> assertTrue(json.contains("\"part\" : \"configuration\""), json),
        () -> assertEquals(List.of(), new Canary(SECRET).foundIn(table + json)));
  }
}
