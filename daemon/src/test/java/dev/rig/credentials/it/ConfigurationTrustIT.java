package dev.rig.credentials.it;

import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.rig.credentials.testing.Eventually;
import dev.rig.credentials.testing.Tool;
import dev.rig.credentials.testing.daemon.Command;
import dev.rig.credentials.testing.daemon.DaemonUnderTest;
import dev.rig.credentials.testing.daemon.Distribution;
import dev.rig.credentials.testing.daemon.NativeClient;
import dev.rig.credentials.testing.daemon.ProgramResult;
import dev.rig.credentials.testing.daemon.Running;
import dev.rig.credentials.testing.machine.PrivateFile;
import dev.rig.credentials.testing.machine.Reaper;
import dev.rig.credentials.testing.machine.Signal;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** T23 of {@code docs/security.md}: a built daemon whose configuration other users can write. */
class ConfigurationTrustIT {
  /** The user of the chart's containers. */
  private static final int CHART = 65_532;

  /** The user of a person who is in no user database. */
  private static final int PERSON = 20_021;

  private static final int STRANGER = 20_022;
  private static final String CONFIGURATION =
      "rig: {dockerRegistries: {example.org: {username: bot, password: from-the-file}}}\n";
  private static final String ANSWER = NativeClient.answer("example.org", "bot", "from-the-file");
  private static final Duration SOON = Duration.ofSeconds(5);

  @TempDir private Path folder;
  @AutoClose private final Reaper reaper = new Reaper();
  private DaemonUnderTest daemon;
  private Path etc;
  private Path values;

  @BeforeEach
  void configurationInAFolderOfItsOwn() throws IOException {
    Tool.needRoot("files of other users");
    folder = folder.toRealPath();
    change(folder, 0711, 0, 0);
    daemon = new DaemonUnderTest(reaper, folder.resolve("d"));
    etc = Files.createDirectories(folder.resolve("above/etc"));
    values = Files.writeString(etc.resolve("values.yaml"), CONFIGURATION);
    change(folder.resolve("above"), 0755, 0, 0);
    change(etc, 0755, 0, 0);
    change(values, 0644, 0, 0);
  }

  private static void change(Path path, int mode, int owner, int group) throws IOException {
    for (var attribute : List.of("unix:uid", "unix:gid")) {
      Files.setAttribute(
          path, attribute, attribute.endsWith("uid") ? owner : group, LinkOption.NOFOLLOW_LINKS);
    }
    if (!Files.isSymbolicLink(path)) {
      Files.setAttribute(path, "unix:mode", mode);
    }
  }

  /** Runs the daemon as another user, who owns its folders. */
  private void runAs(int uid) throws IOException {
    daemon.startedBy(Tool.SETPRIV.path(), "--reuid=" + uid, "--regid=" + uid, "--clear-groups");
    for (var own : List.of(daemon.folder(), daemon.socket().getParent())) {
      change(own, 0711, uid, uid);
    }
  }

  private void assertRefused(String... words) {
    var refused = daemon.serve().run();
    assertEquals(78, refused.status(), refused::toString);
    for (var word : words) {
      assertTrue(refused.stderr().contains(word), () -> word + " in " + refused);
    }
  }

  private ProgramResult check(Path path) {
    return daemon.commandLine("check", "--config", path);
  }

  private void assertServes() {
    assertEquals(ANSWER, daemon.client().get("example.org").stdout());
  }

