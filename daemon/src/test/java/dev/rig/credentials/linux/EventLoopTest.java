package dev.rig.credentials.linux;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class EventLoopTest {
  /** F36: a task or connection that fails for a shortage does not affect others. */
  @Test
  void f36_errorOfATaskOrAnEventDoesNotEndTheLoop() throws Exception {
    var loop = new EventLoop("test-loop");
    loop.start();
    var abandoned = new CountDownLatch(1);
    var tries = new AtomicInteger();
    int fd = LibC.eventfd(1, LibC.EFD_NONBLOCK | LibC.EFD_CLOEXEC); // readable immediately
    loop.execute(() -> {
      throw new OutOfMemoryError("unable to create native thread: expected by the test");
    });
    loop.execute(() -> {
      long[] token = new long[1];
      token[0] =
          loop.register(
              fd,
              Epoll.IN,
              new EventLoop.Handler() {
                @Override
                public void ready(int events) {
                  tries.incrementAndGet();
                  throw new AssertionError("expected by the test");
                }

                @Override
                public void abandon() {
                  loop.unregister(fd, token[0]);
                  abandoned.countDown();
                  throw new StackOverflowError("expected by the test");
                }
              });
    });
    assertTrue(abandoned.await(20, TimeUnit.SECONDS));
    var alive = new CountDownLatch(1);
    loop.execute(alive::countDown);
    assertTrue(alive.await(20, TimeUnit.SECONDS));
    assertTrue(loop.alive());
    loop.stop();
    loop.join();
    LibC.close(fd);
  }
}
