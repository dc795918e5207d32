package dev.rig.credentials.cli.client;

import dev.rig.credentials.cli.output.Console;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The option for the daemon's socket. */
public final class SocketOption {
  @Option(
      names = "--socket",
      paramLabel = "PATH",
      description = "The daemon's socket. Default: the helper's socket.")
  private @Nullable Path socket;

  public DaemonClient client(Console console) {
    return DaemonClient.at(socket, console);
  }
}
