package dev.rig.credentials.it;

import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.rig.credentials.testing.Command;
import dev.rig.credentials.testing.DaemonUnderTest;
import dev.rig.credentials.testing.Eventually;
import dev.rig.credentials.testing.NativeClient;
import dev.rig.credentials.testing.PrivateFile;
import dev.rig.credentials.testing.Reaper;
import dev.rig.credentials.testing.RunCounter;
import dev.rig.credentials.testing.Running;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Configuration that changes while the built daemon serves it. */
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
        () ->
            assertTrue(running.stderr().contains("reloaded: changed example.org"), running::stderr),
        () ->
            assertTrue(
                running.stderr().contains("added new.org; removed gone.org"), running::stderr));
  }

  /** F14. */
  @Test
  void f14_invalidReloadKeepsTheLastGoodAndSaysSo() throws InterruptedException {
    daemon.configured("values.yaml", yaml("good"));
    var running = daemon.start();
    assertEquals(with("good"), answer());
    var answers = new ConcurrentSkipListSet<String>();
    var ended = new AtomicBoolean();
    var asking =
        Thread.ofVirtual()
            .start(() -> {
              while (!ended.get()) {
                answers.add(answer());
              }
            });
    PrivateFile.write(
        folder.resolve("d/values.yaml"), "rig: {dockerRegistries: {example.org: {usernme: x}}}\n");
    Eventually.within(PROMISED, () -> running.stderr().contains("was refused"), running::stderr);
    Eventually.within(PROMISED, () -> running.stderr().contains("values.yaml:1:"), running::stderr);
    var status = daemon.commandLine("status");
    PrivateFile.write(folder.resolve("d/values.yaml"), yaml("good"));
    Eventually.within(
        PROMISED, () -> running.stderr().contains("again the one that is served"), running::stderr);
    ended.set(true);
    asking.join();
    assertAll(
        () -> assertEquals(Set.of(with("good")), new TreeSet<>(answers)),
        () -> assertEquals(1, status.status(), status::toString),
        () -> assertTrue(status.stdout().contains("configuration is not well"), status::toString),
        () -> assertTrue(status.stdout().contains("values.yaml:1:"), status::toString),
        () -> assertEquals(0, daemon.commandLine("status").status()));
  }

  /** F15. */
  @Test
  void f15_swappedDataLinkIsAppliedAsAWhole() throws IOException {
    var mounted = PrivateFile.folder(folder.resolve("mounted"));
    generation(mounted, "g1", "one");
    Files.createSymbolicLink(mounted.resolve("..data"), Path.of("g1"));
    for (var name : new String[] {"a.yaml", "b.yaml"}) {
      Files.createSymbolicLink(mounted.resolve(name), Path.of("..data", name));
    }
    var words = daemon.serve();
    var running =
        reaper.own(
            Command.of(
                    java.util.stream.Stream.concat(
                            words.words().stream(),
                            java.util.stream.Stream.of("--config", mounted.toString()))
                        .toArray())
                .with("HOME", folder)
                .start());
    Eventually.within(Duration.ofSeconds(20), daemon::answers, running::stderr);
    assertEquals(with("one"), answer());
    var seen = new TreeSet<String>();
    for (int i = 2; i <= 4; i++) {
      var name = "g" + i;
      var password = "generation-" + i;
      generation(mounted, name, password);
      Files.createSymbolicLink(mounted.resolve("..data_tmp"), Path.of(name));
      Files.move(
          mounted.resolve("..data_tmp"), mounted.resolve("..data"), StandardCopyOption.ATOMIC_MOVE);
      Eventually.within(
          PROMISED,
          () -> {
            seen.add(answer());
            return seen.contains(with(password));
          },
          running::stderr);
    }
    assertEquals(
        Set.of(with("one"), with("generation-2"), with("generation-3"), with("generation-4")),
        seen,
        "never a mix of two generations");
  }

  /** The user name in one file, the password in the other: a mix would be seen. */
  private static void generation(Path mounted, String name, String password) {
    PrivateFile.write(
        mounted.resolve(name).resolve("a.yaml"),
        "rig: {dockerRegistries: {example.org: {username: bot}}}\n");
    PrivateFile.write(
        mounted.resolve(name).resolve("b.yaml"),
        "rig: {dockerRegistries: {example.org: {password: %s}}}\n".formatted(password));
  }

  /** F16. */
  @Test
  void f16_deletedConfigurationKeepsTheLastGood() throws IOException {
    daemon.configured("values.yaml", yaml("good"));
    var running = daemon.start();
    Files.delete(folder.resolve("d/values.yaml"));
    Eventually.within(
        PROMISED, () -> running.stderr().contains("there is no such file"), running::stderr);
    assertEquals(with("good"), answer());
    PrivateFile.write(folder.resolve("d/values.yaml"), yaml("back"));
    soon("back", running);
  }

  @Test
  void hangupReloadsAndDoesNotEndTheDaemon() {
    daemon.configured("values.yaml", yaml("one"));
    var running = daemon.start();
    Eventually.within(
        PROMISED, // a signal in the moment between the first answer and the last line of the start
        () -> {
          Command.of("kill", "-HUP", running.pid()).run().succeeded();
          return running.stderr().contains("asked to reload the configuration");
        },
        running::stderr);
    assertEquals(with("one"), answer());
    assertTrue(running.isAlive());
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
        () -> running.stderr().contains("takes effect after a restart: logLevel"),
        running::stderr);
  }
}
