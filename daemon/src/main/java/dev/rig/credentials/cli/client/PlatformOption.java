package dev.rig.credentials.cli.client;

import dev.rig.credentials.cli.output.Console;
import dev.rig.credentials.time.SystemScheduler;
import dev.rig.credentials.wire.SocketPath;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The option for the platform's socket. */
public final class PlatformOption {
  private static final String NAME = "platform.sock";

  @Option(
      names = "--platform-socket",
      paramLabel = "PATH",
      description =
          "The socket of the daemon's platform API. Default: platform.sock next to the helper's"
              + " socket.")
  private @Nullable Path socket;

  public PlatformClient client(Console console) {
    @SuppressWarnings("resource") // its thread ends with the program
    var time = new SystemScheduler().time();
    if (socket != null) {
      return new PlatformClient(socket, time);
    }
    var asked = SocketPath.ofClient(console::variable, path -> Files.exists(Path.of(path)));
    return new PlatformClient(Path.of(asked).resolveSibling(NAME), time);
  }
}
