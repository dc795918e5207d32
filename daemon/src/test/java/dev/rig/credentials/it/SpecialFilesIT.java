package dev.rig.credentials.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.rig.credentials.testing.Eventually;
import dev.rig.credentials.testing.daemon.Command;
import dev.rig.credentials.testing.daemon.DaemonUnderTest;
import dev.rig.credentials.testing.daemon.Distribution;
import dev.rig.credentials.testing.daemon.NativeClient;
import dev.rig.credentials.testing.machine.PrivateFile;
import dev.rig.credentials.testing.machine.Reaper;
import dev.rig.credentials.testing.machine.SpecialFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * F39 of {@code docs/reliability.md} on the built programs: a FIFO, a device, a folder or a socket
 * in place of each file that they read. {@link StateFolderFaultsIT} tests the state folder.
 */
class SpecialFilesIT {
  private static final String CONFIGURATION =
      "rig: {dockerRegistries: {example.org: {username: bot, password: from-the-file}}}\n";
  private static final String ANSWER = NativeClient.answer("example.org", "bot", "from-the-file");
  private static final Duration AT_ONCE = Duration.ofSeconds(10);

  @TempDir private Path folder;
  @AutoClose private final Reaper reaper = new Reaper();
  private DaemonUnderTest daemon;

  @BeforeEach
  void daemonOfTheTest() {
    daemon = new DaemonUnderTest(reaper, folder.resolve("d"));
  }

  private void assertServes() {
    assertEquals(ANSWER, daemon.client().get("example.org").stdout());
  }

  @ParameterizedTest
  @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "FOLDER")
  void f39_configurationThatIsASpecialFileIsRefusedAtTheStart(SpecialFile kind) throws IOException {
    var named = kind.make(folder.resolve("values.yaml"));
    var found = kind.make(PrivateFile.folder(folder.resolve("etc")).resolve("values.yaml"));
    daemon.configuredFrom(named).configuredFrom(found.getParent());
    var refused = daemon.launch().finish(AT_ONCE);
    assertEquals(78, refused.status(), refused::toString);
    for (var file : new Path[] {named, found}) {
      assertTrue(refused.stderr().contains(file + ": not a regular file"), refused::toString);
    }
  }

  @ParameterizedTest
  @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "FOLDER")
  void f39_configurationThatBecomesASpecialFileKeepsTheLastValidOne(SpecialFile kind)
      throws IOException {
    var running = daemon.configured("values.yaml", CONFIGURATION).start();
    Files.delete(daemon.file("values.yaml"));
    kind.make(daemon.file("values.yaml"));
    Eventually.within(
        AT_ONCE, () -> daemon.status().contains("not a regular file"), running::stderr);
    assertServes();
    DaemonUnderTest.stop(running);
  }

  @ParameterizedTest
  @EnumSource
  void f39_certificatesAreReadWithoutWaiting(SpecialFile kind) throws IOException {
    var authorities = kind.make(folder.resolve("ca.pem"));
    daemon.configured("values.yaml", CONFIGURATION);
    daemon.configured(
        "w.yaml",
        """
        daemon: {registryClient: {caFiles: [%1$s]}}
        rig: {clusters: {c: {type: k8s, url: "https://127.0.0.1:1", token: t, createPullSecrets: true, certificateAuthority: %1$s}}}
        """
            .formatted(authorities));
    var running = daemon.start();
    assertServes();
    var resolved = daemon.commandLine("resolve", "example.org/a:1");
    assertNotEquals(0, resolved.status(), resolved::toString);
    assertServes();
    DaemonUnderTest.stop(running);
  }

  /** A read of {@code /proc/kmsg}, which stat(2) calls a regular file, waits for the kernel. */
  @ParameterizedTest
  @ValueSource(strings = {"FIFO", "FOLDER", "SOCKET", "DEVICE", "/proc/kmsg", "/proc/self/environ"})
  void f39_passwordFileIsReadWithoutWaiting(String kind) throws IOException {
    var special =
        kind.startsWith("/")
            ? Files.createSymbolicLink(folder.resolve("password"), Path.of(kind))
            : SpecialFile.valueOf(kind).make(folder.resolve("password"));
    var entry =
        "rig: {dockerRegistries: {pw.example.org: {username: u, passwordFile: %s}}}"
            .formatted(special);
    daemon.configured("values.yaml", CONFIGURATION);
    var running = daemon.start();
    daemon.configured("values.yaml", CONFIGURATION.strip() + "\n---\n" + entry);
    Eventually.within(
        AT_ONCE,
        () -> daemon.commandLine("status").output().contains("not a regular file"),
        running::stderr);
    assertServes();
    DaemonUnderTest.stop(running);
    var check =
        Command.of(Distribution.daemon(), "check", "--config", daemon.file("values.yaml")).start();
    var checked = reaper.own(check).finish(AT_ONCE);
    assertTrue(checked.output().contains("not a regular file"), checked::toString);
    var started = daemon.launch().finish(AT_ONCE);
    assertEquals(78, started.status(), started::toString);
  }

  @ParameterizedTest
  @EnumSource
  void f39_keyOfAProviderIsReadWithoutWaiting(SpecialFile kind) throws IOException {
    daemon.configured("values.yaml", CONFIGURATION);
    daemon.configured(
        "w.yaml",
        "rig: {dockerRegistries: {gcr.io: {provider: google, with: {keyFile: %s}}}}"
            .formatted(kind.make(folder.resolve("key.json"))));
    var running = daemon.start();
    var refused = daemon.client().get("gcr.io");
    assertEquals(1, refused.status(), refused::toString);
    assertTrue(
        refused.output().contains("key.json of keyFile is not used: it is "), refused::toString);
    assertServes();
    DaemonUnderTest.stop(running);
  }

  @ParameterizedTest
  @EnumSource
  void f39_commandsDoNotWaitForADockerConfiguration(SpecialFile kind) throws IOException {
    var docker = PrivateFile.folder(folder.resolve("docker"));
    kind.make(docker.resolve("config.json"));
    for (var words :
        List.of(
            List.<Object>of(Distribution.daemon(), "docker-config", "--write", "example.org"),
            List.<Object>of(Distribution.daemon(), "doctor"))) {
      var command = Command.of(words.toArray()).with("HOME", folder).with("DOCKER_CONFIG", docker);
      var ended = reaper.own(command.start()).finish(Duration.ofSeconds(20));
      assertNotEquals(0, ended.status(), ended::toString);
    }
  }
}
