package dev.rig.credentials.net;

import dev.rig.credentials.net.HttpFailure.HttpFailureKind;
import dev.rig.credentials.time.Time;
import java.net.InetAddress;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Sends requests over TCP. It connects exactly to the addresses that were checked, and the
 * certificate must be that of the host. It follows no redirect, stores no cookie, answers no
 * challenge and retries nothing, except on a kept connection that the other side had closed.
 */
public final class HttpClient implements AutoCloseable {
  private static final int REMEMBERED = 256;

  private final HostResolver resolver;
  private final PlainHttpPolicy plain;
  private final TlsAuthorities authorities;
  private final Proxies proxies;
  private final HttpTransport transport;

  /** For each host with several addresses, the one that answered last; its connections are kept. */
  private final Map<Origin, InetAddress> answered = new ConcurrentHashMap<>();

  /** Creates a client; nothing is opened or read before the first request. */
  public HttpClient(
      HostResolver resolver,
      PlainHttpPolicy plain,
      TlsAuthorities authorities,
      Proxies proxies,
      Time time) {
    this(resolver, plain, authorities, proxies, new HttpTransport(time, HttpTransport.IDLE));
  }

  HttpClient(
      HostResolver resolver,
      PlainHttpPolicy plain,
      TlsAuthorities authorities,
      Proxies proxies,
      HttpTransport transport) {
    this.resolver = resolver;
    this.plain = plain;
    this.authorities = authorities;
    this.proxies = proxies;
    this.transport = transport;
  }

  /**
   * Sends a request.
   *
   * @param nearest the nearest zone that the host's name may resolve to; {@link
   *     NetworkZone#LOOPBACK}, which permits all zones except {@link NetworkZone#NEVER}, for a host
   *     that the user named
   * @return any response
   * @throws HttpFailure if no response arrives
   */
  public HttpResponse send(HttpRequest request, NetworkZone nearest, RequestBudget budget)
      throws HttpFailure, InterruptedException {
    var origin = request.address().origin();
    budget.checkTime(origin.authority());
    if (!origin.isSecure() && !plain.allows(origin)) {
      throw HttpFailure.refused(
          origin.authority()
              + " uses plain http; list it in daemon.registryClient.insecure to allow that");
    }
    var left = budget.left();
    var tls = origin.isSecure() ? authorities.sockets(origin) : null;
    budget.giveBack(
        left.minus(budget.left())); // reading certificates does not count as the other side's time
    var proxy = proxies.of(origin);
    if (proxy != null) {
      var hop = Proxies.origin(proxy);
      var at = checked(hop, NetworkZone.LOOPBACK, budget);
      return any(hop, at, budget, address -> Hop.through(proxy, address, origin, tls), request);
    }
    var at = checked(origin, nearest, budget);
    for (var address : at) {
      if (!origin.isSecure() && !plain.allows(origin, address)) {
        throw HttpFailure.refused(origin.host() + " uses plain http, and is not this machine");
      }
    }
    return any(origin, at, budget, address -> Hop.direct(origin, address, tls), request);
  }

  /** Returns the addresses of a host, after checking that every one is allowed. */
  private List<InetAddress> checked(Origin origin, NetworkZone nearest, RequestBudget budget)
      throws HttpFailure, InterruptedException {
    var addresses = resolver.lookup(origin.bareHost(), budget);
    for (var address : addresses) {
      nearest.check(origin, address);
    }
    return addresses;
  }

  private interface Hops {
    Hop to(InetAddress address);
  }

  /** Sends the request to the first address that answers. */
  private HttpResponse any(
      Origin origin,
      List<InetAddress> addresses,
      RequestBudget budget,
      Hops hops,
      HttpRequest request)
      throws HttpFailure, InterruptedException {
    for (var address : preferred(origin, addresses)) {
      try {
        var response = transport.send(request, hops.to(address), budget);
        if (addresses.size() > 1) {
          remember(origin, address);
        }
        return response;
      } catch (HttpFailure e) {
        if (e.kind() != HttpFailureKind.NO_LISTENER) {
          throw e;
        }
        budget.checkTime(origin.authority());
      }
    }
    throw new HttpFailure(HttpFailureKind.NO_LISTENER, "nothing answers at " + origin.authority());
  }

  private List<InetAddress> preferred(Origin origin, List<InetAddress> addresses) {
    var last = answered.get(origin);
    return addresses.stream().sorted(Comparator.comparing(one -> !one.equals(last))).toList();
  }

  private void remember(Origin origin, InetAddress address) {
    if (answered.size() >= REMEMBERED) {
      answered.clear();
    }
    answered.put(origin, address);
  }

  /** Closes its connections. */
  @Override
  public void close() {
    transport.close();
  }
}
