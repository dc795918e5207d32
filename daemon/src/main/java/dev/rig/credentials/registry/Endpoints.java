package dev.rig.credentials.registry;

import dev.rig.credentials.time.Ticker;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Finds out where registries answer and how they want to be authenticated to, by {@code GET /v2/}
 * without a credential, and remembers it for a while.
 */
final class Endpoints {
  private static final String HUB = "index.docker.io";

  /** Docker Hub's images are under another host than the one in their names. */
  private static final String HUB_ENDPOINT = "registry-1.docker.io";

  private static final Duration REMEMBERED = Duration.ofMinutes(5);
  private static final int MOST = 256;

  /** For TLS with a server that only knows plain http, and may be waiting for more of it. */
  private static final Duration TLS_TRIAL = Duration.ofSeconds(3);

  private record Known(Endpoint endpoint, long until) {}

  private final Caller caller;
  private final PlainHttp plain;
  private final Ticker ticker;
  private final Map<String, Known> known = new LinkedHashMap<>(); // guarded by this

  Endpoints(Caller caller, PlainHttp plain, Ticker ticker) {
    this.caller = caller;
    this.plain = plain;
    this.ticker = ticker;
  }

  /**
   * The endpoint of a registry.
   *
   * @param registry the host of an image's reference
   * @throws CallException when nobody answers there
   */
  Endpoint of(String registry, Budget budget) throws CallException, InterruptedException {
    synchronized (this) {
      var found = known.get(registry);
      if (found != null && found.until() - ticker.nanos() > 0) {
        return found.endpoint();
      }
      known.remove(registry);
    }
    var endpoint = find(registry.equals(HUB) ? HUB_ENDPOINT : registry, budget);
    synchronized (this) {
      known.put(registry, new Known(endpoint, ticker.nanos() + REMEMBERED.toNanos()));
      if (known.size() > MOST) {
        known.remove(known.keySet().iterator().next());
      }
    }
    return endpoint;
  }

  /** Forgets what is known of a registry: it may have changed. */
  synchronized void forget(String registry) {
    known.remove(registry);
  }

  private Endpoint find(String host, Budget budget) throws CallException, InterruptedException {
    var secure = Site.of("https", host);
    var open = Site.of("http", host);
    if (!plain.allows(open)) {
      return ask(secure, budget);
    }
    try {
      caller.once(ping(secure), AddressRule.ASKED_FOR, budget.atMost(TLS_TRIAL));
    } catch (CallException e) {
      if (e.isUntrusted()) {
        throw e; // it does speak TLS
      }
      return ask(open, budget);
    }
    return ask(secure, budget);
  }

  private Endpoint ask(Site site, Budget budget) throws CallException, InterruptedException {
    var reply = caller.call(ping(site), AddressRule.ASKED_FOR, null, budget);
    var challenges =
        reply.status() == 401
            ? ChallengeParser.parse(reply.headers("www-authenticate"))
            : List.<Challenge>of();
    return new Endpoint(site, challenges, reply.reach());
  }

  /** A registry may redirect its /v2/, but where it is asked is what its name says. */
  private static HttpAsk ping(Site site) {
    return HttpAsk.get(site.resolve("/v2/"));
  }
}
