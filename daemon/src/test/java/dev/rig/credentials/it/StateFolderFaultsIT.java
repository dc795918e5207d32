package dev.rig.credentials.it;

import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.rig.credentials.testing.Eventually;
import dev.rig.credentials.testing.Tool;
import dev.rig.credentials.testing.daemon.DaemonUnderTest;
import dev.rig.credentials.testing.daemon.NativeClient;
import dev.rig.credentials.testing.daemon.ProgramResult;
import dev.rig.credentials.testing.daemon.SharedClient;
import dev.rig.credentials.testing.machine.PrivateFile;
import dev.rig.credentials.testing.machine.Reaper;
import dev.rig.credentials.testing.machine.SpecialFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** F38 and F39 of {@code docs/reliability.md}: files in the state folder of a built daemon. */
class StateFolderFaultsIT {
  private static final String CONFIGURATION =
      """
      rig:
        dockerRegistries:
          example.org: {username: bot, password: from-the-file}
          script.example.org: {script: "echo bot:of-the-script"}
      """;
  private static final String ANSWER = NativeClient.answer("example.org", "bot", "from-the-file");
  private static final String TAKEN = "another daemon uses the state folder";

  @TempDir private Path folder;
  @AutoClose private final Reaper reaper = new Reaper();
  private DaemonUnderTest first;
  private DaemonUnderTest second;

  @BeforeEach
  void twoDaemonsOnOneStateFolder() throws IOException {
    first = new DaemonUnderTest(reaper, folder.resolve("d")).configured("v.yaml", CONFIGURATION);
    second = new DaemonUnderTest(reaper, folder.resolve("e")).configured("v.yaml", CONFIGURATION);
    Files.createSymbolicLink(
        second.stateFolder(), PrivateFile.folder(first.stateFolder()).toAbsolutePath());
  }

  private static ProgramResult store(DaemonUnderTest daemon, int number) {
    return daemon
        .client()
        .ask("store", SharedClient.login("h" + number + ".example.net", "u" + number, "s"));
  }

  private static void assertLogin(DaemonUnderTest daemon, int number) {
    var host = "h" + number + ".example.net";
    assertEquals(
        NativeClient.answer(host, "u" + number, "s"), daemon.client().get(host).stdout(), host);
  }

  /** C17: logins that both daemons acknowledged were lost, because each wrote the whole file. */
  @Test
  void f38_secondDaemonOnAStateFolderSavesNothingThereAndReportsIt() throws IOException {
    var one = first.start();
    store(first, 0).succeeded();
    assertEquals(0, first.client().get("script.example.org").status());
    var leases = first.stateFolder().resolve("leases.sealed");
    Eventually.within(Duration.ofSeconds(5), () -> Files.exists(leases), one::stderr);
    var kept = Files.readAllBytes(leases);

    var other = second.start();
    assertEquals(ANSWER, second.client().get("example.org").stdout());
    assertEquals(0, second.client().get("script.example.org").status());
    var acknowledged = new ArrayList<Integer>();
    for (int i = 1; i <= 20; i++) {
      if (store(i % 2 == 0 ? first : second, i).status() == 0) {
        acknowledged.add(i);
      }
    }
    var refused = store(second, 99);
    var status = second.commandLine("status");
    assertAll(
        () -> assertEquals(10, acknowledged.size(), "those of the first daemon"),
        () -> assertEquals(1, refused.status(), refused::toString),
        () -> assertTrue(refused.output().contains(TAKEN), refused::toString),
        () -> assertEquals(1, status.status(), status::toString),
        () -> assertTrue(status.output().contains(TAKEN), status::toString),
        () -> assertTrue(other.says(TAKEN), other::stderr),
        () -> assertEquals(0, first.commandLine("status").status()));

    DaemonUnderTest.stop(other);
    assertArrayEquals(kept, Files.readAllBytes(leases));
    DaemonUnderTest.stop(one);
    first.start();
    assertLogin(first, 0);
    acknowledged.forEach(number -> assertLogin(first, number));
    assertEquals(0, first.commandLine("status").status());
  }

