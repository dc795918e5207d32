package dev.rig.credentials.testing.daemon;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import java.util.stream.IntStream;

/** Clients that send requests on separate threads until this is closed. */
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

  /** Starts clients that request a key with the native client, always with this answer. */
  public static ClientLoad of(int clients, NativeClient client, String key, String answer) {
    return new ClientLoad(clients, () -> client.get(key), answer);
  }

  /** Starts clients that send a request of the test, always with this answer. */
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
          wrong.add("%s, instead of %s%s".formatted(Instant.now(), answer, outcome));
        }
      } catch (RuntimeException | AssertionError e) {
        wrong.add(e.toString());
        return;
      }
    }
  }

  /** Returns how many answers there were so far. */
  public int asked() {
    return asked.get();
  }

  /** Returns the wrong answers, each with its time and the right one. */
  public List<String> wrong() {
    return List.copyOf(wrong);
  }

  @Override
  public void close() {
    stop();
  }

  /** Waits for the last answers; no requests follow. */
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
