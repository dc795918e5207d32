package dev.rig.credentials.net;

import dev.rig.credentials.time.Time;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.hc.client5.http.HttpRoute;
import org.apache.hc.client5.http.config.ConnectionConfig;
import org.apache.hc.client5.http.config.RequestConfig;
import org.apache.hc.client5.http.config.TlsConfig;
import org.apache.hc.client5.http.impl.InMemoryDnsResolver;
import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.apache.hc.client5.http.impl.classic.HttpClientBuilder;
import org.apache.hc.client5.http.impl.io.PoolingHttpClientConnectionManager;
import org.apache.hc.client5.http.impl.io.PoolingHttpClientConnectionManagerBuilder;
import org.apache.hc.client5.http.protocol.HttpClientContext;
import org.apache.hc.core5.http.config.Http1Config;
import org.apache.hc.core5.io.CloseMode;
import org.apache.hc.core5.util.TimeValue;
import org.apache.hc.core5.util.Timeout;
import org.jspecify.annotations.Nullable;

/** Apache HttpClient, reduced to exchanges and a pool of connections, created at first use. */
final class HttpTransport implements AutoCloseable {
  /** How long a connection is kept without a request. */
  static final Duration IDLE = Duration.ofSeconds(30);

  private static final int MOST_CONNECTIONS = 64;
  private static final int MOST_TO_AN_ADDRESS = 8;
  private static final int LONGEST_LINE = 16 * 1024;
  private static final int MOST_HEADERS = 128;

  /** The limit for one address, so that a host with a dead address is reached at another. */
  private static final Timeout CONNECT = Timeout.ofSeconds(3);

  /** The limit of a TLS handshake; longer than any exchange, whose deadline ends it earlier. */
  private static final Timeout HANDSHAKE = Timeout.ofSeconds(60);

  private static final String ROUTE = "rig.route";

  private final Time time;
  private final Duration idle;
  private final AtomicBoolean sweeping = new AtomicBoolean();
  private volatile long used; // when the last exchange ended
  private @Nullable PoolingHttpClientConnectionManager pool; // guarded by this
  private @Nullable CloseableHttpClient client; // guarded by this

  HttpTransport(Time time, Duration idle) {
    this.time = time;
    this.idle = idle;
  }

  /**
   * Sends a request and reads its response.
   *
   * @throws HttpFailure if no response arrives
   */
  HttpResponse send(HttpRequest request, Hop hop, RequestBudget budget)
      throws HttpFailure, InterruptedException {
    budget.checkTime(hop.who());
    var exchange = new Exchange(client(), hop, budget);
    var cut = time.scheduler().schedule(budget.left(), exchange::cut);
    try {
      return exchange.send(request, this::closeIdle);
    } finally {
      cut.cancel();
      used = time.nanos();
      sweepAfter(idle);
    }
  }

  /** Stores in the context of an exchange how to create its connection. */
  static void route(HttpClientContext context, Hop hop) {
    context.setAttribute(ROUTE, hop.route());
    context.setAttribute(TlsUpgrade.SOCKETS, hop.tls());
    context.setUserToken(hop.tls()); // connections with different trust are not shared
  }

  private synchronized CloseableHttpClient client() {
    var made = client;
    if (made == null) {
      var connections = pool();
      made =
          HttpClientBuilder.create()
              .setConnectionManager(connections)
              .setRequestExecutor(new OneExchange())
              .setRoutePlanner((host, context) -> (HttpRoute) context.getAttribute(ROUTE))
              .setDefaultRequestConfig(
                  RequestConfig.custom()
                      .setAuthenticationEnabled(false)
                      .setProtocolUpgradeEnabled(false)
                      .setConnectionKeepAlive(TimeValue.of(idle))
                      .build())
              .setUserAgent("rig-credentials")
              .disableRedirectHandling()
              .disableCookieManagement()
              .disableAuthCaching()
              .disableAutomaticRetries()
              .disableContentCompression()
              .disableConnectionState()
              .build();
      pool = connections;
      client = made;
    }
    return made;
  }

  private PoolingHttpClientConnectionManager pool() {
    var bounds =
        Http1Config.custom()
            .setMaxLineLength(LONGEST_LINE)
            .setMaxHeaderCount(MOST_HEADERS)
            .setMaxEmptyLineCount(1)
            .build();
    return PoolingHttpClientConnectionManagerBuilder.create()
        .setMaxConnTotal(MOST_CONNECTIONS)
        .setMaxConnPerRoute(MOST_TO_AN_ADDRESS)
        .setDnsResolver(
            new InMemoryDnsResolver()) // resolves no names: addresses were checked before
        .setTlsSocketStrategy(new TlsUpgrade())
        .setDefaultTlsConfig(TlsConfig.custom().setHandshakeTimeout(HANDSHAKE).build())
        .setDefaultConnectionConfig(
            ConnectionConfig.custom()
                .setConnectTimeout(CONNECT)
                .setIdleTimeout(Timeout.of(idle))
                .build())
        .setConnectionFactory(socket -> {
          var connection = new KeptConnection(bounds);
          if (socket != null) {
            connection.bind(socket);
          }
          return connection;
        })
        .build();
  }

  private synchronized void closeIdle(Duration unused) {
    if (pool != null) {
      pool.closeIdle(TimeValue.of(unused));
    }
  }

  /** Closes idle connections after that time, unless that is scheduled already. */
  private void sweepAfter(Duration time) {
    if (sweeping.compareAndSet(false, true)) {
      // Closing a TLS connection sends data, for which a scheduler must not wait.
      this.time.scheduler().schedule(time, () -> Thread.ofVirtual().start(this::sweep));
    }
  }

  private void sweep() {
    sweeping.set(false);
    var left = idle.minusNanos(time.nanos() - used);
    boolean unused = !left.isPositive();
    closeIdle(unused ? Duration.ZERO : idle); // the pool itself measures by the wall clock
    if (keepsAny()) {
      sweepAfter(unused ? idle : left);
    }
  }

  private synchronized boolean keepsAny() {
    return pool != null && pool.getTotalStats().getAvailable() > 0;
  }

  @Override
  public synchronized void close() {
    if (client != null) {
      client.close(CloseMode.IMMEDIATE);
      client = null;
      pool = null;
    }
  }
}
