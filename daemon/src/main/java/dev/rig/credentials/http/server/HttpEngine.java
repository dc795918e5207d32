package dev.rig.credentials.http.server;

import dev.rig.credentials.socket.PeerStream;
import io.helidon.common.concurrency.limits.FixedLimit;
import io.helidon.common.context.Context;
import io.helidon.http.DateTime;
import io.helidon.http.encoding.ContentEncodingContext;
import io.helidon.http.media.MediaContext;
import io.helidon.webserver.CloseConnectionException;
import io.helidon.webserver.ListenerConfig;
import io.helidon.webserver.ListenerContext;
import io.helidon.webserver.Router;
import io.helidon.webserver.http.DirectHandlers;
import io.helidon.webserver.http.HttpRouting;
import io.helidon.webserver.http1.Http1Config;
import io.helidon.webserver.http1.Http1ConnectionSelector;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.ForkJoinPool;

/** Runs Helidon's HTTP/1.1 and routing on connections that are accepted elsewhere. */
public final class HttpEngine {
  private static final Logger LOG = System.getLogger(HttpEngine.class.getName());

  /** The size limit of a request's body, in bytes. */
  public static final int MOST_BODY = 64 * 1024;

  private final Http1ConnectionSelector http1;
  private final Router router;
  private final ListenerContext listener;

  /**
   * Creates an engine.
   *
   * @param name for Helidon's own messages
   * @param rejections receives what Helidon rejects
   */
  HttpEngine(String name, HttpRouting.Builder routing, RejectionLog rejections) {
    // Starts the thread of Helidon's clock now: if a response needed it first while the system had
    // no thread, the class would stay unusable.
    var _ = DateTime.http1Bytes();
    // The framing rejects larger headers before the engine does.
    var bounds = Http1Config.builder().maxHeadersSize(2 * RequestFraming.MOST_FIELDS).build();
    http1 = Http1ConnectionSelector.builder().config(bounds).build();
    router = Router.builder().addRouting(routing).build();
    var config =
        ListenerConfig.builder()
            .name(name)
            .maxPayloadSize(MOST_BODY)
            .protocolsDiscoverServices(false)
            .buildPrototype();
    listener =
        new Listener(
            Context.builder().id(name).build(),
            MediaContext.builder().mediaSupportsDiscoverServices(false).build(),
            ContentEncodingContext.builder().contentEncodingsDiscoverServices(false).build(),
            ReportedErrors.handlers(rejections),
            config,
            // Not used: writes are immediate.
            ForkJoinPool.commonPool());
  }

  private record Listener(
      Context context,
      MediaContext mediaContext,
      ContentEncodingContext contentEncodingContext,
      DirectHandlers directHandlers,
      ListenerConfig config,
      ExecutorService executor)
      implements ListenerContext {}

  /** Reads one request from a connection, answers it, and returns. */
  void serve(PeerStream connection) {
    try {
      var context = new HelidonConnection(connection, listener, router);
      var served = http1.connection(context);
      context.onWrite(() -> served.close(false)); // does not wait for a second request
      served.handle(FixedLimit.create());
    } catch (CloseConnectionException done) {
      LOG.log(Level.TRACE, "a connection ends: {0}", done.getMessage());
    } catch (InterruptedException stopping) {
      Thread.currentThread().interrupt();
    }
  }

  /** Answers a request that the engine must not read. */
  static void reject(PeerStream connection, Rejection rejection) {
    try {
      connection.write(rejection.answer(), HelidonConnection.ANSWER);
    } catch (IOException gone) {
      LOG.log(Level.TRACE, "a connection ends: {0}", gone.getMessage());
    }
  }
}
