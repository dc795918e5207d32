package dev.rig.credentials.http.server;

import io.helidon.webserver.http.HttpRouting;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.function.Supplier;

/**
 * An engine that is made once, by whoever comes first: the daemon's start does not wait for
 * Helidon.
 */
public final class LazyHttpEngine {
  private final FutureTask<HttpEngine> engine;

  public LazyHttpEngine(String name, Supplier<HttpRouting.Builder> routing) {
    engine = new FutureTask<>(() -> new HttpEngine(name, routing.get()));
  }

  /** Makes it, unless that is done or under way. */
  public void warmUp() {
    engine.run();
  }

  /** The engine; waits until it is made. */
  public HttpEngine get() throws InterruptedException {
    engine.run();
    try {
      return engine.get();
    } catch (ExecutionException e) {
      throw new IllegalStateException("the HTTP engine cannot be made", e.getCause());
    }
  }
}
