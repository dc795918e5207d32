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
 * A Docker Engine of its own, beside any that the machine has: it makes no network and no firewall
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
   * The same with a storage driver: {@code overlay2} builds large images in a fraction of the time,
   * where the kernel and the folder's file system have it.
   */
  public static DockerEngine start(Reaper reaper, Path folder, String storageDriver) {
    return start(reaper, folder, storageDriver, UnaryOperator.identity());
  }

  /** The same on another machine. */
  public static DockerEngine start(
      Reaper reaper, Path folder, String storageDriver, UnaryOperator<Command> place) {
    return start(reaper, folder, storageDriver, place, "--bridge=none");
  }

  /** An engine on another machine with the network that an engine usually has. */
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
    // Where mounts are private, it mounts this folder on itself, and can leave the mount behind.
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

  /** Its address: a {@code DOCKER_HOST}. */
  public String host() {
    return "unix://" + socket;
  }

  /** A {@code docker} command line on this engine, with a configuration folder of its own. */
  public Command docker(Path config, Object... arguments) {
    var words = new Object[arguments.length + 1];
    words[0] = Tool.DOCKER.path();
    System.arraycopy(arguments, 0, words, 1, arguments.length);
    return Command.of(words).with("DOCKER_HOST", "unix://" + socket).with("DOCKER_CONFIG", config);
  }
}
