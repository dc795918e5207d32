package dev.rig.credentials.bench;

import dev.rig.credentials.net.CertificateAuthorities;
import dev.rig.credentials.net.HostResolver;
import dev.rig.credentials.net.HttpClient;
import dev.rig.credentials.net.HttpRequest;
import dev.rig.credentials.net.NetworkZone;
import dev.rig.credentials.net.Origin;
import dev.rig.credentials.net.PlainHttpPolicy;
import dev.rig.credentials.net.Proxies;
import dev.rig.credentials.net.RequestBudget;
import dev.rig.credentials.registry.content.FakeImage;
import dev.rig.credentials.testing.daemon.HttpOverUnix;
import dev.rig.credentials.testing.machine.PrivateFile;
import dev.rig.credentials.testing.registry.HostileRegistry;
import dev.rig.credentials.testing.registry.TestAuthority;
import dev.rig.credentials.time.SystemScheduler;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** What kept connections save: handshakes, and connections. */
final class ConnectionRows implements Rows {
  private static final int ROUNDS = 30;
  private static final int IMAGES = 1000;
  private static final int REPOSITORIES = 20;
  private static final int AT_A_TIME = 16;
  private static final int POOL = 8;
  private static final double MOST = 0.2;

  @Override
  public String title() {
    return "Connections to registries";
  }

  @Override
  public List<Row> measure(Workbench bench) throws Exception {
    return List.of(tls(bench), many(bench));
  }

  /** A call over a new connection with TLS, and one after it. */
  private static Row tls(Workbench bench) throws Exception {
    var authority = new TestAuthority(TestAuthority.Keys.RSA);
    var file = PrivateFile.write(bench.folder().resolve("ca.pem"), authority.pem());
    var first = new Sample();
    var second = new Sample();
    try (var scheduler = new SystemScheduler();
        var registry =
            HostileRegistry.start((asked, out) -> HostileRegistry.reply(out, 200, "{}"))
                .keepingAlive()
                .with(authority.server("127.0.0.1"))) {
      var time = scheduler.time();
      var authorities = new CertificateAuthorities(List.of(file), Map.of());
      var request = HttpRequest.get(Origin.of("https", registry.host()).at("/v2/"));
      for (int round = -ROUNDS; round < ROUNDS; round++) {
        var names = new HostResolver(InetAddress::getAllByName);
        var plain = new PlainHttpPolicy(Set.of());
        try (var http = new HttpClient(names, plain, authorities, Proxies.NONE, time)) {
          double one = 0;
          for (var sample : List.of(first, second)) {
            long began = System.nanoTime();
            http.send(request, NetworkZone.LOOPBACK, RequestBudget.start(time.ticker()));
            one = (System.nanoTime() - began) / 1e6;
            if (round >= 0) {
              sample.add(one);
            }
          }
        }
      }
    }
    return Row.beside(
        "a second call to a registry over TLS, median of " + ROUNDS,
        Unit.MILLIS,
        second.median(),
        "the first call, with its handshake",
        first.median(),
        new Aim.Ratio(MOST));
  }

  /** Resolves 1,000 images of 20 repositories through the platform's API. */
  private static Row many(Workbench bench) throws Exception {
    var image = FakeImage.oci();
    try (var registry =
            HostileRegistry.start((asked, out) -> serve(image, asked.target(), out))
                .keepingAlive();
        var threads = Executors.newFixedThreadPool(AT_A_TIME)) {
      var daemon = bench.daemon("many").configured("values.yaml", "rig: {dockerRegistries: {}}\n");
      daemon.start();
      var socket = daemon.socket().resolveSibling("platform.sock");
      var platform = HttpOverUnix.listening(socket);
      // The daemon determines the authentication with a connection that it closes, because it has
      // no TLS.
      resolve(platform, registry.host() + "/acme/app-0:0");
      int before = registry.connections();
      var tasks = new ArrayList<Callable<Object>>();
      for (int i = 0; i < IMAGES; i++) {
        var name = "%s/acme/app-%d:%d".formatted(registry.host(), i % REPOSITORIES, i);
        tasks.add(Executors.callable(() -> resolve(platform, name)));
      }
      for (Future<?> done : threads.invokeAll(tasks)) {
        done.get();
      }
      return Row.alone(
          "connections for 1,000 images of 20 repositories, 16 at a time",
          Unit.TIMES,
          registry.connections() - before + 1,
          new Aim.Most(POOL));
    }
  }

  private static void resolve(HttpOverUnix platform, String image) {
    var reply = platform.get("/v1/images?image=" + image);
    if (reply.status() != 200) {
      throw new IllegalStateException(reply.toString());
    }
  }

  private static void serve(FakeImage image, String target, OutputStream out) throws IOException {
    if (target.contains("/manifests/")) {
      HostileRegistry.reply(out, 200, image.manifest(), "Content-Type: " + image.mediaType());
    } else if (target.contains("/blobs/")) {
      HostileRegistry.reply(out, 200, image.config());
    } else {
      HostileRegistry.reply(out, 200, "{}");
    }
  }
}
