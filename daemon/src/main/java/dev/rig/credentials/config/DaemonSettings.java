package dev.rig.credentials.config;

import java.lang.reflect.RecordComponent;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The daemon's own settings. Null is unset: who asks knows the default, and flags come on top.
 *
 * @param socket the socket of the credential helpers
 * @param socketMode its permission bits, 0 to 0777
 * @param socketGroup the name or number of its group
 * @param platformSocket the platform's socket
 * @param admin where the admin port listens
 * @param stateDir the folder for what outlives a restart
 * @param warmRestart whether leases are kept there, sealed, for the next start
 * @param sealingKeyFile the key that they are sealed with
 * @param prefetchSpread within which time what nobody has asked for yet is fetched ahead
 * @param logAudit whether requests that were not denied are logged too
 * @param access the access rules; an empty list is set, and lets nobody in
 * @param registryClient what registries are trusted with; replaced whole
 */
public record DaemonSettings(
    @Nullable Path socket,
    @Nullable Integer socketMode,
    @Nullable String socketGroup,
    @Nullable Path platformSocket,
    @Nullable AdminAddress admin,
    @Nullable Path stateDir,
    @Nullable Boolean warmRestart,
    @Nullable Path sealingKeyFile,
    @Nullable Duration prefetchSpread,
    @Nullable LogLevel logLevel,
    @Nullable LogFormat logFormat,
    @Nullable Boolean logAudit,
    @Nullable List<ConfiguredAccessRule> access,
    @Nullable RegistryClientSettings registryClient) {
  private static final Duration LONGEST_SPREAD = Duration.ofDays(1);

  /** Nothing is set. */
  public static final DaemonSettings UNSET =
      new DaemonSettings(
          null, null, null, null, null, null, null, null, null, null, null, null, null);

  /** Settings without those that no flag can give. */
  public DaemonSettings(
      @Nullable Path socket,
      @Nullable Integer socketMode,
      @Nullable String socketGroup,
      @Nullable Path platformSocket,
      @Nullable AdminAddress admin,
      @Nullable Path stateDir,
      @Nullable Boolean warmRestart,
      @Nullable Path sealingKeyFile,
      @Nullable Duration prefetchSpread,
      @Nullable LogLevel logLevel,
      @Nullable LogFormat logFormat,
      @Nullable Boolean logAudit,
      @Nullable List<ConfiguredAccessRule> access) {
    this(
        socket,
        socketMode,
        socketGroup,
        platformSocket,
        admin,
        stateDir,
        warmRestart,
        sealingKeyFile,
        prefetchSpread,
        logLevel,
        logFormat,
        logAudit,
        access,
        null);
  }

  public DaemonSettings {
    access = access == null ? null : List.copyOf(access);
  }

  /** These with every setting replaced that the later ones set; a list is replaced whole. */
  public DaemonSettings overriddenBy(DaemonSettings later) {
    return new DaemonSettings(
        Layers.last(socket, later.socket),
        Layers.last(socketMode, later.socketMode),
        Layers.last(socketGroup, later.socketGroup),
        Layers.last(platformSocket, later.platformSocket),
        Layers.last(admin, later.admin),
        Layers.last(stateDir, later.stateDir),
        Layers.last(warmRestart, later.warmRestart),
        Layers.last(sealingKeyFile, later.sealingKeyFile),
        Layers.last(prefetchSpread, later.prefetchSpread),
        Layers.last(logLevel, later.logLevel),
        Layers.last(logFormat, later.logFormat),
        Layers.last(logAudit, later.logAudit),
        Layers.last(access, later.access),
        Layers.last(registryClient, later.registryClient));
  }

  /** The names of the settings that are others here than there, in their order. */
  public List<String> changedFrom(DaemonSettings earlier) {
    return Stream.of(DaemonSettings.class.getRecordComponents())
        .filter(setting -> !Objects.equals(value(setting, this), value(setting, earlier)))
        .map(RecordComponent::getName)
        .toList();
  }

  private static @Nullable Object value(RecordComponent setting, DaemonSettings settings) {
    try {
      return setting.getAccessor().invoke(settings);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("a record's accessors are there and do not fail", e);
    }
  }

  /**
   * Reads {@link #prefetchSpread}.
   *
   * @param text a Go duration
   * @return zero to a day
   * @throws InvalidSettingException when it is something else
   */
  public static Duration parsePrefetchSpread(String text) throws InvalidSettingException {
    var spread = GoDuration.parse(text);
    if (spread.isNegative() || spread.compareTo(LONGEST_SPREAD) > 0) {
      throw new InvalidSettingException("not a time from 0s to 24h", null);
    }
    return spread;
  }

  /**
   * Reads the permissions of a socket.
   *
   * @param text three octal digits, perhaps after {@code 0} or {@code 0o}
   * @return 0 to 0777
   * @throws InvalidSettingException when it is something else
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