  /** C16: the other user's script ran as root. */
  @ParameterizedTest
  @CsvSource({
    "0,666,0,0,chmod go-w",
    "0,646,0,0,chmod o-w",
    "0,660,0,20022,chmod g-w",
    "0,664,0,0,chmod g-w",
    "0,600,20022,0,chown root",
    "65532,646,65532,65532,chmod o-w",
    "65532,664,65532,65532,chmod g-w",
    "65532,664,0,20022,chmod g-w",
    "65532,644,20022,65532,chown root",
    "998,664,998,998,chmod g-w",
  })
  void t23_fileThatOthersCanWriteIsRefusedWhateverUserTheDaemonRunsAs(
      int user, String mode, int owner, int group, String fix) throws IOException {
    daemon.configuredFrom(values);
    if (user != 0) {
      runAs(user);
    }
    change(values, Integer.parseInt(mode, 8), owner, group);
    assertRefused(values + ": ", "it decides what the daemon runs", fix + " " + values);
  }

  @ParameterizedTest
  @CsvSource({
    "above,777,0,0",
    "above,755,20022,0",
    "above/etc,775,0,20022",
    "above/etc,1755,20022,0",
    "above/etc,2777,0,0",
  })
  void t23_folderThatOthersCanWriteIsRefusedByEachCommand(
      String name, String mode, int owner, int group) throws IOException {
    var open = folder.resolve(name);
    change(open, Integer.parseInt(mode, 8), owner, group);
    daemon.configuredFrom(etc);
    assertRefused(open + ": ", " " + open + ")");
    var checked = check(etc);
    var doctor = daemon.commandLine("doctor", "--config", etc);
    assertAll(
        () -> assertEquals(78, checked.status(), checked::toString),
        () -> assertTrue(checked.stderr().contains(open + ": "), checked::toString),
        () -> assertEquals(1, doctor.status(), doctor::toString),
        () ->
            assertTrue(doctor.stdout().contains("fail  configuration  " + open), doctor::toString));
  }

  @Test
  void t23_wayThroughASymbolicLinkCounts() throws IOException {
    var link = Files.createSymbolicLink(folder.resolve("d/link.yaml"), values);
    daemon.configuredFrom(link);
    change(etc, 0777, 0, 0);
    assertRefused(etc + ": is writable by group 0 and others (mode 0777)");
    change(etc, 0755, 0, 0);
    change(link, 0, STRANGER, STRANGER);
    assertRefused("chown -h root " + link);
    change(link, 0, 0, 0);
    daemon.start();
    assertServes();
  }

  @ParameterizedTest
  @ValueSource(ints = {0, CHART})
  void t23_reloadRefusesFilesThatOthersCanWriteAndKeepsTheLastValidOnes(int user)
      throws IOException {
    if (user != 0) {
      runAs(user);
    }
    var running = daemon.configuredFrom(etc).start();
    for (var path : List.of(values, etc)) {
      var mode = (Integer) Files.getAttribute(path, "unix:mode") & 07777;
      change(path, mode | 0002, 0, 0);
      unhealthy(path + ": is writable by others", running);
      Files.writeString(
          values, CONFIGURATION.replace("}}}", "}, evil.org: {script: touch " + folder + "/x}}}"));
      Signal.HUP.to(running.pid());
      Eventually.within(
          SOON, () -> running.says("asked to reload the configuration"), running::stderr);
      assertServes();
      assertEquals(1, daemon.client().get("evil.org").status());
      Files.writeString(values, CONFIGURATION);
      change(path, mode, 0, 0);
      Eventually.within(SOON, daemon::isHealthy, running::stderr);
    }
    assertFalse(Files.exists(folder.resolve("x")), "nobody's script has run");
  }

  private void unhealthy(String reason, Running running) {
    Eventually.within(SOON, () -> daemon.status().contains(reason), running::stderr);
    var status = daemon.commandLine("status");
    assertEquals(1, status.status(), status::toString);
    assertTrue(status.output().contains(reason), status::toString);
    assertTrue(running.says(reason), running::stderr);
  }

