package dev.rig.credentials.testing;

import dev.rig.credentials.time.Scheduler;
import dev.rig.credentials.time.Time;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.NavigableSet;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Time that a test advances. Tasks run on the thread that advances it. */
public final class FakeTime implements Scheduler {
  private record Task(long at, long order, Runnable work) implements Cancellable {
    @Override
    public void cancel() {
      throw new UnsupportedOperationException("cancel the handle that schedule gave");
    }
  }

  private final NavigableSet<Task> tasks =
      new TreeSet<>(Comparator.comparingLong(Task::at).thenComparingLong(Task::order));
  private Instant wall = Instant.parse("2026-01-01T00:00:00Z");
  private long nanos;
  private long order;

  /** Returns this as the code under test needs it. */
  public Time time() {
    return new Time(this::now, this::nanos, this);
  }

  public synchronized Instant now() {
    return wall;
  }

  public synchronized long nanos() {
    return nanos;
  }

  /** Advances both clocks, and runs due tasks in order. */
  public void advance(Duration duration) {
    long end = nanos() + duration.toNanos();
    for (Task task = next(end); task != null; task = next(end)) {
      move(task.at());
      task.work().run();
    }
    move(end);
  }

  /** Moves only the wall clock. */
  public synchronized void jump(Duration duration) {
    wall = wall.plus(duration);
  }

  /** Returns how many tasks wait. */
  public synchronized int pending() {
    return tasks.size();
  }

  @Override
  public synchronized Cancellable schedule(Duration delay, Runnable work) {
    var task = new Task(nanos + Math.max(0, delay.toNanos()), order++, work);
    tasks.add(task);
    return () -> remove(task);
  }

  private synchronized void remove(Task task) {
    tasks.remove(task);
  }

  private synchronized void move(long to) {
    wall = wall.plusNanos(to - nanos);
    nanos = to;
  }

  private synchronized @Nullable Task next(long end) {
    if (tasks.isEmpty() || tasks.first().at() > end) {
      return null;
    }
    return tasks.pollFirst();
  }
}
