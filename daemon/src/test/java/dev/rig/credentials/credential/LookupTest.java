package dev.rig.credentials.credential;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Instant;
import org.junit.jupiter.api.Test;

/** Sentences about a failed lookup. */
class LookupTest {
  @Test
  void nextAttemptIsShownInWholeSeconds() {
    var failed =
        new Lookup.Failed("ghcr.io", "no token", Instant.parse("2026-11-26T03:23:16.582391015Z"));
    assertEquals("ghcr.io: no token; next attempt 2026-11-26T03:23:16Z", failed.sentence());
    assertEquals(
        "ghcr.io: no token", new Lookup.Failed("ghcr.io", "no token", Lease.NEVER).sentence());
  }
}
