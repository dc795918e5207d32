package dev.rig.credentials.time;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.rig.credentials.testing.FakeTime;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class LogThrottleTest {
  private final FakeTime time = new FakeTime();
  private final LogThrottle throttle = new LogThrottle(time::nanos);

  @Test
  void messageIsDueAtFirstAndThenOnceAMinute() {
    assertTrue(throttle.isDue());
    for (int second = 1; second < 60; second++) {
      time.advance(Duration.ofSeconds(1));
      assertFalse(throttle.isDue());
    }
    time.advance(Duration.ofSeconds(1));
    assertTrue(throttle.isDue());
    assertFalse(throttle.isDue());
  }
}
