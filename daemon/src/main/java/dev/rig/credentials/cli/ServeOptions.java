package dev.rig.credentials.cli;

import dev.rig.credentials.config.DaemonSettings;
import dev.rig.credentials.config.InvalidSettingException;
import dev.rig.credentials.config.LogFormat;
import dev.rig.credentials.config.LogLevel;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The flags of {@code serve}: each is also a setting below {@code daemon} in the configuration. */
final class ServeOptions {
  @Option(
      names = "--socket",
      paramLabel = "PATH",
      description = "The socket that the helpers ask; also RIG_CREDENTIALS_SOCKET.")
  private @Nullable Path socket;

  @Option(
      names = "--socket-mode",
      paramLabel = "MODE",
      description = "Its permissions in octal: 0600, or 0660 where a group is given.")
  private @Nullable String socketMode;

  @Option(
      names = "--socket-group",
      paramLabel = "GROUP",
      description = "The group, by name or number, that may connect.")
  private @Nullable String socketGroup;

  @Option(
      names = "--state-dir",
      paramLabel = "DIR",
      description = "The folder for what outlives a restart.")
  private @Nullable Path stateDir;

  @Option(
      names = "--log-level",
      paramLabel = "LEVEL",
      description = "One of ${COMPLETION-CANDIDATES}; info when unset.")
  private @Nullable LogLevel logLevel;

  @Option(
      names = "--log-format",
      paramLabel = "FORMAT",
      description = "One of ${COMPLETION-CANDIDATES}; text when unset. The log goes to stderr.")
  private @Nullable LogFormat logFormat;

  /** The flags that were given. */
  DaemonSettings settings() {
    return new DaemonSettings(
        socket, mode(), socketGroup, null, null, stateDir, logLevel, logFormat, null);
  }

  private @Nullable Integer mode() {
    if (socketMode == null) {
      return null;
    }
    try {
      return DaemonSettings.parseSocketMode(socketMode);
    } catch (InvalidSettingException e) {
      throw new CommandException(ExitStatus.USAGE, "--socket-mode: " + e.reason());
    }
  }
}
