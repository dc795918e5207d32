package dev.rig.credentials.linux;

import dev.rig.credentials.concurrent.UncaughtErrors;
import java.util.HashMap;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import jnr.ffi.Pointer;

/**
 * One platform thread that waits for descriptors and runs tasks. It waits in a native call, where a
 * virtual thread would hold its carrier.
 *
 * <p>Everything but {@link #execute}, {@link #start}, {@link #stop}, {@link #alive} and {@link
 * #join} belongs to that thread.
 */
public final class EventLoop {
  /** Handles the events of a descriptor. */
  public interface Handler {
    /** The descriptor is ready; {@link Epoll}'s bits. */
    void ready(int events);

    /** {@link #ready} failed: do whatever keeps it from being called again at once. */
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

  /** Guards {@link #wakeFd} against a wake-up after it was closed and its number reused. */
  private final Object wakeLock = new Object();

  private boolean wakeClosed;

  /**
   * A loop that does not run yet.
   *
   * @throws IllegalStateException when the system has no descriptors for it
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

  /** Runs a task on the loop, soon; after the loop has ended, never. From any thread. */
  public void execute(Runnable task) {
    tasks.add(task);
    if (!onLoop() && !woken.getAndSet(true)) {
      wake();
    }
  }

  /** Lets the loop end after the tasks that wait. From any thread. */
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
        // The one error that it can have is a full counter, and then the loop wakes up anyway.
        LibC.write(wakeFd, wakeValue, 8);
      }
    }
  }

  /** Watches a descriptor; the answer names the registration. */
  public long register(int fd, int interest, Handler handler) {
    long token = nextToken++;
    epoll.add(fd, interest, token);
    handlers.put(token, handler);
    return token;
  }

  public void interest(int fd, int interest, long token) {
    epoll.modify(fd, interest, token);
  }

  /** Ends the watch, before the descriptor is closed: a child may hold a copy of it. */
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
      // Before the tasks are run, so that one that comes later wakes the loop again.
      woken.set(false);
      return;
    }
    // One that an earlier event of the same batch has closed is gone.
    Handler handler = handlers.get(token);
    if (handler == null) {
      return;
    }
    try {
      handler.ready(events);
    } catch (Throwable failure) { // whatever one connection meets, the others are served
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