  /** Even while the first daemon restarts, the second does not take the folder. */
  @Test
  void f38_secondDaemonDoesNotTakeTheFolderWhenTheFirstRestarts() {
    var one = first.start();
    store(first, 1).succeeded();
    second.start();
    assertNotEquals(0, store(second, 2).status());
    one.kill();
    assertNotEquals(0, store(second, 3).status());
    first.start(); // the files of a killed daemon do not prevent a start
    assertLogin(first, 1);
    store(first, 4).succeeded();
    assertEquals(0, first.commandLine("status").status());
  }

  /** Logins that were stored after that could not be read after a restart. */
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void f38_stateFolderThatIsEmptiedOrRemovedIsUsedAgain(boolean removed) throws IOException {
    var one = first.start();
    store(first, 1).succeeded();
    var state = first.stateFolder();
    empty(state);
    if (removed) {
      Files.delete(state);
    }
    store(first, 2).succeeded();
    assertEquals("rwx------", PosixFilePermissions.toString(Files.getPosixFilePermissions(state)));
    second.start();
    var refused = store(second, 3);
    assertTrue(refused.status() != 0 && refused.output().contains(TAKEN), refused::toString);
    DaemonUnderTest.stop(one);
    first.start();
    assertLogin(first, 1);
    assertLogin(first, 2);
    assertEquals(0, first.commandLine("status").status());
  }

  /** Without leases that are saved, the first daemon writes only its logins. */
  @Test
  void f38_daemonWhoseLockWasRemovedYieldsToTheOneThatTookTheFolder() throws IOException {
    first.configured("w.yaml", "daemon: {warmRestart: false}");
    first.start();
    store(first, 1).succeeded();
    Files.delete(first.stateFolder().resolve("daemon.lock"));
    var other = second.start();
    store(second, 2).succeeded();
    var refused = store(first, 3);
    assertTrue(refused.status() != 0 && refused.output().contains(TAKEN), refused::toString);
    assertTrue(first.commandLine("status").output().contains(TAKEN));
    DaemonUnderTest.stop(other);
    assertNotEquals(0, store(first, 4).status());
    second.start();
    assertLogin(second, 1);
    assertLogin(second, 2);
  }

  /** The first daemon overwrote the other's logins with a file that no key opened. */
  @Test
  void f38_daemonYieldsAFolderThatAnotherOneUsedMeanwhile() throws IOException {
    first.configured("w.yaml", "daemon: {warmRestart: false}");
    first.start();
    store(first, 1).succeeded();
    empty(first.stateFolder());
    Files.delete(first.stateFolder());
    PrivateFile.folder(first.stateFolder());
    var other = second.start();
    store(second, 2).succeeded();
    DaemonUnderTest.stop(other);
    var refused = store(first, 3);
    assertTrue(
        refused.status() != 0 && refused.output().contains("was replaced"), refused::toString);
    var status = first.commandLine("status");
    assertTrue(status.status() == 1 && status.output().contains("was replaced"), status::toString);
    assertLogin(first, 1);
    second.start();
    assertLogin(second, 2);
    store(second, 4).succeeded();
  }

  /** Every login was lost at the next restart, without a message before. */
  @Test
  void f38_nothingIsSealedWithAKeyThatARestartWouldNotUse() throws IOException {
    var one = first.start();
    store(first, 1).succeeded();
    var key = first.stateFolder().resolve("sealing.key");
    var before = Files.readAllBytes(key);
    Files.write(key, new byte[32]);
    var refused = store(first, 2);
    assertTrue(
        refused.status() != 0 && refused.output().contains("sealing.key was replaced"),
        refused::toString);
    assertEquals(1, first.commandLine("status").status());
    Files.write(key, before);
    store(first, 3).succeeded();
    // The leases are saved again 3 s after a failure.
    Eventually.within(
        Duration.ofSeconds(20), () -> first.commandLine("status").status() == 0, one::stderr);
    DaemonUnderTest.stop(one);
    first.start();
    assertLogin(first, 1);
    assertLogin(first, 3);
  }

  /** The daemon cannot write this key again, as it can its own. */
  @Test
  void f38_nothingIsSealedWhileTheNamedKeyIsMissing() throws IOException {
    var key = folder.resolve("key");
    PrivateFile.write(key, "k".repeat(32));
    first.configured("w.yaml", "daemon: {sealingKeyFile: " + key + "}");
    var one = first.start();
    store(first, 1).succeeded();
    Files.delete(key);
    var refused = store(first, 2);
    assertTrue(
        refused.status() != 0 && refused.output().contains(key + ": there is no such file"),
        refused::toString);
    assertEquals(1, first.commandLine("status").status());
    PrivateFile.write(key, "k".repeat(32));
    store(first, 3).succeeded();
    DaemonUnderTest.stop(one);
    first.start();
    assertLogin(first, 1);
    assertLogin(first, 3);
  }

