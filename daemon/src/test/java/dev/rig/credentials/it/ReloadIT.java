package dev.rig.credentials.it;

import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.rig.credentials.testing.Eventually;
import dev.rig.credentials.testing.daemon.DaemonUnderTest;
import dev.rig.credentials.testing.daemon.NativeClient;
import dev.rig.credentials.testing.daemon.RunCounter;
import dev.rig.credentials.testing.daemon.Running;
import dev.rig.credentials.testing.machine.PrivateFile;
import dev.rig.credentials.testing.machine.Reaper;
import dev.rig.credentials.testing.machine.Signal;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Configuration that changes while the built daemon runs. */
class ReloadIT {
  private static final Duration PROMISED = Duration.ofSeconds(2);

  @TempDir private Path folder;
  @AutoClose private final Reaper reaper = new Reaper();
  private DaemonUnderTest daemon;

  @BeforeEach
  void folderOfTheDaemon() {
    daemon = new DaemonUnderTest(reaper, folder.resolve("d"));
  }

  private static String yaml(String password) {
    return "rig: {dockerRegistries: {example.org: {username: bot, password: %s}}}\n"
        .formatted(password);
  }

  private String answer() {
    return daemon.client().get("example.org").stdout();
  }

  private static String with(String password) {
    return NativeClient.answer("example.org", "bot", password);
  }

  private void soon(String password, Running running) {
    Eventually.within(PROMISED, () -> answer().equals(with(password)), running::stderr);
  }

  @Test
  void changedFileIsAppliedAndUnchangedEntriesKeepTheirLeases() {
    var runs = new RunCounter(folder.resolve("runs"));
    daemon.configured("values.yaml", yaml("one"));
    daemon.configured(
        "script.yaml",
        "rig: {dockerRegistries: {script.org: {script: \"%s; echo a:b\"}, gone.org: {username: a, password: b}}}\n"
            .formatted(runs.shell()));
    var running = daemon.start();
    assertEquals(with("one"), answer());
    assertEquals(
        NativeClient.answer("script.org", "a", "b"), daemon.client().get("script.org").stdout());
    PrivateFile.write(folder.resolve("d/values.yaml"), yaml("two"));
    soon("two", running);
    PrivateFile.write(
        folder.resolve("d/script.yaml"),
        "rig: {dockerRegistries: {script.org: {script: \"%s; echo a:b\"}, new.org: {username: a, password: b}}}\n"
            .formatted(runs.shell()));
    Eventually.within(
        PROMISED,
        () ->
            daemon
                .client()
                .get("new.org")
                .stdout()
                .equals(NativeClient.answer("new.org", "a", "b")),
        running::stderr);
    assertEquals(
        NativeClient.answer("script.org", "a", "b"), daemon.client().get("script.org").stdout());
    assertAll(
        () -> assertEquals(1, runs.runs()),
        () -> assertTrue(running.says("reloaded: changed example.org"), running::stderr),
        () -> assertTrue(running.says("added new.org; removed gone.org"), running::stderr));
  }

  @Test
  void hangupReloadsAndDoesNotEndTheDaemon() {
    daemon.configured("values.yaml", yaml("one"));
    var running = daemon.start();
    Eventually.within(
        PROMISED, // a signal between the first answer and the last line of the start
        () -> {
          Signal.HUP.to(running.pid());
          return running.stderr().contains("asked to reload the configuration");
        },
        running::stderr);
    assertEquals(with("one"), answer());
    assertTrue(running.isAlive());
  }

  /** The next start would fail with this shell. */
  @Test
  void shellThatCannotBeRunIsRefusedAtAReload() {
    daemon.configured("values.yaml", yaml("one"));
    var running = daemon.start();
    var missing = folder.resolve("no-shell");
    var file = folder.resolve("d/values.yaml");
    PrivateFile.write(file, yaml("two") + "daemon: {shell: " + missing + "}\n");
    Eventually.within(
        PROMISED,
        () ->
            running
                .stderr()
                .contains("daemon.shell: " + missing + " is not a program that you may run"),
        running::stderr);
    assertEquals(with("one"), answer());
    PrivateFile.write(file, yaml("two") + "daemon: {shell: /bin/sh}\n");
    soon("two", running);
  }

  @Test
  void settingThatNeedsARestartIsNamed() {
    daemon.configured("values.yaml", yaml("one"));
    var running = daemon.start();
    PrivateFile.write(
        folder.resolve("d/values.yaml"), yaml("two") + "daemon: {log: {level: warn}}\n");
    soon("two", running);
    Eventually.within(
        PROMISED,
        () -> running.stderr().contains("take effect after a restart: logLevel"),
        running::stderr);
  }
}