  @Test
  void t23_interpreterThatOthersCanReplaceIsRefusedAtTheStartAndAtAReload() throws IOException {
    var bin = Files.createDirectory(folder.resolve("bin"));
    var shell = Files.copy(Path.of("/bin/sh"), bin.resolve("sh"));
    Files.writeString(
        values,
        CONFIGURATION.replace("}}}", "}, s.org: {script: \"#!" + shell + " -e\\necho a:b\"}}}"));
    change(bin, 0777, 0, 0);
    daemon.configuredFrom(values);
    var message =
        "values.yaml:1:81: the script's interpreter %s can be replaced: %s is writable by"
            .formatted(shell, bin);
    assertRefused(message, "chmod go-w " + bin);
    assertTrue(check(values).stderr().contains(message), () -> check(values).toString());

    change(bin, 0755, 0, 0);
    var running = daemon.start();
    assertEquals(NativeClient.answer("s.org", "a", "b"), daemon.client().get("s.org").stdout());
    change(shell, 0775, 0, STRANGER);
    Signal.HUP.to(running.pid());
    unhealthy("interpreter " + shell + " is writable by group " + STRANGER, running);
    change(shell, 0755, 0, 0);
    Signal.HUP.to(running.pid());
    Eventually.within(SOON, daemon::isHealthy, running::stderr);
  }

  /** The last valid configuration stays in use, but its scripts do not run. */
  @Test
  void t23_interpreterThatOthersCanWriteLaterIsNotRun() throws IOException {
    var bin = Files.createDirectory(folder.resolve("bin"));
    var shell = Files.copy(Path.of("/bin/sh"), bin.resolve("own-sh"));
    change(shell, 0755, 0, 0);
    Files.writeString(
        values,
        CONFIGURATION.replace(
            "}}}", "}, s.org: {expire: 2s, script: \"#!" + shell + "\\necho a:b\"}}}"));
    var running = daemon.configuredFrom(values).start();
    assertEquals(NativeClient.answer("s.org", "a", "b"), daemon.client().get("s.org").stdout());
    change(shell, 0757, 0, 0);
    Eventually.within(SOON, () -> daemon.client().get("s.org").status() != 0, running::stderr);
    var explained = daemon.commandLine("explain", "s.org").stdout();
    assertTrue(
        explained.contains("its interpreter " + shell + " is writable by others (mode 0757)"),
        explained);
    assertServes();
    change(shell, 0755, 0, 0);
    Eventually.within(SOON, () -> daemon.client().get("s.org").status() == 0, running::stderr);
  }

