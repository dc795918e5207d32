package dev.rig.credentials.app;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.Consumer;

/** What was opened, to be closed in reverse order. Belongs to one thread. */
final class ResourceScope implements AutoCloseable {
  private final Deque<Runnable> endings = new ArrayDeque<>();

  /** Has a resource closed at the end, before everything that was opened earlier. */
  <T> T add(T resource, Consumer<? super T> close) {
    endings.push(() -> close.accept(resource));
    return resource;
  }

  /** Closes everything; harmless when called again. */
  @Override
  public void close() {
    while (!endings.isEmpty()) {
      endings.pop().run();
    }
  }
}
