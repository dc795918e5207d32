package dev.rig.credentials.app;

import dev.rig.credentials.access.AccessControl;
import dev.rig.credentials.config.AdminAddress;
import dev.rig.credentials.http.admin.AdminPages;
import dev.rig.credentials.http.admin.AdminPort;
import dev.rig.credentials.http.admin.RecentActivity;
import dev.rig.credentials.http.platform.ImageLookup;
import dev.rig.credentials.http.platform.PlatformSocket;
import dev.rig.credentials.request.AnsweredRequest;
import dev.rig.credentials.socket.bind.SocketBusyException;
import dev.rig.credentials.socket.bind.SocketOptions;
import dev.rig.credentials.socket.bind.SocketRefusedException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The platform's socket and the admin port. One that was asked for and cannot be had fails the
 * start; a default one, which another daemon of the same user may have, is done without.
 */
final class HttpListeners implements AutoCloseable {
  private static final Logger LOG = System.getLogger(HttpListeners.class.getName());
  private final DaemonContext context;
  private final ServedEntries entries;
  private @Nullable PlatformSocket platform;
  private @Nullable AdminPort admin;

  /** Serves nothing yet. */
  HttpListeners(DaemonContext context, ServedEntries entries) {
    this.context = context;
    this.entries = entries;
  }

  /**
   * Serves the platform's API.
   *
   * @param beside the socket of the helpers
   */
  void openPlatform(
      Path beside,
      ImageLookup images,
      ClusterPullSecrets clusters,
      AccessControl access,
      Consumer<AnsweredRequest> observer) {
    var settings = context.settings();
    var configured = settings.platformSocket();
    var options =
        SocketOptions.at(configured == null ? beside.resolveSibling("platform.sock") : configured)
            .withAccess(settings.socketMode(), settings.socketGroup());
    PlatformSocket opened;
    try {
      opened =
          PlatformSocket.open(
              options,
              entries.broker(),
              images,
              clusters::hostInside,
              clusters,
              peer -> access.of(peer).join(),
              observer,
              context.time());
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
    context.health().add(opened::health);
  }

  /**
   * Serves probes, metrics and the status page.
   *
   * @throws UncheckedIOException when a port that was asked for cannot be had
   */
  void openAdmin(RecentActivity activity) {
    var settings = context.settings();
    var time = context.time();
    if (!(settings.admin() instanceof AdminAddress.Tcp address)) {
      return;
    }
    try {
      var pages =
          new AdminPages(
              context.version(),
              entries.broker(),
              context.health(),
              activity,
              entries.metrics(),
              time);
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

  /** Runs that soon, if clients of all of these are served: if not, never. */
  void ifServing(Runnable action) {
    var port = admin;
    Runnable last = port == null ? action : () -> port.ifServing(action);
    if (platform == null) {
      last.run();
    } else {
      platform.ifServing(last);
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
