package dev.rig.credentials.testing.registry;

import dev.rig.credentials.testing.Eventually;
import dev.rig.credentials.testing.Tool;
import dev.rig.credentials.testing.daemon.Command;
import dev.rig.credentials.testing.daemon.HttpOverUnix;
import dev.rig.credentials.testing.machine.PrivateFile;
import dev.rig.credentials.testing.machine.Reaper;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** podman's API of a Docker Engine, with a separate storage. */
public final class PodmanService {
  private static final Duration START = Duration.ofSeconds(30);

  private final Path folder;
  private final Path registries;

  private PodmanService(Path folder, String insecure) {
    this.folder = PrivateFile.folder(folder);
    registries =
        PrivateFile.write(
            folder.resolve("registries.conf"),
            "[[registry]]\nlocation = \"%s\"\ninsecure = true\n".formatted(insecure));
  }

  /**
   * Starts the service with its socket at podman's usual path below a user's runtime folder.
   *
   * @param folder its path must be short enough for a socket in it
   * @param insecure the host that it may contact without TLS
   */
  public static PodmanService start(Reaper reaper, Path folder, String insecure) {
    Tool.needRoot("podman's storage");
    var podman = new PodmanService(folder, insecure);
    PrivateFile.folder(podman.socket().getParent());
    var running =
        reaper.own(
            podman.podman("system", "service", "--time=0", "unix://" + podman.socket()).start());
    Eventually.within(START, () -> HttpOverUnix.accepts(podman.socket()), running::stderr);
    return podman;
  }

  private Path socket() {
    return runtime().resolve("podman/podman.sock");
  }

  /** Returns the user's runtime folder: an {@code XDG_RUNTIME_DIR}. */
  public Path runtime() {
    return folder.resolve("r");
  }

  /** Returns a command line on the same storage. */
  public Command podman(Object... arguments) {
    var words =
        new ArrayList<Object>(
            List.of(
                Tool.PODMAN.path(),
                "--root=" + folder.resolve("root"),
                "--runroot=" + folder.resolve("run"),
                "--tmpdir=" + folder.resolve("tmp"),
                "--storage-driver=vfs",
                "--cgroup-manager=cgroupfs"));
    words.addAll(List.of(arguments));
    return Command.of(words.toArray())
        .with("HOME", folder)
        .with("XDG_RUNTIME_DIR", runtime())
        .with("CONTAINERS_REGISTRIES_CONF", registries);
  }
}