  /** Before, the logins were reported as healthy until one was stored. */
  @Test
  void f36_loginsThatCannotBeReadAreReportedAndReadLater() throws IOException {
    var one = first.start();
    store(first, 1).succeeded();
    DaemonUnderTest.stop(one);
    var state = first.stateFolder();
    var away = Files.move(state, state.resolveSibling("away"));
    Files.createFile(state);
    first.start();
    var status = first.commandLine("status");
    assertTrue(status.stdout().contains("logins is unhealthy"), status::toString);
    var explained = first.commandLine("explain", "h1.example.net/app");
    assertEquals(1, explained.status());
    assertTrue(
        explained.stdout().contains("Note:        the stored logins cannot be read now"),
        explained::toString);
    Files.delete(state);
    Files.move(away, state);
    Eventually.within(
        Duration.ofSeconds(20),
        () -> !first.commandLine("status").stdout().contains("logins is unhealthy"),
        status::toString);
    assertLogin(first, 1);
    assertFalse(first.commandLine("explain", "h1.example.net/app").stdout().contains("Note:"));
  }

  private static void empty(Path state) throws IOException {
    try (var files = Files.list(state)) {
      for (var file : files.toList()) {
        Files.delete(file);
      }
    }
  }

  @Test
  void f38_secondDaemonWithoutSavedLeasesRemovesNoneOfTheFirst() {
    var one = first.start();
    assertEquals(0, first.client().get("script.example.org").status());
    var leases = first.stateFolder().resolve("leases.sealed");
    Eventually.within(Duration.ofSeconds(5), () -> Files.exists(leases), one::stderr);
    second.configured("w.yaml", "daemon: {warmRestart: false}");
    second.start();
    assertTrue(Files.exists(leases));
    assertEquals(ANSWER, second.client().get("example.org").stdout());
  }

  /** The log, {@code doctor} and {@code check} say so; the daemon serves, and stays healthy. */
  @Test
  void t23_stateFolderThatAnotherUserCanReplaceIsReported() throws IOException {
    var open = Files.createDirectory(first.folder().resolve("open"));
    Files.setPosixFilePermissions(open, PosixFilePermissions.fromString("rwxrwxrwx"));
    Files.delete(first.stateFolder());
    Files.createSymbolicLink(first.stateFolder(), PrivateFile.folder(open.resolve("state")));
    var told =
        ("the state folder can be replaced: %1$s is writable by group %2$s and others (mode 0777):"
                + " chmod go-w %1$s")
            .formatted(open, Files.getAttribute(open, "unix:gid"));
    var running = first.start();
    var doctor = first.commandLine("doctor");
    first.configured("w.yaml", "daemon: {stateDir: %s}".formatted(first.stateFolder()));
    var check = first.commandLine("check", "--config", first.file("w.yaml"));
    var json = first.commandLine("check", "--config", first.file("w.yaml"), "-o", "json");
    assertAll(
        () -> assertTrue(running.says(told), running::stderr),
        () -> assertTrue(doctor.stdout().contains("warn  daemon"), doctor::toString),
        () -> assertTrue(doctor.stdout().contains(told), doctor::toString),
        () -> assertEquals("warning: " + told + "\n", check.succeeded().stderr()),
        () -> assertTrue(json.succeeded().stdout().contains(told), json::toString),
        () -> assertEquals(0, first.commandLine("status").status()));

    Files.setPosixFilePermissions(open, PosixFilePermissions.fromString("rwxr-xr-x"));
    var after = first.commandLine("doctor").stdout();
    assertFalse(after.contains("can be replaced"), after);
    assertEquals("", first.commandLine("check", "--config", first.file("w.yaml")).stderr());
  }

