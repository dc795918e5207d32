package dev.rig.credentials.testing.daemon;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import java.util.stream.IntStream;

/** Clients that ask again and again on threads of their own, until it is closed. */
public final class ClientLoad implements AutoCloseable {
  private final AtomicInteger asked = new AtomicInteger();
  private final List<String> wrong = new CopyOnWriteArrayList<>();
  private final List<Thread> threads;
  private volatile boolean ended;

  private static final Duration PAUSE = Duration.ofMillis(5);

  private ClientLoad(int clients, Supplier<ProgramResult> ask, String answer) {
    threads =
        IntStream.range(0, clients)
            .mapToObj(i -> Thread.ofVirtual().start(() -> askOn(ask, answer)))
            .toList();
  }

  /** Has that many clients ask the native client for a key that always has this answer. */
  public static ClientLoad of(int clients, NativeClient client, String key, String answer) {
    return new ClientLoad(clients, () -> client.get(key), answer);
  }

  /** Has that many clients ask in a way of the test's own for what always has this answer. */
  public static ClientLoad of(int clients, Supplier<ProgramResult> ask, String answer) {
    return new ClientLoad(clients, ask, answer);
  }

  private void askOn(Supplier<ProgramResult> ask, String answer) {
    while (!ended) {
      try {
        var outcome = ask.get();
        asked.incrementAndGet();
        LockSupport.parkNanos(PAUSE.toNanos()); // requests must not occupy the whole processor
        if (outcome.status() != 0 || !outcome.stdout().equals(answer)) {
          wrong.add(outcome.toString());
        }
      } catch (RuntimeException | AssertionError e) {
        wrong.add(e.toString());
        return;
      }
    }
  }

  /** How many answers there were so far. */
  public int asked() {
    return asked.get();
  }

  /** The answers that were not the right one. */
  public List<String> wrong() {
    return List.copyOf(wrong);
  }

  @Override
  public void close() {
    stop();
  }

  /** Waits for the last answers; then there are no more. */
  public void stop() {
    ended = true;
    for (var thread : threads) {
      try {
        thread.join();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
