package dev.rig.credentials.concurrent;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.rig.credentials.testing.FakeTime;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.ServiceConfigurationError;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The effects of an uncaught error. */
class UncaughtErrorsTest {
  private final FakeTime time = new FakeTime();
  private final AtomicInteger exits = new AtomicInteger();
  private final UncaughtErrors policy = new UncaughtErrors(time::nanos, exits::incrementAndGet);
  private final List<String> logged = new ArrayList<>();
  private final Logger log = Logger.getLogger(UncaughtErrors.class.getName());
  private final Handler handler =
      new Handler() {
        @Override
        public void publish(LogRecord entry) {
          logged.add(entry.getMessage());
        }

        @Override
        public void flush() {}

        @Override
        public void close() {}
      };

  private static OutOfMemoryError noThread() {
    return new OutOfMemoryError(
        "unable to create native thread: possibly out of memory or process/resource limits"
            + " reached");
  }

  @BeforeEach
  void listen() {
    log.addHandler(handler);
    log.setUseParentHandlers(false);
  }

  @AfterEach
  void stop() {
    log.removeHandler(handler);
    log.setUseParentHandlers(true);
  }

  private void meet(Throwable thrown) {
    policy.uncaughtException(Thread.currentThread(), thrown);
  }

  static Stream<Throwable> passing() {
    return Stream.of(
        noThread(), new StackOverflowError(), new AssertionError(), new IllegalStateException());
  }

  @ParameterizedTest
  @MethodSource("passing")
  void temporaryErrorIsLoggedAndTheProcessContinues(Throwable thrown) {
    meet(thrown);
    assertEquals(0, exits.get());
    assertEquals(1, logged.size());
  }

  static Stream<Throwable> fatal() {
    return Stream.of(
        new OutOfMemoryError("Java heap space"),
        new OutOfMemoryError("Cannot reserve 8192 bytes of direct buffer memory"),
        new OutOfMemoryError(),
        new InternalError("epoll_wait: EBADF"),
        brokenClass(),
        new NoClassDefFoundError("dev/rig/credentials/http/server/HttpEngine"),
        new ExceptionInInitializerError(new IOException("Too many open files")),
        new ServiceConfigurationError("io.helidon: Provider not found"));
  }

  /** Returns the JVM's error for a class whose initialisation found no thread. */
  private static Throwable brokenClass() {
    var cause = new ExceptionInInitializerError("Exception java.lang.OutOfMemoryError: unable to");
    var broken = new NoClassDefFoundError("Could not initialize class X");
    broken.initCause(cause);
    return broken;
  }

  @ParameterizedTest
  @MethodSource("fatal")
  void permanentErrorIsLoggedAndEndsTheProcess(Throwable thrown) {
    meet(thrown);
    assertEquals(1, exits.get());
    assertEquals(1, logged.size());
  }

  @Test
  void errorThatALibraryHasWrappedIsReported() {
    var before = Thread.currentThread().getUncaughtExceptionHandler();
    Thread.currentThread().setUncaughtExceptionHandler(policy);
    try {
      UncaughtErrors.reportCause(null);
      UncaughtErrors.reportCause(new IllegalStateException(new IOException("reset")));
      assertEquals(0, exits.get());
      UncaughtErrors.reportCause(new IllegalStateException(new IOException(brokenClass())));
      assertEquals(1, exits.get());
    } finally {
      Thread.currentThread().setUncaughtExceptionHandler(before);
    }
  }

  @Test
  void sameKindIsLoggedOnceAMinute() {
    for (int second = 0; second < 120; second++) {
      meet(noThread());
      time.advance(Duration.ofSeconds(1));
    }
    assertEquals(2, logged.size(), logged::toString);
    meet(new IllegalStateException());
    assertEquals(3, logged.size(), logged::toString);
  }
}
