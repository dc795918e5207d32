package dev.rig.credentials.http.server;

import dev.rig.credentials.socket.PeerStream;
import dev.rig.credentials.socket.StreamServer.Framing;
import dev.rig.credentials.socket.StreamServer.Protocol;
import dev.rig.credentials.time.Ticker;
import io.helidon.webserver.http.HttpRouting;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * An engine that the first request or {@link #warmUp} creates, so that the daemon's start does not
 * wait for Helidon. If the creation fails, for example for lack of descriptors, the next request
 * retries.
 */
public final class LazyHttpEngine implements Protocol {
  private final String name;
  private final Supplier<HttpRouting.Builder> routing;
  private final RejectionLog rejections;
  private @Nullable HttpEngine engine;

  /**
   * Creates none yet.
   *
   * @param name for messages, such as {@code admin port}
   */
  public LazyHttpEngine(String name, Supplier<HttpRouting.Builder> routing, Ticker ticker) {
    this.name = name;
    this.routing = routing;
    this.rejections = new RejectionLog(name, ticker);
  }

  /** Creates the engine, unless it exists. */
  public void warmUp() {
    var _ = engine();
  }

  private synchronized HttpEngine engine() {
    var made = engine;
    if (made == null) {
      made = new HttpEngine(name, routing.get(), rejections);
      engine = made;
    }
    return made;
  }

  @Override
  public Framing framing(Consumer<byte[]> interim) {
    var request = new RequestFraming(interim);
    return new Framing() {
      @Override
      public boolean isCompleteWith(byte[] bytes, int from, int to) {
        return request.isCompleteWith(bytes, from, to);
      }

      @Override
      public void serve(PeerStream stream) {
        var rejection = request.rejection();
        if (rejection == null) {
          engine().serve(stream);
        } else {
          rejections.log(rejection);
          HttpEngine.reject(stream, rejection);
        }
      }

      @Override
      public byte[] timeoutAnswer() {
        var timeout = Rejection.timeout();
        rejections.log(timeout);
        return timeout.answer();
      }
    };
  }
}
