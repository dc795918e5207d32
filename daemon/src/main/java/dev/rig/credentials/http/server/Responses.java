package dev.rig.credentials.http.server;

import dev.rig.credentials.linux.Peer;
import io.helidon.http.HeaderNames;
import io.helidon.http.HeaderValues;
import io.helidon.http.Status;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import org.jspecify.annotations.Nullable;

/** Shared operations on Helidon's requests and responses. */
public final class Responses {
  private Responses() {}

  /** Returns the peer; null over TCP. */
  public static @Nullable Peer peer(ServerRequest request) {
    return request.remotePeer() instanceof HttpPeerInfo(var peer) ? peer : null;
  }

  /** Sends a response and closes the connection: each carries only one request. */
  public static void answer(ServerResponse response, int status, String type, byte[] body) {
    response.status(Status.create(status));
    response.header(HeaderNames.CONTENT_TYPE, type);
    response.header(HeaderNames.CACHE_CONTROL, "no-store");
    response.header(HeaderNames.create("X-Content-Type-Options"), "nosniff");
    response.header(HeaderValues.CONNECTION_CLOSE);
    response.send(body);
  }
}
