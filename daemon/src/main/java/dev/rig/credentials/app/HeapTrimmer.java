package dev.rig.credentials.app;

import dev.rig.credentials.time.Scheduler;
import java.time.Duration;

/**
 * Keeps the heap near the size of the objects in use. The serial collector enlarges the old
 * generation up to a quarter of the machine's memory before it collects it, so a daemon that runs
 * many scripts would keep gigabytes of garbage, and one that runs few would grow for hours. This
 * class collects all garbage as soon as the heap has grown by half and by 16 MiB since; a minute
 * after the start; and every five minutes for each 16 MiB of the heap, unless the daemon did nearly
 * nothing since. The JVM then returns the free part to the system.
 */
final class HeapTrimmer {
  /** The time between two checks; a collection stops all threads for some 50 ms per 50 MiB. */
  static final Duration INTERVAL = Duration.ofSeconds(3);

  /** How many checks follow the start before the heap is collected for the first time. */
  static final int FIRST_CHECKS = 20;

  /** How many checks follow another collection, for each {@link #PART} of the heap. */
  static final int CHECKS_BETWEEN = 100;

  static final long PART = 16 << 20;

  private static final long FREE_GROWTH = 16 << 20;

  /** The JVM's heap, which tests replace. */
  interface Heap {
    /** Returns the bytes that the heap takes from the system. */
    long size();

    /** Returns the bytes that objects take, garbage included. */
    long used();

    /** Collects all garbage. */
    void collect();
  }

  private final Heap heap;
  private final Scheduler scheduler;
  private long limit = FREE_GROWTH;
  private long due = FIRST_CHECKS;
  private long checks;
  private long usedBefore;
  private boolean active = true;

  HeapTrimmer(Heap heap, Scheduler scheduler) {
    this.heap = heap;
    this.scheduler = scheduler;
    scheduler.schedule(INTERVAL, this::check);
  }

  /** Trims the heap of this JVM until the scheduler is closed. */
  static void ofJvm(Scheduler scheduler) {
    var _ =
        new HeapTrimmer(
            new Heap() {
              @Override
              public long size() {
                return Runtime.getRuntime().totalMemory();
              }

              @Override
              public long used() {
                return size() - Runtime.getRuntime().freeMemory();
              }

              @Override
              public void collect() {
                System.gc();
              }
            },
            scheduler);
  }

  private void check() {
    checks++;
    long used = heap.used();
    active |= used < usedBefore; // the young generation was filled and collected
    usedBefore = used;
    if (heap.size() > limit || (active && checks >= due)) {
      heap.collect();
      usedBefore = heap.used();
      limit = usedBefore * 3 / 2 + FREE_GROWTH;
      due = CHECKS_BETWEEN * Math.max(1, heap.size() / PART);
      checks = 0;
      active = false;
    }
    scheduler.schedule(INTERVAL, this::check);
  }
}
