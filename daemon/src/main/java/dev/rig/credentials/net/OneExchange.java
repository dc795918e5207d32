package dev.rig.credentials.net;

import java.io.IOException;
import java.io.Serial;
import java.io.UncheckedIOException;
import java.net.SocketTimeoutException;
import org.apache.hc.client5.http.protocol.HttpClientContext;
import org.apache.hc.core5.http.ClassicHttpRequest;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.HttpConnection;
import org.apache.hc.core5.http.HttpException;
import org.apache.hc.core5.http.HttpRequest;
import org.apache.hc.core5.http.HttpResponse;
import org.apache.hc.core5.http.MessageConstraintException;
import org.apache.hc.core5.http.config.Http1Config;
import org.apache.hc.core5.http.impl.Http1StreamListener;
import org.apache.hc.core5.http.impl.io.HttpRequestExecutor;
import org.apache.hc.core5.http.io.HttpClientConnection;
import org.apache.hc.core5.http.io.HttpResponseInformationCallback;
import org.apache.hc.core5.http.protocol.HttpContext;

/**
 * Sends one request over a connection. It distinguishes a kept connection that the other side
 * closed earlier from one that breaks now, and limits the number of interim responses.
 */
final class OneExchange extends HttpRequestExecutor {
  private static final int MOST_INTERIM = 8;

  /** A kept connection is closed: no byte of a response has arrived. */
  static final class StaleException extends IOException {
    @Serial private static final long serialVersionUID = 1L;

    private StaleException(IOException cause) {
      super("the connection had been closed", cause);
    }
  }

  @Override
  public ClassicHttpResponse execute(
      ClassicHttpRequest request,
      HttpClientConnection connection,
      HttpResponseInformationCallback interim,
      HttpContext context)
      throws IOException, HttpException {
    var details = connection.getEndpointDetails();
    long received = details.getReceivedBytesCount();
    var route = HttpClientContext.cast(context).getHttpRoute(); // null for the CONNECT to a proxy
    boolean kept = route != null && details.getResponseCount() > (route.isTunnelled() ? 1 : 0);
    if (kept && connection instanceof KeptConnection own && own.holdsBytes()) {
      throw new StaleException(new IOException("bytes arrived that no request had asked for"));
    }
    var executor = new HttpRequestExecutor(Http1Config.DEFAULT, null, new InterimCount());
    try {
      return executor.execute(request, connection, interim, context);
    } catch (UncheckedIOException e) {
      throw e.getCause();
    } catch (IOException e) {
      boolean silent = details.getReceivedBytesCount() == received;
      throw kept && silent && !(e instanceof SocketTimeoutException) ? new StaleException(e) : e;
    }
  }

  /** Counts the interim responses. */
  private static final class InterimCount implements Http1StreamListener {
    private int heads;

    @Override
    public void onRequestHead(HttpConnection connection, HttpRequest request) {}

    @Override
    public void onResponseHead(HttpConnection connection, HttpResponse response) {
      if (++heads > MOST_INTERIM + 1) {
        throw new UncheckedIOException(
            new MessageConstraintException("too many interim responses"));
      }
    }

    @Override
    public void onExchangeComplete(HttpConnection connection, boolean keepAlive) {}
  }
}
