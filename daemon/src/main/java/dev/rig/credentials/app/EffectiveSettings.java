package dev.rig.credentials.app;

import dev.rig.credentials.config.AdminAddress;
import dev.rig.credentials.config.DaemonSettings;
import dev.rig.credentials.config.LogFormat;
import dev.rig.credentials.config.LogLevel;
import dev.rig.credentials.wire.SocketPath;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The daemon's settings with every default filled in.
 *
 * @param socket absolute
 * @param socketMode permission bits
 * @param socketGroup null leaves the process's own
 * @param stateDir the folder for what outlives a restart
 * @param platformSocket absolute; null for the one beside the first
 * @param admin where the admin port listens
 * @param adminConfigured whether that was asked for, and is not the default
 * @param warmRestart whether leases are kept there for the next start
 * @param audit whether every request that was answered is logged, and not only the denied ones
 * @param sealingKeyFile the key that they are sealed with; null for systemd's or a generated one
 * @param prefetchSpread within which time what nobody has asked for yet is fetched ahead; zero for
 *     at once
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
    boolean audit) {
  private static final int OWNER_ONLY = 0600;
  private static final int OWNER_AND_GROUP = 0660;
  private static final AdminAddress DEFAULT_ADMIN = new AdminAddress.Tcp("127.0.0.1", 9465);

  /**
   * Flags come first, then the environment, then the configuration, then the defaults.
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
    boolean configuredWins = flags.socket() != null || named.isEmpty();
    var socket =
        configuredWins && settings.socket() != null
            ? settings.socket()
            : Path.of(SocketPath.ofDaemon(environment::get, EffectiveSettings::exists, root));
    var group = settings.socketGroup();
    var mode = settings.socketMode();
    return new EffectiveSettings(
        socket.toAbsolutePath().normalize(),
        mode != null ? mode : group != null ? OWNER_AND_GROUP : OWNER_ONLY,
        group,
        Objects.requireNonNullElseGet(settings.stateDir(), () -> stateDir(environment, root)),
        settings.platformSocket() == null
            ? null
            : settings.platformSocket().toAbsolutePath().normalize(),
        Objects.requireNonNullElse(settings.admin(), DEFAULT_ADMIN),
        settings.admin() != null,
        !Boolean.FALSE.equals(settings.warmRestart()),
        settings.sealingKeyFile(),
        Objects.requireNonNullElse(settings.prefetchSpread(), Duration.ZERO),
        Objects.requireNonNullElse(settings.logLevel(), LogLevel.INFO),
        Objects.requireNonNullElse(settings.logFormat(), LogFormat.TEXT),
        !Boolean.FALSE.equals(settings.logAudit()));
  }

  private static boolean exists(String path) {
    return Files.exists(Path.of(path));
  }

  /**
   * {@code StateDirectory} of systemd.exec(5) for the system, the XDG base directories for a user.
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