  /** No other user can write {@code env}, but others can write the program that it finds. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "/usr/bin/env own-sh",
        "/usr/bin/env -S own-sh -e",
        "/usr/bin/env -iS A=b -u C own-sh",
        "/usr/bin/env %s/own-sh",
      })
  void t23_programThatEnvFindsForAScriptCounts(String line) throws IOException {
    var bin = Files.createDirectory(folder.resolve("bin"));
    Files.copy(Path.of("/bin/sh"), bin.resolve("own-sh"));
    Files.writeString(
        values,
        CONFIGURATION.replace(
            "}}}",
            "}, s.org: {env: {PATH: '/nowhere:%1$s:/bin'}, script: \"#!%2$s\\necho a:b\"}}}"
                .formatted(bin, line.formatted(bin))));
    change(bin, 0777, 0, 0);
    daemon.configuredFrom(values);
    assertRefused("the script's interpreter " + bin + "/own-sh can be replaced", "go-w " + bin);
    change(bin, 0755, 0, 0);
    assertEquals(0, check(values).status(), () -> check(values).toString());
  }

  @Test
  void t23_keyOfAProviderThatOthersCanWriteIsRefused() throws IOException {
    var key = PrivateFile.write(etc.resolve("key.json"), "{}");
    Files.writeString(
        values,
        "rig: {dockerRegistries: {gcr.io: {provider: google, with: {keyFile: " + key + "}}}}");
    daemon.configuredFrom(values);
    change(key, 0606, 0, 0);
    assertRefused("values.yaml:1:26: keyFile " + key + " is writable by others (mode 0606)");
    change(key, 0600, 0, 0);
    daemon.start();
  }

  @Test
  void t23_fileInAStickyFolderIsAsSafeAsItsOwner() throws IOException {
    change(etc, 01777, 0, 0);
    daemon.configuredFrom(etc);
    var running = daemon.start();
    assertServes();
    var planted = Files.writeString(etc.resolve("zz.yaml"), "rig: {}");
    change(planted, 0600, STRANGER, STRANGER);
    unhealthy(planted + ": belongs to uid " + STRANGER, running);
    assertServes();
    Files.delete(planted);
    Files.createSymbolicLink(planted, values); // root's own file, but another user's link to it
    change(planted, 0, STRANGER, STRANGER);
    unhealthy("chown -h root " + planted, running);
  }

  /**
   * A Secret as a kubelet mounts it: on a tmpfs, in a sticky folder that is open to all, with the
   * group of {@code fsGroup} (Kubernetes, {@code pkg/volume/emptydir} and {@code
   * pkg/volume/volume_linux.go}).
   */
  @ParameterizedTest
  @CsvSource({"1777,755,644,0", "3777,2755,440,65532", "1777,755,444,0"})
  void t23_secretThatAKubeletMountsIsServedAndSwapped(
      String volume, String generation, String file, int group) throws IOException {
    var mount = Files.createDirectory(etc.resolve("secret"));
    swap(mount, "..2026_01", CONFIGURATION, generation, file, group);
    Files.createSymbolicLink(mount.resolve("values.yaml"), Path.of("..data/values.yaml"));
    change(mount, Integer.parseInt(volume, 8), 0, group);
    runAs(CHART);
    var running = daemon.configuredFrom(mount).start();
    assertServes();
    assertEquals(0, daemon.commandLine("status").status());
    swap(
        mount,
        "..2026_02",
        CONFIGURATION.replace("from-the", "of-another"),
        generation,
        file,
        group);
    Eventually.within(
        SOON,
        () -> daemon.client().get("example.org").stdout().contains("of-another-file"),
        running::stderr);
  }

  private static void swap(
      Path mount, String name, String text, String generation, String file, int group)
      throws IOException {
    var data = Files.createDirectory(mount.resolve(name));
    change(
        Files.writeString(data.resolve("values.yaml"), text), Integer.parseInt(file, 8), 0, group);
    change(data, Integer.parseInt(generation, 8), 0, group);
    var link = Files.createSymbolicLink(mount.resolve("..data_tmp"), Path.of(name));
    change(link, 0, 0, group);
    Files.move(link, mount.resolve("..data"), StandardCopyOption.ATOMIC_MOVE);
  }

  /** A ConfigMap's folder is open to all and not sticky; only its mount is read-only. */
  @Test
  void t23_configMapOnItsReadOnlyMountIsServedAndWithoutThatIsRefused() throws IOException {
    var mount = Files.createDirectory(etc.resolve("config"));
    swap(mount, "..2026_01", CONFIGURATION, "755", "644", 0);
    Files.createSymbolicLink(mount.resolve("values.yaml"), Path.of("..data/values.yaml"));
    change(mount, 0777, 0, 0);
    daemon.configuredFrom(mount);
    assertRefused(mount + ": is writable by group 0 and others (mode 0777)");
    daemon.startedBy(
        Tool.UNSHARE.path(),
        "--mount",
        "/bin/sh",
        "-ec",
        "mount --bind \"$0\" \"$0\"; mount -o remount,bind,ro \"$0\"; exec \"$@\"",
        mount);
    runAs(CHART);
    daemon.start();
    assertServes();
    assertEquals(0, daemon.commandLine("status").status());
  }

