package dev.rig.credentials.config;

import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The daemon's own settings, without defaults, which are in the code that uses them. Flags override
 * them.
 *
 * @param values the settings that are set; each value has the type of its setting
 */
public record DaemonSettings(Map<Setting<?>, Object> values) {
  /**
   * One setting.
   *
   * @param name the name in the log
   */
  @SuppressWarnings("UnusedTypeParameter") // binds the value's type to the setting
  public record Setting<T>(String name) {}

  /** The socket of the credential helpers. */
  public static final Setting<Path> SOCKET = new Setting<>("socket");

  /** The permission bits of that socket, 0 to 0777. */
  public static final Setting<Integer> SOCKET_MODE = new Setting<>("socketMode");

  /** The name or number of that socket's group. */
  public static final Setting<String> SOCKET_GROUP = new Setting<>("socketGroup");

  /** The platform's socket. */
  public static final Setting<Path> PLATFORM_SOCKET = new Setting<>("platformSocket");

  /** The address of the admin port. */
  public static final Setting<AdminAddress> ADMIN = new Setting<>("admin");

  /** The folder for data that survives a restart. */
  public static final Setting<Path> STATE_DIR = new Setting<>("stateDir");

  /** Whether leases are saved in the state folder, sealed, for the next start. */
  public static final Setting<Boolean> WARM_RESTART = new Setting<>("warmRestart");

  /** The file with the key that seals state files. */
  public static final Setting<Path> SEALING_KEY_FILE = new Setting<>("sealingKeyFile");

  /** The time over which prefetches after a start are spread. */
  public static final Setting<Duration> PREFETCH_SPREAD = new Setting<>("prefetchSpread");

  public static final Setting<LogLevel> LOG_LEVEL = new Setting<>("logLevel");

  public static final Setting<LogFormat> LOG_FORMAT = new Setting<>("logFormat");

  /** Whether permitted requests are logged too. */
  public static final Setting<Boolean> LOG_AUDIT = new Setting<>("logAudit");

  /** The access rules; an empty list denies everything. */
  public static final Setting<List<ConfiguredAccessRule>> ACCESS = new Setting<>("access");

  /** The trust settings of the registry client; replaced as a whole. */
  public static final Setting<RegistryClientSettings> REGISTRY_CLIENT =
      new Setting<>("registryClient");

  /** The shell of scripts without an interpreter; an absolute path. */
  public static final Setting<Path> SHELL = new Setting<>("shell");

  /** No setting is set. */
  public static final DaemonSettings UNSET = new DaemonSettings(Map.of());

  private static final Duration LONGEST_SPREAD = Duration.ofDays(1);

  public DaemonSettings {
    values = Map.copyOf(values);
  }

  /** Returns the value of a setting; null if it is not set. */
  @SuppressWarnings("unchecked") // with() accepts only a value of the setting's type
  public <T> @Nullable T get(Setting<T> setting) {
    return (T) values.get(setting);
  }

  /**
   * Returns a copy with one more setting.
   *
   * @param value null leaves the setting unchanged
   */
  public <T> DaemonSettings with(Setting<T> setting, @Nullable T value) {
    return value == null ? this : overriddenBy(new DaemonSettings(Map.of(setting, value)));
  }

  /**
   * Returns a copy in which the settings of {@code later} replace those of this; lists are replaced
   * as a whole.
   */
  public DaemonSettings overriddenBy(DaemonSettings later) {
    var merged = new HashMap<>(values);
    merged.putAll(later.values);
    return new DaemonSettings(merged);
  }

  /** Returns the names of the settings that differ from the earlier ones, sorted. */
  public List<String> changedFrom(DaemonSettings earlier) {
    return Stream.of(this, earlier)
        .flatMap(settings -> settings.values.keySet().stream())
        .filter(setting -> !Objects.equals(values.get(setting), earlier.values.get(setting)))
        .map(Setting::name)
        .distinct()
        .sorted()
        .toList();
  }

  /**
   * Parses {@link #PREFETCH_SPREAD}.
   *
   * @param text a Go duration
   * @return from zero to one day
   * @throws InvalidSettingException if the text is invalid
   */
  public static Duration parsePrefetchSpread(String text) throws InvalidSettingException {
    var spread = GoDuration.parse(text);
    if (spread.isNegative() || spread.compareTo(LONGEST_SPREAD) > 0) {
      throw new InvalidSettingException("not a time from 0s to 24h", null);
    }
    return spread;
  }

  /**
   * Parses {@link #SHELL}.
   *
   * @param text a path
   * @return an absolute path, which need not exist
   * @throws InvalidSettingException if the text is invalid
   */
  public static Path parseShell(String text) throws InvalidSettingException {
    if (!text.startsWith("/") || text.indexOf('\0') >= 0) {
      throw new InvalidSettingException(
          "the shell is not an absolute path", "write it like /bin/bash, without arguments");
    }
    return Path.of(text);
  }

  /**
   * Parses the permissions of a socket.
   *
   * @param text three octal digits, optionally after {@code 0} or {@code 0o}
   * @return 0 to 0777
   * @throws InvalidSettingException if the text is invalid
   */
  public static int parseSocketMode(String text) throws InvalidSettingException {
    var digits =
        text.startsWith("0o")
            ? text.substring(2)
            : text.length() == 4 && text.startsWith("0") ? text.substring(1) : text;
    if (digits.length() != 3 || !digits.chars().allMatch(c -> c >= '0' && c <= '7')) {
      throw new InvalidSettingException("not permissions in octal", "write it like \"0660\"");
    }
    return Integer.parseInt(digits, 8);
  }
}
