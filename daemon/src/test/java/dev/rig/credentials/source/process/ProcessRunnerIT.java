package dev.rig.credentials.source.process;

import dev.rig.credentials.time.SystemScheduler;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What takes minutes. */
final class ProcessRunnerIT {
  @TempDir Path folder;

  @Test
  void f9_tenThousandRunsLeaveNeitherZombiesNorDescriptors() throws Exception {
    int runs = Integer.getInteger("rig.runs", 10_000);
    try (var scheduler = new SystemScheduler();
        var runner =
            ProcessRunner.open(
                folder.resolve("scripts"),
                Map.of("PATH", "/usr/bin:/bin"),
                Shell.ofThisMachine(),
                scheduler.time())) {
      ProcessRunnerTest.assertRunsLeaveNothing(runner, runs, 8);
    }
  }
}
