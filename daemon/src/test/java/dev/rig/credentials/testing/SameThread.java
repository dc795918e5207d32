package dev.rig.credentials.testing;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.AbstractExecutorService;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;

/** Runs each task immediately on the calling thread, or after one that is running. */
public final class SameThread extends AbstractExecutorService {
  private final List<Runnable> waiting = new ArrayList<>();
  private boolean busy;
  private boolean ended;
  private boolean stopped;

  @Override
  public void execute(Runnable task) {
    if (ended) {
      throw new RejectedExecutionException();
    }
    waiting.add(task);
    run();
  }

  /** Makes later tasks wait, as SIGSTOP does with a process. */
  public void stop() {
    stopped = true;
  }

  /** Continues, as SIGCONT does with a process. */
  public void resume() {
    stopped = false;
    run();
  }

  private void run() {
    if (busy || stopped) {
      return;
    }
    busy = true;
    try {
      while (!waiting.isEmpty()) {
        waiting.removeFirst().run();
      }
    } finally {
      busy = false;
    }
  }

  @Override
  public void shutdown() {
    ended = true;
  }

  @Override
  public List<Runnable> shutdownNow() {
    ended = true;
    return List.of();
  }

  @Override
  public boolean isShutdown() {
    return ended;
  }

  @Override
  public boolean isTerminated() {
    return ended;
  }

  @Override
  public boolean awaitTermination(long timeout, TimeUnit unit) {
    return ended;
  }
}
