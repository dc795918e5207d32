package dev.rig.credentials.registry.auth;

import dev.rig.credentials.image.ImageReference;
import dev.rig.credentials.net.AuthChallenge;
import dev.rig.credentials.net.HttpFailure;
import dev.rig.credentials.net.HttpRequest;
import dev.rig.credentials.net.HttpResponse;
import dev.rig.credentials.net.NetworkZone;
import dev.rig.credentials.net.Origin;
import dev.rig.credentials.net.PlainHttpPolicy;
import dev.rig.credentials.net.RequestBudget;
import dev.rig.credentials.registry.CallException;
import dev.rig.credentials.registry.call.RetryingClient;
import dev.rig.credentials.time.Ticker;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Determines where registries answer and how to authenticate, by {@code GET /v2/} without a
 * credential, and caches the result.
 */
public final class EndpointDiscovery {
  private static final String HUB = "index.docker.io";

  /** The API host of Docker Hub, which differs from the host in image names. */
  private static final String HUB_ENDPOINT = "registry-1.docker.io";

  private static final Duration REMEMBERED = Duration.ofMinutes(5);

  /** How long a result is not discarded, so that many failures cause only one new request. */
  private static final Duration NEW = Duration.ofSeconds(30);

  private static final int MOST = 256;

  /** The limit for TLS with a server that may know only plain http and wait for more data. */
  private static final Duration TLS_TRIAL = Duration.ofSeconds(3);

  private record DiscoveredEndpoint(RegistryEndpoint endpoint, long until) {}

  private final RetryingClient caller;
  private final PlainHttpPolicy plain;
  private final Ticker ticker;
  private final Map<String, DiscoveredEndpoint> known = new LinkedHashMap<>(); // guarded by this

  public EndpointDiscovery(RetryingClient caller, PlainHttpPolicy plain, Ticker ticker) {
    this.caller = caller;
    this.plain = plain;
    this.ticker = ticker;
  }

  /**
   * Returns the endpoint of a registry.
   *
   * @param registry the host of an image's reference
   * @throws CallException if nothing answers there
   */
  public RegistryEndpoint of(String registry, RequestBudget budget)
      throws CallException, InterruptedException {
    synchronized (this) {
      var found = known.get(registry);
      if (found != null && found.until() - ticker.nanos() > 0) {
        return found.endpoint();
      }
      known.remove(registry);
    }
    var endpoint = find(host(registry), budget);
    synchronized (this) {
      known.put(registry, new DiscoveredEndpoint(endpoint, ticker.nanos() + REMEMBERED.toNanos()));
      if (known.size() > MOST) {
        known.remove(known.keySet().iterator().next());
      }
    }
    return endpoint;
  }

  /**
   * Checks the rate limit of a repository before any request (F27).
   *
   * @throws CallException if the registry's waiting time exceeds the budget
   */
  public void checkLimits(ImageReference image, RequestBudget budget) throws CallException {
    for (var scheme : List.of("https", "http")) {
      var origin = Origin.of(scheme, host(image.host()));
      caller.checkLimit(origin, "/" + image.path(), budget);
      caller.checkLimit(origin, "", budget);
    }
  }

  private static String host(String registry) {
    return registry.equals(HUB) ? HUB_ENDPOINT : registry;
  }

  /** Discards the cached endpoint of a registry, which may have changed, unless it is recent. */
  public synchronized void forget(String registry) {
    var found = known.get(registry);
    var left = found == null ? 0 : found.until() - ticker.nanos();
    if (left < REMEMBERED.minus(NEW).toNanos()) {
      known.remove(registry);
    }
  }

  private RegistryEndpoint find(String host, RequestBudget budget)
      throws CallException, InterruptedException {
    var secure = Origin.of("https", host);
    var open = Origin.of("http", host);
    if (!plain.allows(open)) {
      return ask(secure, budget);
    }
    try {
      caller.once(ping(secure), NetworkZone.LOOPBACK, budget.atMost(TLS_TRIAL));
    } catch (CallException e) {
      if (e.isUntrusted()) {
        throw e; // it supports TLS
      }
      return ask(open, budget);
    }
    return ask(secure, budget);
  }

  private RegistryEndpoint ask(Origin site, RequestBudget budget)
      throws CallException, InterruptedException {
    var reply = caller.call("", ping(site), NetworkZone.LOOPBACK, null, budget);
    return new RegistryEndpoint(site, challenges(reply), reply.zone());
  }

  /**
   * Returns the challenges of a response.
   *
   * @return empty if it is not a 401
   * @throws CallException if they are invalid
   */
  public static List<AuthChallenge> challenges(HttpResponse response) throws CallException {
    try {
      return response.status() == 401
          ? AuthChallenge.parse(response.headers("www-authenticate"))
          : List.of();
    } catch (HttpFailure e) {
      throw CallException.of(e);
    }
  }

  /**
   * Returns the request to {@code /v2/}. A redirect is not followed: the endpoint follows from the
   * registry's name.
   */
  private static HttpRequest ping(Origin site) {
    return HttpRequest.get(site.at("/v2/"));
  }
}
