package dev.rig.credentials.cache;

import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.rig.credentials.testing.cloud.Fleet;
import dev.rig.credentials.testing.cloud.Fleet.Load;
import dev.rig.credentials.testing.cloud.Fleet.Measures;
import dev.rig.credentials.testing.cloud.Fleet.Setting;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** 5,000 daemons whose leases have equal lives, with a service that allows 5 calls a second. */
class FleetTest {
  private static final Setting SETTING =
      new Setting(5_000, Duration.ofHours(12), 5, Duration.ofHours(1));

  /** Without a configured spread. */
  private static final Setting AT_ONCE = new Setting(5_000, Duration.ofHours(12), 5, Duration.ZERO);

  private static final Measures ALL = new Measures(true, true, true);

  /** Twice what the service allows: more within one second is a storm. */
  private static final int STORM = 10;

  private static void assertCalm(Load load) {
    assertAll(
        load::toString,
        () -> assertTrue(load.peak() <= STORM),
        () -> assertTrue(load.refusedShare() < 0.01),
        () -> assertEquals(0, load.failedGets()));
  }

  @ParameterizedTest
  @CsvSource({"1", "2", "3"})
  void fleetWithAllThreeNeverStorms(long seed) {
    var fleet = new Fleet(AT_ONCE, ALL, seed);
    var issued = fleet.afterACommonIssue();
    var restarted = fleet.afterACommonRestart();
    assertAll(
        () -> assertCalm(issued),
        () -> assertTrue(issued.calls() >= 2 * SETTING.daemons(), issued::toString),
        () -> assertCalm(restarted));
  }

  @ParameterizedTest
  @CsvSource({"false,false,false", "true,false,false", "false,true,false", "false,false,true"})
  void noneOfThemAloneIsEnough(boolean jitter, boolean warmRestart, boolean refreshAhead) {
    var small = new Setting(1_000, Duration.ofHours(2), 1, Duration.ZERO);
    var fleet = new Fleet(small, new Measures(jitter, warmRestart, refreshAhead), 1);
    var issued = fleet.afterACommonIssue();
    assertTrue(issued.peak() > 2 * STORM, issued::toString);
  }

  @Test
  void coldRestartIsAStormWhateverElseIsOn() {
    var fleet = new Fleet(AT_ONCE, new Measures(true, false, true), 1);
    fleet.afterACommonIssue();
    var restarted = fleet.afterACommonRestart();
    assertTrue(restarted.peak() >= SETTING.daemons(), restarted::toString);
  }

  /** No lease is saved yet: only the spread separates the first calls. */
  @ParameterizedTest
  @CsvSource({"1", "2", "3"})
  void firstStartOfAFleetWithASpreadIsNoStorm(long seed) {
    var unasked = new Fleet(SETTING, ALL, seed).afterAFirstStart(Duration.ofHours(12));
    var asked = new Fleet(SETTING, ALL, seed).afterAFirstStart(Duration.ofHours(1));
    assertAll(
        () -> assertCalm(unasked),
        () -> assertTrue(asked.peak() <= STORM, asked::toString),
        () -> assertTrue(asked.refusedShare() < 0.02, asked::toString));
  }

  @Test
  void firstStartWithoutASpreadIsAStorm() {
    var started = new Fleet(AT_ONCE, ALL, 1).afterAFirstStart(Duration.ofHours(12));
    assertTrue(started.peak() >= SETTING.daemons(), started::toString);
  }

  @Test
  void sameSeedGivesTheSameFigures() {
    var setting = new Setting(200, Duration.ofHours(1), 1, Duration.ZERO);
    var one = new Fleet(setting, ALL, 7);
    var other = new Fleet(setting, ALL, 7);
    assertEquals(one.afterACommonIssue(), other.afterACommonIssue());
    assertEquals(one.afterACommonRestart(), other.afterACommonRestart());
  }
}
