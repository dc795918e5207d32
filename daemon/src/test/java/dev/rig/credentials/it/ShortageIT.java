package dev.rig.credentials.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.rig.credentials.testing.Eventually;
import dev.rig.credentials.testing.Tool;
import dev.rig.credentials.testing.daemon.Command;
import dev.rig.credentials.testing.daemon.UsedDaemon;
import dev.rig.credentials.testing.machine.PrivateFile;
import dev.rig.credentials.testing.machine.ProcFiles;
import dev.rig.credentials.testing.machine.Reaper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * F36 for descriptors, memory and disk: they run out for some seconds, while clients use all the
 * daemon's listeners and entries. Within 5 s of the shortage's end everything works again, in the
 * same process or in one that its supervisor has started.
 */
@Order(4)
class ShortageIT {
  private static final Duration PROMISED = Duration.ofSeconds(5);
  private static final Duration START = Duration.ofSeconds(60);

  @TempDir private Path folder;
  @AutoClose private final Reaper reaper = new Reaper();

  private static void limit(String resource, long pid, String most) {
    Command.of(Tool.PRLIMIT.path(), "--pid", pid, "--" + resource + "=" + most + ":")
        .run()
        .succeeded();
  }

  private static void pause(Duration duration) {
    LockSupport.parkNanos(duration.toNanos());
  }

  /** Fewer descriptors than the daemon has, as many, and more: everything fails in turn. */
  @ParameterizedTest
  @ValueSource(ints = {-10, 0, 3})
  void f36_everythingWorksAgainAfterAShortageOfDescriptors(int more) {
    Tool.needRoot("the limits of a process that nobody may look into");
    try (var used = new UsedDaemon(reaper, folder.resolve("d"))) {
      used.worksWithin(START, "at first");
      var running = used.running();
      pause(Duration.ofMillis(500));
      limit("nofile", running.pid(), "" + (ProcFiles.descriptors(running.pid()) + more));
      pause(Duration.ofSeconds(3));
      PrivateFile.write(
          used.daemon().file("values.yaml"),
          UsedDaemon.values() + "    late.example.org: {username: bot, password: b}\n");
      pause(Duration.ofSeconds(3));
      if (running.isAlive()) {
        limit("nofile", running.pid(), "4096");
      }
      used.worksWithin(PROMISED, "after the shortage");
      Eventually.within(
          PROMISED,
          () -> used.daemon().client().get("late.example.org").status() == 0,
          () -> "what was configured in the shortage is served: " + used.running().stderr());
      var complaints =
          running.stderr().lines().filter(line -> line.contains("cannot accept")).toList();
      assertTrue(complaints.size() <= 3, complaints::toString); // one per listener and minute
    }
  }

  /** Less memory than it has, so that a stack or a buffer of the JVM fails too. */
  @ParameterizedTest
  @ValueSource(ints = {-50, 0})
  void f36_everythingWorksAgainAfterAShortageOfMemory(int moreMib) throws IOException {
    Tool.needRoot("the limits of a process that nobody may look into");
    try (var used = new UsedDaemon(reaper, folder.resolve("d"))) {
      used.worksWithin(START, "at first");
      var running = used.running();
      long bytes = ProcFiles.addressSpaceKib(running.pid()) * 1024 + moreMib * 1024L * 1024;
      limit("as", running.pid(), "" + bytes);
      pause(Duration.ofSeconds(6));
      if (running.isAlive()) {
        limit("as", running.pid(), "unlimited");
      }
      used.worksWithin(PROMISED, "after the shortage");
      assertEquals(List.of(), dumps());
    }
  }

  private List<Path> dumps() throws IOException {
    try (var files = Files.walk(folder);
        var here = Files.list(Path.of(""))) { // the folder that the daemon was started in
      return Stream.concat(files, here)
          .filter(file -> file.toString().matches(".*(hprof|hs_err.*|/core.*|replay_pid.*)"))
          .toList();
    }
  }

  /** The folders of the socket, the scripts and the state are on a full disk. */
  @Test
  void f36_everythingWorksAgainAfterAShortageOfDisk() throws IOException {
    Tool.needRoot("a file system of its own for the daemon");
    var home = PrivateFile.folder(folder.resolve("d"));
    for (var name : List.of("run", "state")) {
      PrivateFile.folder(home.resolve(name));
    }
    var mounted = "mount -t tmpfs -o size=256k,mode=0700 none ";
    for (var name : List.of("run", "state")) {
      Command.of("/bin/sh", "-c", mounted + home.resolve(name)).run().succeeded();
      reaper.<AutoCloseable>own(
          () -> Command.of("/bin/sh", "-c", "umount -l " + home.resolve(name)).run().succeeded());
    }
    try (var used = new UsedDaemon(reaper, home)) {
      used.worksWithin(START, "at first");
      for (var name : List.of("run", "state")) {
        fill(home.resolve(name).resolve("fill"));
      }
      pause(Duration.ofSeconds(8));
      assertTrue(used.running().says("No space left"), used.running()::stderr);
      for (var name : List.of("run", "state")) {
        Files.delete(home.resolve(name).resolve("fill"));
      }
      used.worksWithin(PROMISED, "after the shortage");
      Eventually.within(PROMISED, used.daemon()::isHealthy, used.daemon()::status);
      assertEquals(List.of(), used.statuses());
    }
  }

  private static void fill(Path file) throws IOException {
    try (var out = Files.newOutputStream(file)) {
      for (var page = new byte[4096]; ; ) {
        out.write(page);
      }
    } catch (IOException full) {
      assertTrue(String.valueOf(full.getMessage()).contains("No space"), full::toString);
    }
  }
}
