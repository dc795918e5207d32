package dev.rig.credentials.app;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.rig.credentials.testing.FakeTime;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class HeapTrimmerTest {
  private static final long MIB = 1 << 20;

  private final FakeTime time = new FakeTime();
  private final FakeHeap heap = new FakeHeap();

  @BeforeEach
  void start() {
    var _ = new HeapTrimmer(heap, time);
  }

  /** A heap that shrinks to the size of the objects in use. */
  private static final class FakeHeap implements HeapTrimmer.Heap {
    private long size = 8 * MIB;
    private long inUse = 8 * MIB;
    private int collections;

    @Override
    public long size() {
      return size;
    }

    @Override
    public long used() {
      return inUse;
    }

    @Override
    public void collect() {
      collections++;
      size = inUse;
    }
  }

  private void grownTo(long size) {
    heap.size = size;
    time.advance(HeapTrimmer.INTERVAL);
  }

  @Test
  void smallHeapIsNotCollected() {
    grownTo(16 * MIB);
    assertEquals(0, heap.collections);
  }

  @Test
  void heapIsCollectedWhenItHasGrownByHalfAndSixteenMebibytes() {
    grownTo(17 * MIB);
    assertEquals(1, heap.collections);
    heap.inUse = 40 * MIB;
    grownTo(28 * MIB);
    assertEquals(1, heap.collections);
    grownTo(29 * MIB);
    assertEquals(2, heap.collections);
    grownTo(76 * MIB);
    assertEquals(2, heap.collections);
    grownTo(77 * MIB);
    assertEquals(3, heap.collections);
  }

  private void pass(long checks) {
    time.advance(HeapTrimmer.INTERVAL.multipliedBy(checks));
  }

  /** Fills the young generation, which is then collected. */
  private void work() {
    heap.inUse += MIB;
    pass(1);
    heap.inUse -= MIB;
    pass(1);
  }

  @Test
  void garbageOfTheStartIsCollectedAfterAMinute() {
    pass(HeapTrimmer.FIRST_CHECKS - 1);
    assertEquals(0, heap.collections);
    pass(1);
    assertEquals(1, heap.collections);
  }

  @Test
  void daemonThatWorksIsCollectedEveryFiveMinutes() {
    pass(HeapTrimmer.FIRST_CHECKS);
    for (int i = 0; i < 3; i++) {
      work();
      pass(HeapTrimmer.CHECKS_BETWEEN - 3);
      assertEquals(i + 1, heap.collections, "too early");
      pass(1);
      assertEquals(i + 2, heap.collections);
    }
  }

  @Test
  void daemonThatDoesNothingIsNotCollectedAgain() {
    pass(HeapTrimmer.FIRST_CHECKS);
    heap.inUse += MIB;
    pass(10 * HeapTrimmer.CHECKS_BETWEEN);
    assertEquals(1, heap.collections);
  }

  @Test
  void largeHeapIsCollectedLessOften() {
    heap.inUse = 4 * HeapTrimmer.PART;
    pass(HeapTrimmer.FIRST_CHECKS);
    work();
    pass(4 * HeapTrimmer.CHECKS_BETWEEN - 3);
    assertEquals(1, heap.collections);
    pass(1);
    assertEquals(2, heap.collections);
  }
}
