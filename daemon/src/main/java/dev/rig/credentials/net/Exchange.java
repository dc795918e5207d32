package dev.rig.credentials.net;

import dev.rig.credentials.net.HttpFailure.HttpFailureKind;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.cert.CertPathBuilderException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;
import java.util.zip.GZIPInputStream;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLPeerUnverifiedException;
import org.apache.hc.client5.http.ClientProtocolException;
import org.apache.hc.client5.http.ConnectTimeoutException;
import org.apache.hc.client5.http.auth.AuthExchange;
import org.apache.hc.client5.http.auth.UsernamePasswordCredentials;
import org.apache.hc.client5.http.classic.methods.HttpUriRequestBase;
import org.apache.hc.client5.http.impl.auth.BasicScheme;
import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.apache.hc.client5.http.protocol.HttpClientContext;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.MalformedChunkCodingException;
import org.apache.hc.core5.http.MessageConstraintException;
import org.apache.hc.core5.http.TruncatedChunkException;
import org.apache.hc.core5.http.io.entity.ByteArrayEntity;
import org.apache.hc.core5.io.Closer;
import org.apache.hc.core5.net.URIAuthority;
import org.jspecify.annotations.Nullable;

/** One request with its whole response, aborted when the time is over (F29). */
final class Exchange {
  private static final int BLOCK = 8 * 1024;

  private final CloseableHttpClient client;
  private final Hop hop;
  private final RequestBudget budget;
  private volatile @Nullable HttpUriRequestBase sent;
  private volatile boolean over;

  Exchange(CloseableHttpClient client, Hop hop, RequestBudget budget) {
    this.client = client;
    this.hop = hop;
    this.budget = budget;
  }

  /** Aborts the exchange in any state, because a peer may send one byte per second. */
  void cut() {
    over = true;
    var running = sent;
    if (running != null) {
      running.cancel();
    }
  }

  /**
   * Returns the message to send. It is aborted when the time ends, even if that was before this
   * call.
   */
  private HttpUriRequestBase begin(HttpRequest request) throws HttpFailure {
    var message = message(request);
    sent = message;
    if (over) {
      throw budget.tooSlow(hop.who());
    }
    return message;
  }

  /**
   * Sends the request; retries once if a kept connection was closed.
   *
   * @param closeIdle closes connections that were idle for that time
   */
  HttpResponse send(HttpRequest request, Consumer<Duration> closeIdle)
      throws HttpFailure, InterruptedException {
    var context = context();
    try {
      try {
        return response(begin(request), context);
      } catch (OneExchange.StaleException e) {
        closeIdle.accept(Duration.ZERO); // other connections are as old
        context = context();
        return response(begin(request), context);
      }
    } catch (IOException e) {
      if (Thread.interrupted()) {
        throw new InterruptedException();
      }
      throw over ? budget.tooSlow(hop.who()) : failure(e, context);
    } catch (IllegalStateException e) { // a CancellationException, or a closed connection
      if (over) {
        throw budget.tooSlow(hop.who());
      }
      throw e;
    }
  }

  private static HttpUriRequestBase message(HttpRequest request) {
    var message = new HttpUriRequestBase(request.method(), URI.create("/"));
    var origin = request.address().origin();
    int port = origin.authority().equals(origin.host()) ? -1 : origin.port();
    message.setScheme(origin.scheme());
    message.setAuthority(new URIAuthority(origin.bareHost(), port));
    message.setPath(request.address().target());
    message.setHeader("Accept-Encoding", "identity");
    request.headers().forEach(message::setHeader);
    if (request.authorization() != null) {
      message.setHeader("Authorization", request.authorization().reveal());
    }
    if (request.body() != null) {
      byte[] body = request.body().reveal().getBytes(StandardCharsets.UTF_8);
      message.setEntity(new ByteArrayEntity(body, null));
    }
    return message;
  }

  private HttpClientContext context() {
    var context = HttpClientContext.create();
    HttpTransport.route(context, hop);
    var proxy = hop.proxy();
    if (proxy != null && proxy.getUserInfo() != null) {
      var login = proxy.getUserInfo().split(":", 2);
      var password = login.length > 1 ? login[1].toCharArray() : new char[0];
      var basic = new BasicScheme();
      basic.initPreemptive(new UsernamePasswordCredentials(login[0], password));
      var auth = new AuthExchange();
      auth.select(basic);
      context.setAuthExchange(hop.route().getProxyHost(), auth);
    }
    return context;
  }

  private HttpResponse response(HttpUriRequestBase message, HttpClientContext context)
      throws IOException, HttpFailure {
    boolean whole = false;
    var response = client.executeOpen(hop.route().getTargetHost(), message, context);
    try {
      if (hop.tls() != null && context.getSSLSession() == null) {
        throw new HttpFailure(
            HttpFailureKind.UNREACHABLE,
            "the proxy %s answered %d for %s"
                .formatted(proxyName(), response.getCode(), hop.who()));
      }
      var headers = headers(response);
      var body = decoded(body(response), headers.getOrDefault("content-encoding", List.of()));
      response.close();
      whole = true;
      return new HttpResponse(response.getCode(), headers, body, hop.zone());
    } finally {
      if (!whole) {
        message.cancel(); // first, because closing the response would read the rest of it
        Closer.closeQuietly(response);
      }
    }
  }

