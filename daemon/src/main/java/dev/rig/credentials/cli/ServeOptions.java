package dev.rig.credentials.cli;

import static dev.rig.credentials.config.DaemonSettings.ADMIN;
import static dev.rig.credentials.config.DaemonSettings.LOG_AUDIT;
import static dev.rig.credentials.config.DaemonSettings.LOG_FORMAT;
import static dev.rig.credentials.config.DaemonSettings.LOG_LEVEL;
import static dev.rig.credentials.config.DaemonSettings.PLATFORM_SOCKET;
import static dev.rig.credentials.config.DaemonSettings.PREFETCH_SPREAD;
import static dev.rig.credentials.config.DaemonSettings.SEALING_KEY_FILE;
import static dev.rig.credentials.config.DaemonSettings.SHELL;
import static dev.rig.credentials.config.DaemonSettings.SOCKET;
import static dev.rig.credentials.config.DaemonSettings.SOCKET_GROUP;
import static dev.rig.credentials.config.DaemonSettings.SOCKET_MODE;
import static dev.rig.credentials.config.DaemonSettings.STATE_DIR;
import static dev.rig.credentials.config.DaemonSettings.UNSET;
import static dev.rig.credentials.config.DaemonSettings.WARM_RESTART;

import dev.rig.credentials.cli.output.CommandException;
import dev.rig.credentials.cli.output.ExitStatus;
import dev.rig.credentials.config.AdminAddress;
import dev.rig.credentials.config.DaemonSettings;
import dev.rig.credentials.config.InvalidSettingException;
import dev.rig.credentials.config.LogFormat;
import dev.rig.credentials.config.LogLevel;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The flags of {@code serve}. Each is also a key of {@code daemon} in the configuration. */
final class ServeOptions {
  @Option(
      names = "--socket",
      paramLabel = "PATH",
      description = "The socket of the credential helpers; also RIG_CREDENTIALS_SOCKET.")
  private @Nullable Path socket;

  @Option(
      names = "--socket-mode",
      paramLabel = "MODE",
      description =
          "The socket's permissions in octal. Default: 0600, or 0660 with --socket-group.")
  private @Nullable String socketMode;

  @Option(
      names = "--socket-group",
      paramLabel = "GROUP",
      description = "The group that may connect, by name or number.")
  private @Nullable String socketGroup;

  @Option(
      names = "--platform-socket",
      paramLabel = "PATH",
      description = "The socket of the platform's API. Default: next to the first socket.")
  private @Nullable Path platformSocket;

  @Option(
      names = "--admin",
      paramLabel = "HOST:PORT",
      description =
          "The address of health, metrics and the status page; \"off\" for none. Default:"
              + " 127.0.0.1:9465.")
  private @Nullable String admin;

  @Option(
      names = "--state-dir",
      paramLabel = "DIR",
      description = "The folder for data that survives a restart.")
  private @Nullable Path stateDir;

  @Option(
      names = "--no-warm-restart",
      arity = "0",
      description = "Do not save leases for the next start, and remove saved ones.")
  private boolean noWarmRestart;

  @Option(
      names = "--sealing-key-file",
      paramLabel = "FILE",
      description = {
        "A file with a key of at least 32 bytes that seals leases and logins. Default: systemd's"
            + " credential rig-credentials.key, or a generated key in the state folder."
      })
  private @Nullable Path sealingKeyFile;

  @Option(
      names = "--prefetch-spread",
      paramLabel = "DURATION",
      description = {
        "Run scripts without a request so far at a random time within this duration after a"
            + " start or a reload, for example 1h. Default: immediately. Use it for many daemons"
            + " that start together."
      })
  private @Nullable String prefetchSpread;

  @Option(
      names = "--shell",
      paramLabel = "PATH",
      description = {
        "The shell that runs scripts without a #! line, as an absolute path. Default: /bin/sh if"
            + " its echo prints backslashes literally, otherwise bash, otherwise /bin/sh with a"
            + " literal echo."
      })
  private @Nullable String shell;

  @Option(
      names = "--log-level",
      paramLabel = "LEVEL",
      description = "error, warn, info, debug or trace. Default: info.")
  private @Nullable LogLevel logLevel;

  @Option(
      names = "--log-format",
      paramLabel = "FORMAT",
      description = "text or json. Default: text. The log goes to stderr.")
  private @Nullable LogFormat logFormat;

  @Option(
      names = "--no-audit",
      arity = "0",
      description = "Log only denied requests, not answered ones.")
  private boolean noAudit;

  /**
   * Returns the flags that were given.
   *
   * @throws CommandException if one of them is invalid
   */
  DaemonSettings settings() {
    return UNSET
        .with(SOCKET, socket)
        .with(SOCKET_MODE, read("--socket-mode", socketMode, DaemonSettings::parseSocketMode))
        .with(SOCKET_GROUP, socketGroup)
        .with(PLATFORM_SOCKET, platformSocket)
        .with(ADMIN, read("--admin", admin, AdminAddress::parse))
        .with(STATE_DIR, stateDir)
        .with(WARM_RESTART, noWarmRestart ? false : null)
        .with(SEALING_KEY_FILE, sealingKeyFile)
        .with(
            PREFETCH_SPREAD,
            read("--prefetch-spread", prefetchSpread, DaemonSettings::parsePrefetchSpread))
        .with(LOG_LEVEL, logLevel)
        .with(LOG_FORMAT, logFormat)
        .with(LOG_AUDIT, noAudit ? false : null)
        .with(SHELL, read("--shell", shell, DaemonSettings::parseShell));
  }

  private interface Parser<T> {
    T parse(String text) throws InvalidSettingException;
  }

  private static <T> @Nullable T read(String flag, @Nullable String text, Parser<T> parser) {
    try {
      return text == null ? null : parser.parse(text);
    } catch (InvalidSettingException e) {
      var hint = e.hint() == null ? "" : " (" + e.hint() + ")";
      throw new CommandException(ExitStatus.USAGE, flag + ": " + e.reason() + hint);
    }
  }
}
