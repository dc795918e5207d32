package dev.rig.credentials.registry.http;

import dev.rig.credentials.credential.Secret;
import dev.rig.credentials.registry.CallException;
import dev.rig.credentials.registry.RequestBudget;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.cert.CertificateException;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSocket;
import org.jspecify.annotations.Nullable;

/**
 * Opens connections. The addresses that are checked are those that are connected to, and the
 * certificate has to be that of the host.
 */
public final class Dialer {
  /**
   * An open connection.
   *
   * @param socket what to talk over; the line below it is what is closed
   * @param reach where it leads; through a proxy nobody knows, and it counts as the Internet
   * @param forwardedBy the proxy that forwards plain requests and wants whole addresses; null for
   *     none
   */
  record Dialed(Socket socket, NetworkZone reach, @Nullable URI forwardedBy) {}

  private final HostResolver names;
  private final PlainHttpPolicy plain;
  private final CertificateAuthorities authorities;
  private final Proxies proxies;

  public Dialer(
      HostResolver names,
      PlainHttpPolicy plain,
      CertificateAuthorities authorities,
      Proxies proxies) {
    this.names = names;
    this.plain = plain;
    this.authorities = authorities;
    this.proxies = proxies;
  }

  /**
   * Connects a line.
   *
   * @throws CallException when the site must not be connected to, or cannot
   * @throws IOException when the connection breaks, also because its time is over
   */
  Dialed dial(Line line, Origin site, ZoneRule rule, RequestBudget budget)
      throws IOException, CallException, InterruptedException {
    if (!site.isSecure() && !plain.allows(site)) {
      throw CallException.refused(
          site.authority()
              + " would be asked over plain http; list it in daemon.registryClient.insecure if it"
              + " may be");
    }
    var proxy = proxies.of(site);
    if (proxy == null) {
      var reach = connect(line, site, rule, budget, true);
      return new Dialed(site.isSecure() ? tls(line, site) : line.raw(), reach, null);
    }
    connect(line, Proxies.site(proxy), ZoneRule.ASKED_FOR, budget, false);
    if (!site.isSecure()) {
      return new Dialed(line.raw(), NetworkZone.PUBLIC, proxy);
    }
    tunnel(line, site, proxy, budget);
    return new Dialed(tls(line, site), NetworkZone.PUBLIC, null);
  }

  private NetworkZone connect(
      Line line, Origin site, ZoneRule rule, RequestBudget budget, boolean checkPlain)
      throws IOException, CallException, InterruptedException {
    var addresses = names.lookup(site.bareHost(), budget);
    for (var address : addresses) {
      rule.check(site, address);
      if (checkPlain && !site.isSecure() && !plain.allows(site, address)) {
        throw CallException.refused(
            site.host() + " would be asked over plain http, and is not this machine");
      }
    }
    var socket = line.raw();
    for (var address : addresses) {
      try {
        int timeout = (int) Math.max(1, budget.left().toMillis());
        socket.connect(new InetSocketAddress(address, site.port()), timeout);
        socket.setTcpNoDelay(true);
        return NetworkZone.of(address);
      } catch (IOException e) {
        budget.checkTime(site.authority());
        socket = line.anew();
      }
    }
    throw CallException.outage("nothing answers at " + site.authority());
  }

  private static void tunnel(Line line, Origin site, URI proxy, RequestBudget budget)
      throws IOException, CallException {
    var target = site.host() + ":" + site.port();
    var head = new StringBuilder("CONNECT " + target + " HTTP/1.1\r\nHost: " + target + "\r\n");
    var login = login(proxy);
    if (login != null) {
      head.append("Proxy-Authorization: ").append(login.reveal()).append("\r\n");
    }
    var out = line.raw().getOutputStream();
    out.write(head.append("\r\n").toString().getBytes(StandardCharsets.ISO_8859_1));
    out.flush();
    var who = "the proxy " + Proxies.site(proxy).authority();
    int status = new HttpReader(line.raw().getInputStream(), budget, who).readStatus();
    if (status != 200) {
      throw CallException.unreachable(
          "%s answered %d for %s".formatted(who, status, site.authority()));
    }
  }

  /** What a proxy wants to see for the user and password in its address; null for none. */
  static @Nullable Secret login(URI proxy) {
    return proxy.getUserInfo() == null ? null : BasicAuthorization.header(proxy.getUserInfo());
  }

  private Socket tls(Line line, Origin site) throws IOException, CallException {
    var socket =
        (SSLSocket)
            authorities.sockets(site).createSocket(line.raw(), site.bareHost(), site.port(), false);
    var parameters = socket.getSSLParameters();
    parameters.setEndpointIdentificationAlgorithm("HTTPS");
    socket.setSSLParameters(parameters);
    try {
      socket.startHandshake();
    } catch (SSLException e) {
      if (line.isOver()) {
        throw RequestBudget.tooSlow(site.authority());
      }
      if (isAboutCertificates(e)) {
        throw CallException.untrusted(
            "the certificate of %s is not trusted (%s); name its authority in"
                    .formatted(site.authority(), e.getMessage())
                + " daemon.registryClient.caFiles");
      }
      throw CallException.outage(
          "TLS with %s failed (%s)".formatted(site.authority(), e.getMessage()));
    }
    return socket;
  }

  private static boolean isAboutCertificates(Throwable thrown) {
    for (Throwable cause = thrown; cause != null; cause = cause.getCause()) {
      if (cause instanceof CertificateException) {
        return true;
      }
    }
    return false;
  }
}
