package dev.rig.credentials.testing.daemon;

import dev.rig.credentials.testing.machine.PrivateFile;
import dev.rig.credentials.testing.machine.Reaper;
import dev.rig.credentials.testing.registry.DockerEngine;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * The development commands, as called by a user who has started no daemon. Everything that they
 * start is ended.
 */
public final class DevCommands {
  private final Path folder;
  private final Map<String, String> environment;

  /**
   * Creates a user of an engine.
   *
   * @param folder its path must be short enough for a socket in it
   */
  public DevCommands(Reaper reaper, Path folder, DockerEngine engine) {
    this(reaper, folder, Map.of("DOCKER_HOST", engine.host()));
  }

  /** Creates a user with these variables. */
  public DevCommands(Reaper reaper, Path folder, Map<String, String> environment) {
    this.folder = PrivateFile.folder(folder);
    this.environment = environment;
    PrivateFile.folder(socket().getParent());
    PrivateFile.folder(folder.resolve("tmp"));
    // It contains no cluster of this machine's configuration.
    PrivateFile.write(config(), "rig: {}\n");
    reaper.<AutoCloseable>own(this::endDaemon);
    reaper.<AutoCloseable>own(() -> run("dev", "down"));
  }

  /** Returns the configuration that {@code deploy} reads. */
  public Path config() {
    return folder.resolve("values.yaml");
  }

  public Path socket() {
    return folder.resolve("run").resolve("credentials.sock");
  }

  public Path stateFolder() {
    return folder.resolve("state");
  }

  /** Returns the built client, with the socket of the started daemon. */
  public NativeClient client() {
    return new NativeClient(folder.resolve("bin"), socket());
  }

  /** Returns a command of {@code rig-credentials} with that state folder. */
  public Command command(Object... arguments) {
    var words = new ArrayList<Object>(List.of(Distribution.daemon()));
    words.addAll(List.of(arguments));
    words.addAll(List.of("--state-dir", stateFolder()));
    var command =
        Command.of(words.toArray()).with("HOME", folder).with("RIG_CREDENTIALS_SOCKET", socket());
    for (var variable : environment.entrySet()) {
      command = command.with(variable.getKey(), variable.getValue());
    }
    return command;
  }

  /** Runs the command. */
  public ProgramResult run(Object... arguments) {
    return command(arguments).run();
  }

  private void endDaemon() {
    var state = stateFolder().toString();
    var daemons =
        ProcessHandle.allProcesses()
            .filter(process ->
                process
                    .info()
                    .arguments()
                    .map(arguments ->
                        List.of(arguments).contains("serve") && List.of(arguments).contains(state))
                    .orElse(false))
            .toList();
    daemons.forEach(ProcessHandle::destroy);
    daemons.forEach(daemon -> daemon.onExit().join());
  }
}
