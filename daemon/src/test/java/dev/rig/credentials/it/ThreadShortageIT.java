package dev.rig.credentials.it;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.rig.credentials.testing.daemon.UsedDaemon;
import dev.rig.credentials.testing.machine.PidsCgroup;
import dev.rig.credentials.testing.machine.PrivateFile;
import dev.rig.credentials.testing.machine.Reaper;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * C14, F36: for some seconds the daemon gets no further thread and no further process, while
 * clients use all its listeners. Within 5 s of the shortage's end every listener and every entry
 * works again, in the same process or in one that its supervisor has started.
 *
 * <p>{@code -Dshortage.runs=30} repeats it.
 */
@Tag("shortage")
class ThreadShortageIT {
  private static final int RUNS = Integer.getInteger("shortage.runs", 7);
  private static final Duration PROMISED = Duration.ofSeconds(5);

  /** From the start to the shortage: in the JVM's start, the daemon's, and first requests. */
  private static final List<Integer> BEFORE_MILLIS =
      List.of(3_000, 100, 300, 500, 700, 1_000, 1_500);

  @TempDir private Path folder;
  @AutoClose private final Reaper reaper = new Reaper();

  @Test
  void c14_everyListenerAndEntryWorksAgainAfterAShortageOfThreads() {
    var group = reaper.own(PidsCgroup.create("rig-shortage-" + ProcessHandle.current().pid()));
    int restarted = 0;
    for (int run = 0; run < RUNS; run++) {
      int before = BEFORE_MILLIS.get(run % BEFORE_MILLIS.size());
      try (var used = new UsedDaemon(reaper, folder.resolve("d" + run), group.startsIn())) {
        pause(before);
        group.freeze();
        if (run % 3 == 2) {
          PrivateFile.write(
              used.daemon().file("values.yaml"),
              UsedDaemon.values()
                  + "    more%d.example.org: {username: a, password: b}%n".formatted(run));
        }
        pause(2_000 + 500 * (run % 5));
        group.lift();
        used.worksWithin(PROMISED, "run " + run + ", short after " + before + " ms");
        int ended = used.statuses().size();
        used.worksWithin(PROMISED, "run " + run + ", once more");
        assertEquals(ended, used.statuses().size(), "it goes on: " + used.statuses());
        restarted += ended > 0 ? 1 : 0;
      }
    }
    System.out.printf("%d shortages of threads, %d of them ended the daemon%n", RUNS, restarted);
  }

  private static void pause(int millis) {
    LockSupport.parkNanos(Duration.ofMillis(millis).toNanos());
  }
}
