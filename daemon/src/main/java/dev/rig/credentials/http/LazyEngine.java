package dev.rig.credentials.http;

import io.helidon.webserver.http.HttpRouting;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.function.Supplier;

/**
 * An engine that is made once, by whoever comes first: the daemon's start does not wait for
 * Helidon.
 */
final class LazyEngine {
  private final FutureTask<Engine> engine;

  LazyEngine(String name, Supplier<HttpRouting.Builder> routing) {
    engine = new FutureTask<>(() -> new Engine(name, routing.get()));
  }

  /** Makes it, unless that is done or under way. */
  void warmUp() {
    engine.run();
  }

  /** The engine; waits until it is made. */
  Engine get() throws InterruptedException {
    engine.run();
    try {
      return engine.get();
    } catch (ExecutionException e) {
      throw new IllegalStateException("the HTTP engine cannot be made", e.getCause());
    }
  }
}
