package dev.rig.credentials.app;

import dev.rig.credentials.access.AccessControl;
import dev.rig.credentials.config.AdminAddress;
import dev.rig.credentials.http.admin.AdminPages;
import dev.rig.credentials.http.admin.AdminPort;
import dev.rig.credentials.http.admin.RecentActivity;
import dev.rig.credentials.http.platform.ImageLookup;
import dev.rig.credentials.http.platform.PlatformSocket;
import dev.rig.credentials.request.AnsweredRequest;
import dev.rig.credentials.socket.OpenListener;
import dev.rig.credentials.socket.bind.SocketOptions;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The platform's socket and the admin port. */
final class HttpListeners implements AutoCloseable {
  private static final String SOCKET = "socket";
  private static final String PLATFORM_SOCKET = "platformSocket";
  private static final String ADMIN_PORT = "adminPort";

  private final DaemonContext context;
  private final ServedEntries entries;
  private final Executor worker;
  private @Nullable ListenerSlot<PlatformSocket> platform;
  private @Nullable ListenerSlot<AdminPort> admin;

  /**
   * Creates the listeners without opening any.
   *
   * @param worker runs the warm-up, and opens listeners that could not be opened at the start
   */
  HttpListeners(DaemonContext context, ServedEntries entries, Executor worker) {
    this.context = context;
    this.entries = entries;
    this.worker = worker;
  }

  /**
   * Serves the platform's API.
   *
   * @param beside the helper socket; the default path is in its folder
   * @throws dev.rig.credentials.socket.bind.SocketBusyException if another daemon serves at the
   *     configured path
   * @throws dev.rig.credentials.socket.bind.SocketRefusedException if the configured path is
   *     unavailable
   */
  void openPlatform(
      Path beside,
      ImageLookup images,
      ClusterPullSecrets clusters,
      AccessControl access,
      Consumer<AnsweredRequest> observer) {
    var settings = context.settings();
    var named = settings.platformSocket();
    var options =
        SocketOptions.at(named == null ? beside.resolveSibling("platform.sock") : named)
            .withAccess(settings.socketMode(), settings.socketGroup());
    var slot =
        new ListenerSlot<>(
            PLATFORM_SOCKET,
            "choose a path with --platform-socket",
            () ->
                PlatformSocket.open(
                    options,
                    entries.broker(),
                    images,
                    clusters::hostInside,
                    clusters,
                    peer -> access.of(peer).join(),
                    observer,
                    context.time()),
            context.time(),
            worker);
    platform = slot;
    if (named == null) {
      slot.openWhenAvailable();
    } else {
      open(slot, "");
    }
    context.health().add(slot::health);
  }

  /**
   * Serves probes, metrics and the status page.
   *
   * @throws UncheckedIOException if the configured port is unavailable
   */
  void openAdmin(RecentActivity activity) {
    var settings = context.settings();
    var time = context.time();
    if (!(settings.admin() instanceof AdminAddress.Tcp address)) {
      return;
    }
    // An unavailable default path is reported in the answer, but does not make the pod unready.
    boolean platformNeeded = platform != null && platform.listener().isPresent();
    var pages =
        new AdminPages(
            context.version(),
            entries.broker(),
            context.health(),
            platformNeeded ? Set.of(SOCKET, PLATFORM_SOCKET) : Set.of(SOCKET),
            activity,
            entries.metrics(),
            time);
    var slot =
        new ListenerSlot<>(
            ADMIN_PORT,
            "choose another with --admin HOST:PORT, or \"off\"",
            () -> {
              try {
                return AdminPort.open(
                    new InetSocketAddress(address.host(), address.port()), pages, time);
              } catch (IOException e) {
                throw new IOException("cannot listen on " + address + ": " + e.getMessage(), e);
              }
            },
            time,
            worker);
    admin = slot;
    if (settings.adminConfigured()) {
      open(slot, "the admin port is unavailable: ");
    } else {
      slot.openWhenAvailable();
    }
    context.health().add(slot::health);
  }

  private static void open(ListenerSlot<?> slot, String what) {
    try {
      slot.open();
    } catch (IOException e) {
      throw new UncheckedIOException(what + e.getMessage(), e);
    }
  }

  private Stream<? extends OpenListener> opened() {
    return Stream.of(Optional.ofNullable(platform), Optional.ofNullable(admin))
        .flatMap(Optional::stream)
        .flatMap(slot -> slot.listener().stream());
  }

  /** Prepares for the first requests in the background. */
  void warmUp() {
    worker.execute(() -> opened().forEach(OpenListener::warmUp));
  }

  /** Runs the action in the background if all listeners answer; never if one does not. */
  void ifServing(Runnable action) {
    var next = action;
    for (var listener : opened().toList()) {
      var last = next;
      next = () -> listener.ifServing(last);
    }
    next.run();
  }

  /** Returns the address of the admin port; empty if absent. */
  Optional<InetSocketAddress> admin() {
    return Optional.ofNullable(admin).flatMap(ListenerSlot::listener).map(AdminPort::address);
  }

  /** Returns the platform's socket; empty if absent. */
  Optional<Path> platform() {
    return Optional.ofNullable(platform).flatMap(ListenerSlot::listener).map(PlatformSocket::path);
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
