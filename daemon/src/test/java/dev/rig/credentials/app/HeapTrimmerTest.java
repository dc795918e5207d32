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

  private void aMinutePasses() {
    time.advance(HeapTrimmer.INTERVAL.multipliedBy(HeapTrimmer.CHECKS_BETWEEN));
  }

  @Test
  void garbageOfTheStartIsCollectedAfterAMinute() {
    heap.size = 9 * MIB;
    aMinutePasses();
    assertEquals(1, heap.collections);
    aMinutePasses();
    assertEquals(1, heap.collections, "nothing was added");
  }

  @Test
  void slowGrowthIsCollectedAtMostOnceAMinute() {
    aMinutePasses();
    grownTo(9 * MIB + 1);
    assertEquals(1, heap.collections, "too early");
    aMinutePasses();
    assertEquals(2, heap.collections);
    grownTo(9 * MIB);
    aMinutePasses();
    assertEquals(2, heap.collections, "no more than 1 MiB");
  }

  @Test
  void largeHeapMayGrowByASixteenth() {
    heap.inUse = 64 * MIB;
    aMinutePasses();
    heap.size = 68 * MIB;
    aMinutePasses();
    assertEquals(1, heap.collections);
    heap.size++;
    aMinutePasses();
    assertEquals(2, heap.collections);
  }
}
