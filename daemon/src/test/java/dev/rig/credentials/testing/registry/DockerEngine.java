package dev.rig.credentials.testing.registry;

import dev.rig.credentials.testing.Eventually;
import dev.rig.credentials.testing.Tool;
import dev.rig.credentials.testing.daemon.Command;
import dev.rig.credentials.testing.daemon.HttpOverUnix;
import dev.rig.credentials.testing.machine.OtherMachine;
import dev.rig.credentials.testing.machine.PrivateFile;
import dev.rig.credentials.testing.machine.Reaper;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.function.UnaryOperator;

/**
 * A separate Docker Engine, in addition to the machine's: it creates no network and no firewall
 * rule, and needs neither overlayfs nor systemd.
 */
public final class DockerEngine {
  private static final Duration START = Duration.ofSeconds(30);

  private final Path socket;

  private DockerEngine(Path socket) {
    this.socket = socket;
  }

  /** Starts an engine with all its data in that folder, whose path must be short. */
  public static DockerEngine start(Reaper reaper, Path folder) {
    return start(reaper, folder, "vfs");
  }

  /**
   * Starts an engine with a storage driver: {@code overlay2} builds large images in a fraction of
   * the time, if the kernel and the folder's file system support it.
   */
  public static DockerEngine start(Reaper reaper, Path folder, String storageDriver) {
    return start(reaper, folder, storageDriver, UnaryOperator.identity());
  }

  /** Starts an engine on another machine. */
  public static DockerEngine start(
      Reaper reaper, Path folder, String storageDriver, UnaryOperator<Command> place) {
    return start(reaper, folder, storageDriver, place, "--bridge=none");
  }

  /** Starts an engine on another machine with the usual network of engines. */
  public static DockerEngine bridged(Reaper reaper, Path folder, OtherMachine machine) {
    return start(reaper, folder, "vfs", machine::with, "--bip=172.30.99.1/24");
  }

  private static DockerEngine start(
      Reaper reaper,
      Path folder,
      String storageDriver,
      UnaryOperator<Command> place,
      String network) {
    var program = Tool.DOCKERD.path();
    Tool.DOCKER.path();
    Tool.needRoot("a Docker Engine");
    var socket = folder.resolve("docker.sock");
    var config = PrivateFile.write(folder.resolve("daemon.json"), "{}\n");
    var data = folder.resolve("data");
    // If mounts are private, the engine mounts this folder on itself, and may leave the mount.
    reaper.own(() -> Command.of("/bin/umount", "--lazy", data).run());
    var command =
        Command.of(
            program,
            "--host=unix://" + socket,
            "--config-file=" + config,
            "--data-root=" + data,
            "--exec-root=" + folder.resolve("exec"),
            "--pidfile=" + folder.resolve("pid"),
            "--storage-driver=" + storageDriver,
            network,
            "--iptables=false",
            "--ip6tables=false",
            "--ip-masq=false");
    var running = reaper.own(place.apply(command).start());
    Eventually.within(START, () -> answers(socket), () -> "Docker Engine: " + running.stderr());
    return new DockerEngine(socket);
  }

  private static boolean answers(Path socket) {
    var ping = "GET /_ping HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
    try {
      var answer = new String(new HttpOverUnix(socket).exchange(ping), StandardCharsets.UTF_8);
      return answer.startsWith("HTTP/1.1 200 ");
    } catch (UncheckedIOException e) {
      return false; // no socket yet, or no listener
    }
  }

  /** Returns its address: a {@code DOCKER_HOST}. */
  public String host() {
    return "unix://" + socket;
  }

  /**
   * Returns a {@code docker} command line for this engine, with a separate configuration folder.
   */
  public Command docker(Path config, Object... arguments) {
    var words = new Object[arguments.length + 1];
    words[0] = Tool.DOCKER.path();
    System.arraycopy(arguments, 0, words, 1, arguments.length);
    return Command.of(words).with("DOCKER_HOST", "unix://" + socket).with("DOCKER_CONFIG", config);
  }
}