  /** The sandbox of a systemd unit sees {@code /etc} read-only, although others can write it. */
  @Test
  void t23_readOnlyMountDoesNotCountInAUnitOfSystemd() throws IOException {
    change(values, 0666, 0, 0);
    daemon
        .configuredFrom(values)
        .with("INVOCATION_ID", "0123456789abcdef0123456789abcdef")
        .startedBy(
            Tool.UNSHARE.path(),
            "--mount",
            "/bin/sh",
            "-ec",
            "mount --bind \"$0\" \"$0\"; mount -o remount,bind,ro \"$0\"; exec \"$@\"",
            etc);
    assertRefused("chmod go-w " + values);
  }

  /** systemd.exec(5): the folder has mode 0500 and each file 0400, of the unit's user. */
  @Test
  void t23_credentialOfSystemdIsUsedAsTheKey() throws IOException {
    var credentials = Files.createDirectory(etc.resolve("rig-credentials.service"));
    var key = Files.write(credentials.resolve("rig-credentials.key"), new byte[32]);
    change(key, 0400, CHART, CHART);
    change(credentials, 0500, CHART, CHART);
    runAs(CHART);
    daemon.configuredFrom(values).with("CREDENTIALS_DIRECTORY", credentials).start();
    assertServes();
    assertEquals(0, daemon.commandLine("status").status());
    assertFalse(Files.exists(daemon.stateFolder().resolve("sealing.key")));
  }

  @Test
  void t23_keyThatOthersCanWriteIsNotUsedAndTheRestIsServed() throws IOException {
    var key = PrivateFile.write(etc.resolve("key"), "0123456789abcdef0123456789abcdef");
    change(key, 0620, 0, STRANGER);
    daemon.configuredFrom(values).configured("w.yaml", "daemon: {sealingKeyFile: " + key + "}");
    daemon.start();
    assertServes();
    var status = daemon.commandLine("status");
    assertEquals(1, status.status(), status::toString);
    assertTrue(status.output().contains("chmod g-w " + key), status::toString);
  }

  @Test
  void t23_personsOwnDaemonWarnsWhenOnlyTheirGroupCanWrite() throws IOException {
    change(etc, 0775, PERSON, PERSON);
    change(values, 0664, PERSON, PERSON);
    runAs(PERSON);
    daemon.configuredFrom(values);
    assertRefused("chmod g-w " + values, "chmod g-w " + etc); // a service without a session
    var running = daemon.with("XDG_RUNTIME_DIR", daemon.folder()).start();
    assertServes();
    assertTrue(running.says("chmod g-w " + values), running::stderr);
    assertEquals(0, daemon.commandLine("status").status());

    change(values, 0666, PERSON, PERSON);
    unhealthy("chmod go-w " + values, running);
    change(values, 0664, PERSON, STRANGER);
    unhealthy("chmod g-w " + values, running);
  }

  @Test
  void t23_checkWarnsAPersonOfTheirGroup() throws IOException {
    change(values, 0664, PERSON, PERSON);
    var check =
        Command.of(Distribution.daemon(), "check", "--config", values)
            .with("XDG_RUNTIME_DIR", folder)
            .as(PERSON)
            .run()
            .succeeded();
    assertTrue(check.stderr().startsWith("warning: " + values + ": "), check::toString);
    assertTrue(check.stdout().contains("example.org"), check::toString);
  }

  @Test
  void nameThatIsNotUtf8IsReported() throws IOException {
    Command.of(Tool.BASH.path(), "-c", "cp \"$0\" \"$1\"/$'x\\xff.yaml'", values, etc)
        .run()
        .succeeded();
    daemon.configuredFrom(etc);
    assertRefused("x\\xff.yaml: the file's name is not UTF-8 (rename it)");
    var check = daemon.serve().with("LC_ALL", "C").run();
    assertTrue(
        check.stderr().contains("x\\xff.yaml: the file's name is not UTF-8"), check::toString);
  }

  @Test
  void nameInUtf8IsReadInALocaleWithoutIt() throws IOException {
    Files.move(values, etc.resolve("wert\u00e9.yaml"));
    daemon.configuredFrom(etc).with("LC_ALL", "C").start();
    assertServes();
  }
}
