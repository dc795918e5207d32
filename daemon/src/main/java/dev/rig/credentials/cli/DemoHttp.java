package dev.rig.credentials.cli;

import dev.rig.credentials.app.Daemon;
import dev.rig.credentials.cli.output.Console;
import dev.rig.credentials.cli.output.TextTable;
import dev.rig.credentials.net.HostResolver;
import dev.rig.credentials.net.HttpClient;
import dev.rig.credentials.net.HttpFailure;
import dev.rig.credentials.net.HttpRequest;
import dev.rig.credentials.net.HttpResponse;
import dev.rig.credentials.net.NetworkZone;
import dev.rig.credentials.net.Origin;
import dev.rig.credentials.net.PlainHttpPolicy;
import dev.rig.credentials.net.Proxies;
import dev.rig.credentials.net.RequestBudget;
import dev.rig.credentials.net.TlsAuthorities;
import dev.rig.credentials.net.UnixHttpClient;
import dev.rig.credentials.time.SystemScheduler;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;

/** The part of the demo that queries the daemon over HTTP. */
final class DemoHttp {
  private static final List<String> PAGES =
      List.of("/", "/metrics", "/health/live", "/health/ready", "/health/started");

  private interface Sending {
    HttpResponse send() throws HttpFailure, InterruptedException;
  }

  private final Console console;
  private final TextTable table = new TextTable("HTTP", "REQUEST", "STATUS");

  DemoHttp(Console console) {
    this.console = console;
  }

  /** Prints the answers of every page and of the API; returns whether all are as expected. */
  boolean show(Daemon daemon, String image) throws InterruptedException {
    boolean right = true;
    try (var scheduler = new SystemScheduler()) {
      var admin = daemon.admin().orElse(null);
      if (admin != null) {
        right &= showAdmin(admin, scheduler);
      }
      var platform = daemon.platformSocket().orElse(null);
      if (platform != null) {
        right &= showPlatform(platform, image, scheduler);
      }
    }
    console.out().println();
    table.print(console.out());
    return right;
  }

  /**
   * Makes the daemon answer the same requests without the HTTP client, which must stay out of the
   * AOT cache.
   */
  static void rehearse(Daemon daemon, String image) {
    try {
      var admin = daemon.admin().orElse(null);
      if (admin != null) {
        rehearse(admin, PAGES);
      }
      var platform = daemon.platformSocket().orElse(null);
      if (platform != null) {
        rehearse(UnixDomainSocketAddress.of(platform), targets(image));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void rehearse(SocketAddress server, List<String> targets) throws IOException {
    for (var target : targets) {
      rehearse(server, target);
    }
  }

  private static void rehearse(SocketAddress server, String target) throws IOException {
    var request =
        "GET %s HTTP/1.1\r\nHost: localhost\r\nRig-Credentials: 1\r\nConnection: close\r\n\r\n"
            .formatted(target);
    try (var channel = SocketChannel.open(server)) {
      channel.write(ByteBuffer.wrap(request.getBytes(StandardCharsets.US_ASCII)));
      var answer = ByteBuffer.allocate(8 * 1024);
      while (channel.read(answer) >= 0) {
        answer.clear();
      }
    }
  }

  private static List<String> targets(String image) {
    return List.of("/v1/credentials?image=" + image, "/v1/registries");
  }

  private boolean showAdmin(InetSocketAddress admin, SystemScheduler scheduler)
      throws InterruptedException {
    var time = scheduler.time();
    var origin = Origin.of("http", admin.getHostString() + ":" + admin.getPort());
    TlsAuthorities none =
        site -> {
          throw new IllegalStateException("the admin port has no TLS");
        };
    var names = new HostResolver(InetAddress::getAllByName);
    var plain = new PlainHttpPolicy(Set.of(origin.authority()));
    boolean right = true;
    try (var http = new HttpClient(names, plain, none, Proxies.NONE, time)) {
      for (var page : PAGES) {
        var budget = RequestBudget.start(time.ticker());
        var request = HttpRequest.get(origin.at(page));
        right &= row("admin port", page, () -> http.send(request, NetworkZone.LOOPBACK, budget));
      }
    }
    return right;
  }

  private boolean showPlatform(Path socket, String image, SystemScheduler scheduler)
      throws InterruptedException {
    var time = scheduler.time();
    boolean right = true;
    try (var http = new UnixHttpClient(socket, time)) {
      for (var target : targets(image)) {
        var request = HttpRequest.get(UnixHttpClient.address(target)).with("Rig-Credentials", "1");
        var budget = RequestBudget.start(time.ticker());
        right &= row("platform.sock", target, () -> http.send(request, budget));
      }
    }
    return right;
  }

  private boolean row(String where, String target, Sending sending) throws InterruptedException {
    try {
      int status = sending.send().status();
      table.row(where, "GET " + target, Integer.toString(status));
      return status == 200;
    } catch (HttpFailure e) {
      table.row(where, "GET " + target, String.valueOf(e.getMessage()));
      return false;
    }
  }
}
