package dev.rig.credentials.net;

import java.net.InetAddress;
import java.net.URI;
import java.nio.file.Path;
import javax.net.ssl.SSLSocketFactory;
import org.apache.hc.client5.http.HttpRoute;
import org.apache.hc.core5.http.HttpHost;
import org.jspecify.annotations.Nullable;

/**
 * How one connection reaches an origin: directly, through a proxy, or over a Unix socket. Kept
 * connections are identified by route, which includes the address.
 *
 * @param route with addresses, so that no name is resolved again
 * @param tls null without TLS
 * @param proxy null if absent
 * @param zone of the other side; {@link NetworkZone#PUBLIC} through a proxy
 * @param who the origin, for people
 */
record Hop(
    HttpRoute route,
    @Nullable SSLSocketFactory tls,
    @Nullable URI proxy,
    NetworkZone zone,
    String who) {
  static Hop direct(Origin origin, InetAddress address, @Nullable SSLSocketFactory tls) {
    var host = new HttpHost(origin.scheme(), address, origin.bareHost(), origin.port());
    var route = new HttpRoute(host, null, origin.isSecure());
    return new Hop(route, tls, null, NetworkZone.of(address), origin.authority());
  }

  static Hop through(
      URI proxy, InetAddress address, Origin origin, @Nullable SSLSocketFactory tls) {
    var at = Proxies.origin(proxy);
    var host = new HttpHost(origin.scheme(), origin.bareHost(), origin.port());
    var first = new HttpHost(at.scheme(), address, at.bareHost(), at.port());
    var route = new HttpRoute(host, null, first, origin.isSecure());
    return new Hop(route, tls, proxy, NetworkZone.PUBLIC, origin.authority());
  }

  static Hop unix(Origin origin, Path socket) {
    var host = new HttpHost(origin.scheme(), origin.host(), origin.port());
    return new Hop(new HttpRoute(host, socket), null, null, NetworkZone.LOOPBACK, "" + socket);
  }
}
