package dev.rig.credentials.testing.daemon;

import dev.rig.credentials.testing.machine.PrivateFile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The built {@code docker-credential-rig}, alone in a folder that a client can have on its PATH.
 *
 * @param folder the folder with the program, and with its other names
 * @param socket the daemon's
 */
public record NativeClient(Path folder, Path socket) {
  private static final String NAME = "docker-credential-rig";

  /** Puts the program into the folder. */
  public NativeClient {
    link(PrivateFile.folder(folder).resolve(NAME));
  }

  /** Requests a credential. */
  public ProgramResult get(String key) {
    return ask("get", key);
  }

  /** Calls the program with an action and a standard input. */
  public ProgramResult ask(String action, String stdin) {
    return command(action).reading(stdin).run();
  }

  /** Calls the program by the name for an alias. */
  public ProgramResult askAs(String alias, String action, String stdin) {
    var program = folder.resolve(NAME + "-" + alias);
    link(program);
    return withSocket(Command.of(program, action)).reading(stdin).run();
  }

  /** Returns a call of the program, not run yet. */
  public Command command(String action) {
    return withSocket(Command.of(folder.resolve(NAME), action));
  }

  /** Returns another program's command that finds the client, with the daemon's socket. */
  public Command usedBy(Command command) {
    return withSocket(command.withFirstOnPath(folder));
  }

  /** Returns the exact answer to {@code get}. */
  public static String answer(String key, String username, String secret) {
    return "{\"ServerURL\":\"%s\",\"Username\":\"%s\",\"Secret\":\"%s\"}\n"
        .formatted(key, username, secret);
  }

  /** Removes the program and its other names, which are links to outside the test's folder. */
  void remove() throws IOException {
    try (var names = Files.newDirectoryStream(folder)) {
      for (var name : names) {
        Files.delete(name);
      }
    }
  }

  private Command withSocket(Command command) {
    return command.with("RIG_CREDENTIALS_SOCKET", socket);
  }

  private static void link(Path name) {
    try {
      if (!Files.isSymbolicLink(name)) {
        Files.createSymbolicLink(name, Distribution.client());
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