  private String proxyName() {
    return hop.proxy() == null ? "" : Proxies.origin(hop.proxy()).authority();
  }

  private Map<String, List<String>> headers(ClassicHttpResponse response) throws HttpFailure {
    var headers = new HashMap<String, List<String>>();
    for (var header : response.getHeaders()) {
      var value = header.getValue() == null ? "" : header.getValue().strip();
      if (hasControl(header.getName()) || hasControl(value)) {
        throw invalid("a control character in its head");
      }
      headers
          .computeIfAbsent(header.getName().toLowerCase(Locale.ROOT), name -> new ArrayList<>())
          .add(value);
    }
    return headers;
  }

  private static boolean hasControl(String text) {
    return text.chars().anyMatch(c -> c != '\t' && (c < ' ' || c == 0x7f));
  }

  private byte[] body(ClassicHttpResponse response) throws IOException, HttpFailure {
    var entity = response.getEntity();
    if (entity == null) {
      return new byte[0];
    }
    budget.checkLength(entity.getContentLength(), hop.who());
    return read(entity.getContent());
  }

  private byte[] read(InputStream in) throws IOException, HttpFailure {
    var body = new ByteArrayOutputStream(BLOCK);
    byte[] block = new byte[BLOCK];
    for (int count = in.read(block); count >= 0; count = in.read(block)) {
      budget.take(count, hop.who());
      body.write(block, 0, count);
    }
    return body.toByteArray();
  }

  /** Returns the body without the compression that some servers and caches add unrequested. */
  private byte[] decoded(byte[] body, List<String> encodings) throws HttpFailure {
    byte[] decoded = body;
    for (var encoding : String.join(",", encodings).toLowerCase(Locale.ROOT).split(",", -1)) {
      switch (encoding.strip()) {
        case "", "identity" -> {}
        case "gzip", "x-gzip" -> decoded = gunzip(decoded);
        default -> {
          if (body.length > 0) {
            throw invalid("a body in an encoding that was not requested");
          }
        }
      }
    }
    return isGzip(decoded) ? gunzip(decoded) : decoded;
  }

  /** Returns whether the body starts like gzip (RFC 1952, 2.3.1); no requested content does. */
  private static boolean isGzip(byte[] body) {
    return body.length > 2 && body[0] == 0x1f && body[1] == (byte) 0x8b && body[2] == 8;
  }

  private byte[] gunzip(byte[] body) throws HttpFailure {
    if (body.length == 0) {
      return body;
    }
    try (var in = new GZIPInputStream(new ByteArrayInputStream(body))) {
      return read(in);
    } catch (IOException e) {
      throw invalid("a body that is not valid gzip");
    }
  }

  private HttpFailure invalid(String what) {
    return HttpFailure.invalid("%s sent invalid HTTP: %s".formatted(hop.who(), what));
  }

  private HttpFailure failure(IOException e, HttpClientContext context) {
    boolean unconnected = context.getEndpointDetails() == null;
    if (e instanceof ConnectException
        || e instanceof ConnectTimeoutException
        || e instanceof NoRouteToHostException
        || (unconnected && hop.route().getUnixDomainSocket() != null)) {
      return new HttpFailure(HttpFailureKind.NO_LISTENER, detail(e));
    }
    if (e instanceof MessageConstraintException) {
      return invalid("a head that is too large");
    }
    if (e instanceof ClientProtocolException) {
      return invalid("a head with invalid syntax");
    }
    if (e instanceof MalformedChunkCodingException && !(e instanceof TruncatedChunkException)) {
      return invalid("a body with invalid chunks");
    }
    if (e instanceof SSLException) {
      return isAboutCertificates(e)
          ? new HttpFailure(
              HttpFailureKind.UNTRUSTED,
              "the certificate of %s is not trusted (%s); name its authority in"
                      .formatted(hop.who(), detail(e))
                  + " daemon.registryClient.caFiles")
          : new HttpFailure(
              HttpFailureKind.BROKEN, "TLS with %s failed (%s)".formatted(hop.who(), detail(e)));
    }
    return new HttpFailure(
        HttpFailureKind.BROKEN, "the connection to %s broke (%s)".formatted(hop.who(), detail(e)));
  }

  private static boolean isAboutCertificates(Throwable thrown) {
    return thrown instanceof CertificateException
        || thrown instanceof SSLPeerUnverifiedException
        || (thrown.getCause() != null && isAboutCertificates(thrown.getCause()));
  }

  /**
   * Returns the deepest cause in plain words: without class names, and without text from the other
   * side.
   */
  private static String detail(IOException e) {
    var root = root(e);
    var message = root.getMessage();
    return switch (root) {
      case CertPathBuilderException _ -> "no trusted authority has signed it";
      case CertificateExpiredException _ -> "it has expired";
      case CertificateNotYetValidException _ -> "it is not valid yet";
      default ->
          message == null || root.getClass().getName().startsWith("org.apache.")
              ? "it was closed before the complete response"
              : message;
    };
  }

  private static Throwable root(Throwable thrown) {
    var root = thrown;
    while (root.getCause() != null) {
      root = root.getCause();
    }
    return root;
  }
}