  /**
   * A kubelet mounts an {@code emptyDir} with mode 0777 (Kubernetes, {@code pkg/volume/emptydir});
   * only containers of the pod see it. The same mode on a folder inside is no part of that.
   */
  @ParameterizedTest
  @CsvSource({"state, false", "open/state, true"})
  void t23_rootOfAnEmptyDirDoesNotCount(String path, boolean reported) throws IOException {
    Tool.needRoot("a mount");
    var mount = PrivateFile.folder(first.folder().resolve("volume"));
    var daemon =
        new DaemonUnderTest(reaper, folder.resolve("p"))
            .configured("v.yaml", CONFIGURATION)
            .startedBy(
                Tool.UNSHARE.path(),
                "--mount",
                "/bin/sh",
                "-ec",
                "mount -t tmpfs -o mode=0777 tmpfs \"$0\"; mkdir -m 0777 \"$0/open\";"
                    + " mkdir -m 0700 \"$0/state\" \"$0/open/state\"; exec \"$@\"",
                mount);
    Files.createSymbolicLink(daemon.stateFolder(), mount.resolve(path));
    var running = daemon.start();
    assertEquals(0, daemon.client().get("script.example.org").status());
    var doctor = daemon.commandLine("doctor").stdout();
    assertEquals(reported, running.says("the state folder can be replaced: "), running::stderr);
    assertEquals(
        reported,
        doctor.contains("the state folder can be replaced: " + mount + "/open is writable by"),
        doctor);
  }

  /** C18: everything was blocked by a FIFO, including SIGTERM. */
  @ParameterizedTest
  @EnumSource
  void f39_specialFilesInTheStateFolderAreReportedAndTheRestIsServed(SpecialFile kind)
      throws Exception {
    kind.make(first.stateFolder().resolve("leases.sealed"));
    kind.make(first.stateFolder().resolve("logins.sealed"));
    var one = first.start();
    assertServesAndSays("cannot read", kind.words() + ", not a regular file");
    DaemonUnderTest.stop(one);
    for (var name : new String[] {"sealing.key", "daemon.lock"}) {
      Files.delete(first.stateFolder().resolve(name));
      kind.make(first.stateFolder().resolve(name));
      var running = first.start();
      assertServesAndSays("leases are not saved for a restart", "not a regular file");
      DaemonUnderTest.stop(running);
    }
  }

  /** F36: the key could not be used at the start, and the logins stayed lost after that. */
  @Test
  void f36_stateThatWasUnavailableAtTheStartIsUsedOnceItIsAvailable() throws IOException {
    var one = first.start();
    store(first, 1).succeeded();
    assertEquals(0, first.client().get("script.example.org").status());
    var leases = first.stateFolder().resolve("leases.sealed");
    Eventually.within(Duration.ofSeconds(5), () -> Files.exists(leases), one::stderr);
    DaemonUnderTest.stop(one);
    var key = first.stateFolder().resolve("sealing.key");
    Files.setPosixFilePermissions(key, PosixFilePermissions.fromString("rw-rw-rw-"));
    var two = first.start();
    assertServesAndSays(
        "the stored logins could not be read", "leases are not saved for a restart");
    var erased = first.client().ask("erase", "h1.example.net");
    assertTrue(
        erased.status() != 0 && erased.output().contains("could not be read"), erased::toString);
    Files.setPosixFilePermissions(key, PosixFilePermissions.fromString("rw-------"));
    Eventually.within(
        Duration.ofSeconds(5),
        () -> two.says("leases from before the restart are still valid"),
        two::stderr);
    Eventually.within(
        Duration.ofSeconds(5),
        () -> two.says("the stored logins could be read again"),
        two::stderr);
    assertLogin(first, 1);
    assertEquals(0, first.commandLine("status").status());
  }

  private void assertServesAndSays(String... words) {
    assertEquals(ANSWER, first.client().get("example.org").stdout());
    var status = first.commandLine("status");
    assertEquals(1, status.status(), status::toString);
    for (var word : words) {
      assertTrue(status.output().contains(word), () -> word + " in " + status);
    }
  }

  @ParameterizedTest
  @EnumSource
  void f39_specialFileAsANamedKeyIsReportedAndTheRestIsServed(SpecialFile kind) throws Exception {
    var key = kind.make(folder.resolve("key"));
    first.configured("w.yaml", "daemon: {sealingKeyFile: " + key + "}");
    var running = first.start();
    assertServesAndSays("cannot read the sealing key", "not a regular file");
    assertNotEquals(0, store(first, 1).status());
    DaemonUnderTest.stop(running);
  }
}
