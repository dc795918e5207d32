package dev.rig.credentials.it;

import dev.rig.credentials.testing.Eventually;
import dev.rig.credentials.testing.daemon.DaemonUnderTest;
import dev.rig.credentials.testing.daemon.Running;
import dev.rig.credentials.testing.machine.PrivateFile;
import dev.rig.credentials.testing.machine.Processes;
import dev.rig.credentials.testing.machine.Reaper;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** A daemon with a glob entry: each host below {@code example.org} is a run of its script. */
abstract class ScriptDaemon {
  /** Ends the runs by which the daemon retries after a failure. */
  private static final String ONCE =
      "seen='$SEEN/'$RIG_REGISTRY; [ ! -e \"$seen\" ] || exit 1; : > \"$seen\"";

  @TempDir Path folder;
  @AutoClose final Reaper reaper = new Reaper();
  DaemonUnderTest daemon;

  @BeforeEach
  void folderOfTheDaemon() {
    daemon = new DaemonUnderTest(reaper, folder.resolve("d"));
  }

  /** Starts a daemon whose hosts below {@code example.org} have this script. */
  Running start(String timeout, String script) {
    var seen = PrivateFile.folder(folder.resolve("seen"));
    return daemon
        .configured(
            "values.yaml",
            """
            rig:
              dockerRegistries:
                fixed.org: {username: bot, password: from-the-file}
                "*.example.org":
                  timeout: %s
                  script: |
            %s
            """
                .formatted(
                    timeout,
                    script.replace("$ONCE", ONCE).replace("$SEEN", seen.toString()).indent(10)))
        .start();
  }

  static void noneLeft(Duration limit, String mark) {
    Eventually.within(
        limit,
        () -> Processes.with(mark).isEmpty(),
        () -> "no survivor of " + Processes.with(mark));
  }
}
