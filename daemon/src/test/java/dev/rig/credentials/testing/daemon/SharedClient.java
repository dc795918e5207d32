package dev.rig.credentials.testing.daemon;

import dev.rig.testing.Requirement;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;

/**
 * A copy of the built {@code docker-credential-rig} that every user can run, and a socket that
 * every user can reach. Only for the native program: the one for a JVM consists of several files.
 *
 * @param folder the folder with the program
 * @param socket the daemon's
 */
public record SharedClient(Path folder, Path socket) {
  private static final String NAME = "docker-credential-rig";
  private static final String KUBELETS_NAME = "rig-credential-provider";

  /**
   * Puts a copy of the program into a folder.
   *
   * @param above the folders above it and the socket that others must be able to enter
   */
  public static SharedClient of(Path folder, Path socket, Path... above) {
    try {
      Files.createDirectories(folder);
      var built = Distribution.client();
      Requirement.need(
          Files.size(built) > 100_000,
          "docker-credential-rig was built without a C compiler",
          "apt install gcc libc6-dev musl-tools, and build again");
      var executable = PosixFilePermissions.fromString("rwxr-xr-x");
      for (var name : new String[] {NAME, KUBELETS_NAME}) {
        Files.setPosixFilePermissions(Files.copy(built, folder.resolve(name)), executable);
      }
      Files.setPosixFilePermissions(folder, executable);
      for (var one : above) {
        Files.setPosixFilePermissions(one, PosixFilePermissions.fromString("rwx--x--x"));
      }
      return new SharedClient(folder, socket);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Returns a call of the program, not run yet. */
  public Command command(String action, String stdin) {
    return Command.of(folder.resolve(NAME), action)
        .with("RIG_CREDENTIALS_SOCKET", socket)
        .reading(stdin);
  }

  /** Returns a call as the kubelet makes it. */
  public Command kubelet(String request) {
    return Command.of(folder.resolve(KUBELETS_NAME))
        .with("RIG_CREDENTIALS_SOCKET", socket)
        .reading(request);
  }

  /** Calls the program as a user in no group except its own. */
  public ProgramResult as(int uid, String action, String stdin) {
    return command(action, stdin).as(uid).run();
  }

  /** Returns another program's command that finds the client, with the daemon's socket. */
  public Command usedBy(Command command) {
    return command.withFirstOnPath(folder).with("RIG_CREDENTIALS_SOCKET", socket);
  }

  /** Returns the payload of {@code store}. */
  public static String login(String server, String username, String secret) {
    return "{\"ServerURL\":\"%s\",\"Username\":\"%s\",\"Secret\":\"%s\"}\n"
        .formatted(server, username, secret);
  }
}
