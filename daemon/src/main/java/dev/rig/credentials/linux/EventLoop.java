package dev.rig.credentials.linux;

import dev.rig.credentials.concurrent.UncaughtErrors;
import java.util.HashMap;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import jnr.ffi.Pointer;

/**
 * One platform thread that waits for descriptors and runs tasks. It waits in a native call, which
 * would occupy the carrier of a virtual thread.
 *
 * <p>Only that thread calls methods other than {@link #execute}, {@link #start}, {@link #stop},
 * {@link #alive} and {@link #join}.
 */
public final class EventLoop {
  /** Handles the events of a descriptor. */
  public interface Handler {
    /** Handles a ready descriptor; the events are {@link Epoll}'s bits. */
    void ready(int events);

    /** Handles a failure of {@link #ready}; must prevent an immediate repetition. */
    void abandon();
  }

  private static final long WAKE_TOKEN = 0;

  private final Epoll epoll;
  private final int wakeFd;
  private final Pointer wakeValue = LibC.memory(8);
  private final Pointer wakeDrain = LibC.memory(8);
  private final Map<Long, Handler> handlers = new HashMap<>();
  private final Queue<Runnable> tasks = new ConcurrentLinkedQueue<>();
  private final AtomicBoolean woken = new AtomicBoolean();
  private final Thread thread;
  private long nextToken = WAKE_TOKEN + 1;
  private volatile boolean stopping;

  /** Prevents a wake-up through {@link #wakeFd} after it was closed and its number reused. */
  private final Object wakeLock = new Object();

  private boolean wakeClosed;

  /**
   * Creates a loop that does not run yet.
   *
   * @throws IllegalStateException if the system has no free descriptors
   */
  public EventLoop(String name) {
    epoll = new Epoll();
    wakeFd = LibC.eventfd(0, LibC.EFD_CLOEXEC | LibC.EFD_NONBLOCK);
    if (wakeFd < 0) {
      epoll.close();
      throw new IllegalStateException("eventfd: " + LibC.lastError());
    }
    epoll.add(wakeFd, Epoll.IN, WAKE_TOKEN);
    wakeValue.putLongLong(0, 1);
    thread = Thread.ofPlatform().name(name).daemon(true).unstarted(this::run);
  }

  public void start() {
    thread.start();
  }

  public boolean alive() {
    return thread.isAlive();
  }

  public boolean onLoop() {
    return Thread.currentThread() == thread;
  }

  /** Runs a task on the loop, soon; never after the loop has ended. Callable from any thread. */
  public void execute(Runnable task) {
    tasks.add(task);
    if (!onLoop() && !woken.getAndSet(true)) {
      wake();
    }
  }

  /** Ends the loop after the waiting tasks. Callable from any thread. */
  public void stop() {
    execute(() -> stopping = true);
  }

  /** Ends a loop that was never started, and releases its descriptors. */
  public void discard() {
    start();
    stop();
  }

  /** Waits for the loop's end. */
  public void join() throws InterruptedException {
    thread.join();
  }

  private void wake() {
    synchronized (wakeLock) {
      if (!wakeClosed) {
        // The only possible error is a full counter, and then the loop wakes up anyway.
        LibC.write(wakeFd, wakeValue, 8);
      }
    }
  }

  /** Watches a descriptor; returns the token of the registration. */
  public long register(int fd, int interest, Handler handler) {
    long token = nextToken++;
    epoll.add(fd, interest, token);
    handlers.put(token, handler);
    return token;
  }

  public void interest(int fd, int interest, long token) {
    epoll.modify(fd, interest, token);
  }

  /**
   * Ends the watch; call it before closing the descriptor, because a child process may have a copy.
   */
  public void unregister(int fd, long token) {
    if (handlers.remove(token) != null) {
      epoll.remove(fd);
    }
  }

  private void run() {
    try {
      while (!stopping) {
        int count = epoll.await();
        for (int i = 0; i < count; i++) {
          dispatch(epoll.token(i), epoll.events(i));
        }
        for (Runnable task = tasks.poll(); task != null; task = tasks.poll()) {
          runTask(task);
        }
      }
    } finally {
      synchronized (wakeLock) {
        wakeClosed = true;
        LibC.close(wakeFd);
      }
      epoll.close();
    }
  }

  private void dispatch(long token, int events) {
    if (token == WAKE_TOKEN) {
      LibC.read(wakeFd, wakeDrain, 8);
      // Before the tasks run, so that a later task wakes the loop again.
      woken.set(false);
      return;
    }
    // Null if an earlier event of the same batch has closed it.
    Handler handler = handlers.get(token);
    if (handler == null) {
      return;
    }
    try {
      handler.ready(events);
    } catch (Throwable failure) { // a failure of one connection must not affect the others
      UncaughtErrors.report(failure);
      runTask(handler::abandon);
    }
  }

  private static void runTask(Runnable task) {
    try {
      task.run();
    } catch (Throwable failure) {
      UncaughtErrors.report(failure);
    }
  }
}
