package dev.rig.credentials.app;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.Consumer;

/** Resources that are closed in reverse order. Used by one thread. */
final class ResourceScope implements AutoCloseable {
  private final Deque<Runnable> endings = new ArrayDeque<>();

  /** Registers a resource, which is closed before everything that was added earlier. */
  <T> T add(T resource, Consumer<? super T> close) {
    endings.push(() -> close.accept(resource));
    return resource;
  }

  /** Closes everything. Closing twice has no effect. */
  @Override
  public void close() {
    while (!endings.isEmpty()) {
      endings.pop().run();
    }
  }
}
