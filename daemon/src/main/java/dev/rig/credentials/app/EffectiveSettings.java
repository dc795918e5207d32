package dev.rig.credentials.app;

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
import static dev.rig.credentials.config.DaemonSettings.WARM_RESTART;

import dev.rig.credentials.config.AdminAddress;
import dev.rig.credentials.config.DaemonSettings;
import dev.rig.credentials.config.LogFormat;
import dev.rig.credentials.config.LogLevel;
import dev.rig.credentials.source.process.Shell;
import dev.rig.credentials.wire.SocketPath;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The daemon's settings with every default filled in.
 *
 * @param socket absolute
 * @param socketMode permission bits
 * @param socketGroup null for the process's own group
 * @param stateDir the folder for what outlives a restart
 * @param platformSocket absolute; null for the default next to {@code socket}
 * @param admin the address of the admin port
 * @param adminConfigured whether the admin port is configured explicitly
 * @param warmRestart whether leases are saved in {@code stateDir} for the next start
 * @param audit whether all answered requests are logged; otherwise only denied ones
 * @param sealingKeyFile the key that seals state files; null for systemd's credential or a
 *     generated key
 * @param prefetchSpread the time over which prefetches after a start are spread; zero for no delay
 * @param shell runs scripts that name no interpreter
 */
public record EffectiveSettings(
    Path socket,
    int socketMode,
    @Nullable String socketGroup,
    Path stateDir,
    @Nullable Path platformSocket,
    AdminAddress admin,
    boolean adminConfigured,
    boolean warmRestart,
    @Nullable Path sealingKeyFile,
    Duration prefetchSpread,
    LogLevel logLevel,
    LogFormat logFormat,
    boolean audit,
    Shell shell) {
  private static final int OWNER_ONLY = 0600;
  private static final int OWNER_AND_GROUP = 0660;
  private static final AdminAddress DEFAULT_ADMIN = new AdminAddress.Tcp("127.0.0.1", 9465);

  /**
   * Resolves the settings: flags take precedence over the environment, the environment over the
   * configuration, the configuration over the defaults.
   *
   * @param root whether this process runs as root
   */
  public static EffectiveSettings resolve(
      DaemonSettings configured,
      DaemonSettings flags,
      Map<String, String> environment,
      boolean root) {
    var settings = configured.overriddenBy(flags);
    var named = environment.getOrDefault(SocketPath.VARIABLE, "");
    boolean configuredWins = flags.get(SOCKET) != null || named.isEmpty();
    var socket = configuredWins ? settings.get(SOCKET) : null;
    var platformSocket = settings.get(PLATFORM_SOCKET);
    var admin = settings.get(ADMIN);
    var group = settings.get(SOCKET_GROUP);
    var shell = settings.get(SHELL);
    return new EffectiveSettings(
        absolute(
            socket != null
                ? socket
                : Path.of(
                    SocketPath.ofDaemon(
                        environment::get, path -> Files.exists(Path.of(path)), root))),
        or(settings.get(SOCKET_MODE), group != null ? OWNER_AND_GROUP : OWNER_ONLY),
        group,
        or(settings.get(STATE_DIR), stateDir(environment, root)),
        platformSocket == null ? null : absolute(platformSocket),
        or(admin, DEFAULT_ADMIN),
        admin != null,
        or(settings.get(WARM_RESTART), true),
        settings.get(SEALING_KEY_FILE),
        or(settings.get(PREFETCH_SPREAD), Duration.ZERO),
        or(settings.get(LOG_LEVEL), LogLevel.INFO),
        or(settings.get(LOG_FORMAT), LogFormat.TEXT),
        or(settings.get(LOG_AUDIT), true),
        shell == null ? Shell.ofThisMachine() : Shell.of(shell));
  }

  private static <T> T or(@Nullable T set, T otherwise) {
    return set == null ? otherwise : set;
  }

  private static Path absolute(Path path) {
    return path.toAbsolutePath().normalize();
  }

  /**
   * Returns the state folder: {@code StateDirectory} of systemd.exec(5) for the system, the XDG
   * base directories for a user.
   */
  private static Path stateDir(Map<String, String> environment, boolean root) {
    if (root) {
      return Path.of("/var/lib/rig-credentials");
    }
    var state = environment.getOrDefault("XDG_STATE_HOME", "");
    if (!state.isEmpty()) {
      return Path.of(state, "rig-credentials");
    }
    return Path.of(environment.getOrDefault("HOME", "/"), ".local", "state", "rig-credentials");
  }
}
