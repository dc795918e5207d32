package dev.rig.credentials.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.rig.credentials.testing.Eventually;
import dev.rig.credentials.testing.Manual;
import dev.rig.credentials.testing.Tool;
import dev.rig.credentials.testing.daemon.ClientLoad;
import dev.rig.credentials.testing.daemon.Command;
import dev.rig.credentials.testing.daemon.DaemonUnderTest;
import dev.rig.credentials.testing.daemon.Distribution;
import dev.rig.credentials.testing.daemon.NativeClient;
import dev.rig.credentials.testing.machine.PrivateFile;
import dev.rig.credentials.testing.machine.Reaper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * F41: clients without {@code RIG_CREDENTIALS_SOCKET} use the user's daemon, whether or not the
 * machine has one. The clients' {@code /run} is in a separate namespace.
 */
class UserDaemonIT {
  private static final Duration PATIENCE = Duration.ofSeconds(20);
  private static final String OWN = NativeClient.answer("example.org", "user", "own");

  @TempDir private Path folder;
  @AutoClose private final Reaper reaper = new Reaper();
  private DaemonUnderTest daemon;
  private DaemonUnderTest machine;

  @BeforeEach
  void daemons() throws IOException {
    Tool.needRoot("a /run of its own");
    daemon = daemon("u", "{username: user, password: own}");
    machine = daemon("m", "{username: machine, password: other}");
    PrivateFile.folder(folder.resolve("session"));
    Files.createSymbolicLink(
        folder.resolve("session/rig-credentials"), daemon.socket().getParent());
  }

  private DaemonUnderTest daemon(String name, String entry) {
    return new DaemonUnderTest(reaper, folder.resolve(name))
        .configured("values.yaml", "rig: {dockerRegistries: {example.org: " + entry + "}}\n");
  }

  /** Calls the helper in the user's session, on a machine with another daemon. */
  private Command asking() {
    var script = "mount -t tmpfs none /run && ln -s \"$1\" /run/rig-credentials && exec \"$0\" get";
    return Command.of(
            Tool.UNSHARE.path(),
            "--mount",
            "sh",
            "-c",
            script,
            Distribution.client(),
            machine.socket().getParent())
        .with("XDG_RUNTIME_DIR", folder.resolve("session"))
        .reading("example.org");
  }

  /** C11. */
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void f41_eightRestartsOfTheUsersDaemonFailNoGet(boolean machineHasADaemon) {
    if (machineHasADaemon) {
      machine.start();
    }
    var running = daemon.start();
    try (var clients = ClientLoad.of(3, () -> asking().run(), OWN)) {
      for (int restart = 1; restart <= 8; restart++) {
        DaemonUnderTest.stop(running);
        running = daemon.launch();
        int asked = clients.asked();
        Eventually.within(PATIENCE, () -> clients.asked() >= asked + 6, running::stderr);
      }
      clients.stop();
      assertEquals(List.of(), clients.wrong());
      assertTrue(clients.asked() > 40, () -> clients.asked() + " gets");
    }
  }

  /** The session has not had a daemon: its socket and its lock file do not exist yet. */
  @Test
  void f41_firstDaemonOfASessionIsFoundWhileItStarts() {
    var asking = reaper.own(asking().start());
    daemon.launch();
    assertEquals(OWN, asking.finish(PATIENCE).succeeded().stdout());
  }

  /** The machine's folder is another user's, and closed. Even root needs a capability to enter. */
  @Test
  void f41_firstDaemonOfASessionIsFoundDespiteAMachineFolderThatTheUserMayNotEnter() {
    Tool.needRoot("a /run of its own");
    var script =
        "mount -t tmpfs none /run && mkdir -m 700 /run/rig-credentials && chown 1"
            + " /run/rig-credentials && exec \"$1\" --bounding-set=-dac_override,-dac_read_search"
            + " \"$0\" get";
    var asking =
        reaper.own(
            Command.of(
                    Tool.UNSHARE.path(),
                    "--mount",
                    "sh",
                    "-c",
                    script,
                    Distribution.client(),
                    Tool.SETPRIV.path())
                .with("XDG_RUNTIME_DIR", folder.resolve("session"))
                .reading("example.org")
                .start());
    daemon.launch();
    assertEquals(OWN, asking.finish(PATIENCE).succeeded().stdout());
  }

  @Test
  void manualsServeInTheBackgroundWorksAsPasted() {
    Tool.needRoot("a /var/lib of its own");
    var home = PrivateFile.folder(folder.resolve("home"));
    var typed =
        Manual.steps("getting-started", "Without installing anything").stream()
            .map(Manual.Step::command)
            .limit(5)
            .collect(Collectors.joining("\n"));
    assertTrue(typed.contains("serve --config values.yaml &\n"), typed);
    var script = "mount -t tmpfs none /var/lib; cd; %s\nkill %%1 && wait".formatted(typed);
    var outcome =
        Command.of(Tool.UNSHARE.path(), "--mount", Tool.BASH.path(), "-c", script)
            .with("HOME", home)
            .withFirstOnPath(Distribution.daemon().getParent())
            .run();
    assertTrue(
        outcome.stdout().endsWith(NativeClient.answer("ghcr.io/acme/app", "bot", "ghp_...")),
        outcome::toString);
  }
}
