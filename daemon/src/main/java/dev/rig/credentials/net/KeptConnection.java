package dev.rig.credentials.net;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.SocketTimeoutException;
import javax.net.ssl.SSLSocket;
import org.apache.hc.client5.http.impl.io.DefaultManagedHttpClientConnection;
import org.apache.hc.core5.http.config.Http1Config;
import org.apache.hc.core5.http.impl.DefaultContentLengthStrategy;
import org.apache.hc.core5.http.impl.io.DefaultHttpRequestWriterFactory;
import org.apache.hc.core5.http.impl.io.DefaultHttpResponseParserFactory;
import org.apache.hc.core5.http.impl.io.SocketHolder;
import org.apache.hc.core5.http.message.BasicLineParser;
import org.apache.hc.core5.util.Timeout;

/**
 * A connection that reports whether it has received bytes that belong to no request. HttpClient
 * itself can only wait for bytes, at least 1 ms, which is as long as a whole request on a kept
 * connection takes.
 */
final class KeptConnection extends DefaultManagedHttpClientConnection {
  /** How long to wait for the rest of a TLS record that has arrived in part. */
  private static final Timeout RECORD = Timeout.ofMilliseconds(1);

  private volatile boolean glancing;

  KeptConnection(Http1Config bounds) {
    super(
        "registry",
        null,
        null,
        bounds,
        DefaultContentLengthStrategy.INSTANCE,
        DefaultContentLengthStrategy.INSTANCE,
        DefaultHttpRequestWriterFactory.INSTANCE,
        // The client's own parser would skip what precedes the status line.
        new DefaultHttpResponseParserFactory(bounds, BasicLineParser.INSTANCE, null));
  }

  @Override
  public void bind(Socket socket) throws IOException {
    bind(new GlancingHolder(socket));
  }

  @Override
  public void bind(SSLSocket tls, Socket socket) throws IOException {
    bind(new GlancingHolder(tls, socket));
  }

  /** Returns whether unread bytes have arrived, which would be read as the next response. */
  boolean holdsBytes() throws IOException {
    glancing = true;
    try {
      return isDataAvailable(RECORD);
    } finally {
      glancing = false;
    }
  }

  private final class GlancingHolder extends SocketHolder {
    GlancingHolder(Socket socket) {
      super(socket);
    }

    GlancingHolder(SSLSocket tls, Socket socket) {
      super(tls, socket);
    }

    @Override
    protected InputStream getInputStream(Socket socket) throws IOException {
      var plain = super.getInputStream(getBaseSocket());
      return new FilterInputStream(
          socket.equals(getBaseSocket()) ? plain : super.getInputStream(socket)) {
        @Override
        public int read(byte[] bytes, int offset, int length) throws IOException {
          if (glancing && plain.available() == 0 && in.available() == 0) {
            throw new SocketTimeoutException("nothing has arrived");
          }
          return in.read(bytes, offset, length);
        }
      };
    }
  }
}
