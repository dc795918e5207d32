package dev.rig.credentials.testing.machine;

import dev.rig.credentials.testing.Eventually;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Assumptions;

/** A control group that limits the number of its processes and threads. */
public record PidsCgroup(Path folder) implements AutoCloseable {
  /**
   * Creates an empty group; skips the test, with the reason, if this machine does not support it.
   */
  public static PidsCgroup create(String name) {
    try {
      for (var line : Files.readAllLines(Path.of("/proc/mounts"))) {
        var mount = line.split(" ", -1);
        var root = Path.of(mount[1]);
        boolean v1 = mount[2].equals("cgroup") && mount[3].matches("(.*,)?pids(,.*)?");
        if (v1 || (mount[2].equals("cgroup2") && offersPids(root))) {
          return new PidsCgroup(Files.createDirectory(root.resolve(name)));
        }
      }
    } catch (IOException e) {
      Assumptions.abort("a pids control group needs root and a writable cgroup mount: " + e);
    }
    return Assumptions.abort("no control group of this machine limits pids");
  }

  private static boolean offersPids(Path root) throws IOException {
    if (!Files.readString(root.resolve("cgroup.controllers")).contains("pids")) {
      return false;
    }
    Files.writeString(root.resolve("cgroup.subtree_control"), "+pids");
    return true;
  }

  /** Returns the words that start a program in it, whatever its limit is. */
  public Object[] startsIn() {
    return new Object[] {
      "/bin/sh", "-c", "echo $$ > \"$0\" && exec \"$@\"", folder.resolve("cgroup.procs")
    };
  }

  /** Permits no process or thread more than there are. */
  public void freeze() {
    try {
      write("pids.max", Files.readString(folder.resolve("pids.current")).strip());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Permits any number of them again. */
  public void lift() {
    write("pids.max", "max");
  }

  private void write(String file, String text) {
    try {
      Files.writeString(folder.resolve(file), text);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Removes the group as soon as its processes have ended. */
  @Override
  public void close() {
    Eventually.within(
        Duration.ofSeconds(20),
        () -> {
          try {
            return Files.deleteIfExists(folder);
          } catch (IOException busy) {
            return false;
          }
        },
        () -> folder + " is in use");
  }
}
