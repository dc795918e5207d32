package dev.rig.credentials.app;

import dev.rig.credentials.access.AccessControl;
import dev.rig.credentials.app.audit.AnsweredRequest;
import dev.rig.credentials.app.audit.RequestObservers;
import dev.rig.credentials.broker.Broker;
import dev.rig.credentials.broker.RequestOutcome;
import dev.rig.credentials.config.AdminAddress;
import dev.rig.credentials.http.admin.AdminPages;
import dev.rig.credentials.http.admin.AdminPort;
import dev.rig.credentials.http.admin.RecentActivity;
import dev.rig.credentials.http.platform.ImageLookup;
import dev.rig.credentials.http.platform.PlatformSocket;
import dev.rig.credentials.http.platform.PullSecretKeeper;
import dev.rig.credentials.metrics.Metrics;
import dev.rig.credentials.socket.bind.SocketBusyException;
import dev.rig.credentials.socket.bind.SocketOptions;
import dev.rig.credentials.socket.bind.SocketRefusedException;
import dev.rig.credentials.time.Time;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * The platform's socket and the admin port. One that was asked for and cannot be had fails the
 * start; a default one, which another daemon of the same user may have, is done without.
 */
final class HttpListeners implements AutoCloseable {
  private static final Logger LOG = System.getLogger(HttpListeners.class.getName());
  private static final String PLATFORM = "platform";

  private static final Set<RequestOutcome> FAILURES =
      EnumSet.of(RequestOutcome.FAILED, RequestOutcome.DENIED, RequestOutcome.REFUSED);

  private final Broker broker;
  private final ComponentHealthChecks health;
  private final Metrics metrics;
  private final RequestObservers observers;
  private final RecentActivity activity;
  private final Time time;
  private @Nullable PlatformSocket platform;
  private @Nullable AdminPort admin;

  /** Serves nothing yet, and counts what others answer. */
  HttpListeners(
      Broker broker,
      ComponentHealthChecks health,
      Metrics metrics,
      RequestObservers observers,
      Time time) {
    this.broker = broker;
    this.health = health;
    this.metrics = metrics;
    this.observers = observers;
    this.activity = new RecentActivity(time.clock());
    this.time = time;
    observers.add(this::note);
  }

  private void note(AnsweredRequest answered) {
    var outcome = answered.outcome().name().toLowerCase(Locale.ROOT);
    metrics.request(answered.action(), outcome, answered.took());
    if (answered.outcome() == RequestOutcome.DENIED) {
      metrics.denied(answered.action());
    }
    activity.note(
        answered.action(),
        answered.prefix(),
        outcome.replace('_', ' '),
        FAILURES.contains(answered.outcome()),
        answered.peer());
  }

  /**
   * Serves the platform's API.
   *
   * @param beside the socket of the helpers
   */
  void openPlatform(
      EffectiveSettings settings,
      Path beside,
      ImageLookup images,
      UnaryOperator<String> inCluster,
      PullSecretKeeper pullSecrets,
      AccessControl access) {
    var configured = settings.platformSocket();
    var options =
        SocketOptions.at(configured == null ? beside.resolveSibling("platform.sock") : configured)
            .withAccess(settings.socketMode(), settings.socketGroup());
    PlatformSocket opened;
    try {
      opened =
          PlatformSocket.open(
              options,
              broker,
              images,
              inCluster,
              pullSecrets,
              new PlatformAuthorizer(access),
              (prefix, status, took, peer) ->
                  observers.accept(
                      new AnsweredRequest(PLATFORM, prefix, outcome(status), took, peer)),
              time);
    } catch (SocketBusyException | SocketRefusedException e) {
      if (configured != null) {
        throw e;
      }
      LOG.log(
          Level.WARNING,
          "the platform''s API is not served: {0}; choose a path with --platform-socket",
          e.getMessage());
      return;
    }
    platform = opened;
    health.add(opened::health);
  }

  private static RequestOutcome outcome(int status) {
    return switch (status) {
      case 200 -> RequestOutcome.FOUND;
      case 401, 404 -> RequestOutcome.NOT_FOUND;
      case 403 -> RequestOutcome.DENIED;
      case 400, 405, 412, 413, 415 -> RequestOutcome.REFUSED;
      default -> RequestOutcome.FAILED;
    };
  }

  /**
   * Serves probes, metrics and the status page.
   *
   * @throws UncheckedIOException when a port that was asked for cannot be had
   */
  void openAdmin(EffectiveSettings settings, String version) {
    if (!(settings.admin() instanceof AdminAddress.Tcp address)) {
      return;
    }
    try {
      var pages = new AdminPages(version, broker, health, activity, metrics, time);
      var opened =
          AdminPort.open(new InetSocketAddress(address.host(), address.port()), pages, time);
      admin = opened;
      LOG.log(Level.INFO, "health, metrics and status at http:/" + opened.address());
    } catch (IOException e) {
      var reason = "the admin port %s cannot be had: %s".formatted(address, e.getMessage());
      if (settings.adminConfigured()) {
        throw new UncheckedIOException(
            reason + " (choose another with --admin HOST:PORT, or \"off\")", e);
      }
      LOG.log(Level.WARNING, reason + "; serving without it: choose one with --admin");
    }
  }

  /** Makes ready for the first requests; takes a moment. */
  void warmUp() {
    if (platform != null) {
      platform.warmUp();
    }
    if (admin != null) {
      admin.warmUp();
    }
  }

  /** Where the admin port listens; empty where there is none. */
  Optional<InetSocketAddress> admin() {
    return Optional.ofNullable(admin).map(AdminPort::address);
  }

  /** The platform's socket; empty where there is none. */
  Optional<Path> platform() {
    return Optional.ofNullable(platform).map(PlatformSocket::path);
  }

  @Override
  public void close() {
    if (admin != null) {
      admin.close();
    }
    if (platform != null) {
      platform.close();
    }
  }
}
