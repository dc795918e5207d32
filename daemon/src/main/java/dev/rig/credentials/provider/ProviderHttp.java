package dev.rig.credentials.provider;

import dev.rig.credentials.net.CertificateAuthorities;
import dev.rig.credentials.net.HostResolver;
import dev.rig.credentials.net.HttpAddress;
import dev.rig.credentials.net.HttpClient;
import dev.rig.credentials.net.HttpFailure;
import dev.rig.credentials.net.HttpRequest;
import dev.rig.credentials.net.HttpResponse;
import dev.rig.credentials.net.NetworkZone;
import dev.rig.credentials.net.PlainHttpPolicy;
import dev.rig.credentials.net.Proxies;
import dev.rig.credentials.net.RequestBudget;
import dev.rig.credentials.time.Time;
import java.net.InetAddress;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Sends the requests of all providers through the daemon's own HTTP client, with the proxies,
 * authorities and limits for registries. Only metadata services are contacted on link-local
 * addresses, over plain http and without a proxy.
 */
final class ProviderHttp implements AutoCloseable {
  /** The metadata services of Google's and Azure's machines. */
  private static final Set<String> METADATA = Set.of("169.254.169.254", "metadata.google.internal");

  private static final int MOST_BYTES = 1 << 20;

  private final Set<String> metadata;
  private final HttpClient outside;
  private final HttpClient inside;
  private final Time time;

  ProviderHttp(Providers.Reach reach, Map<String, String> environment, Time time) {
    this.time = time;
    metadata = new HashSet<>(METADATA);
    metadata.add(environment.getOrDefault("GCE_METADATA_HOST", ""));
    for (var variable : List.of("IDENTITY_ENDPOINT", "AZURE_POD_IDENTITY_AUTHORITY_HOST")) {
      var identity = HttpAddress.parse(environment.getOrDefault(variable, ""));
      if (identity != null) {
        metadata.add(identity.origin().authority());
      }
    }
    metadata.remove("");
    var authorities = new CertificateAuthorities(reach.caFiles(), Map.of());
    outside =
        new HttpClient(
            new HostResolver(InetAddress::getAllByName),
            new PlainHttpPolicy(reach.insecure()),
            authorities,
            reach.proxies(),
            time);
    inside =
        new HttpClient(
            new HostResolver(InetAddress::getAllByName),
            new PlainHttpPolicy(metadata),
            authorities,
            Proxies.NONE,
            time);
  }

  /**
   * Sends a request.
   *
   * @param limit the longest duration
   * @return any response
   * @throws HttpFailure if no response arrives
   */
  HttpResponse send(HttpRequest request, Duration limit) throws HttpFailure, InterruptedException {
    var budget = RequestBudget.start(time.ticker(), limit, MOST_BYTES);
    return metadata.contains(request.address().origin().authority())
        ? inside.send(request, NetworkZone.NEVER, budget)
        : outside.send(request, NetworkZone.LOOPBACK, budget);
  }

  @Override
  public void close() {
    outside.close();
    inside.close();
  }
}
