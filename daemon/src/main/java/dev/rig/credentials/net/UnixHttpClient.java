package dev.rig.credentials.net;

import dev.rig.credentials.time.Time;
import java.nio.file.Path;

/** Sends requests over a Unix socket. */
public final class UnixHttpClient implements AutoCloseable {
  private static final Origin HERE = new Origin("http", "localhost", 80);

  private final Path socket;
  private final HttpTransport transport;

  /** Creates a client; nothing is opened before the first request. */
  public UnixHttpClient(Path socket, Time time) {
    this.socket = socket;
    this.transport = new HttpTransport(time, HttpTransport.IDLE);
  }

  /**
   * Returns the address of a path and query.
   *
   * @param target encoded, with the leading slash
   */
  public static HttpAddress address(String target) {
    return HERE.at(target);
  }

  /**
   * Sends a request.
   *
   * @return any response
   * @throws HttpFailure if no response arrives
   */
  public HttpResponse send(HttpRequest request, RequestBudget budget)
      throws HttpFailure, InterruptedException {
    return transport.send(request, Hop.unix(request.address().origin(), socket), budget);
  }

  @Override
  public void close() {
    transport.close();
  }
}
