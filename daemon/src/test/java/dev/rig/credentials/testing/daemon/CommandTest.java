package dev.rig.credentials.testing.daemon;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.UncheckedIOException;
import org.junit.jupiter.api.Test;

class CommandTest {
  /** Skipped, or failed where tools are required: the message is the same. */
  @Test
  void aProgramThatTheSystemLacksIsNoErrorOfTheTest() {
    for (var program : new String[] {"no-such-program", "/usr/bin/no-such-program"}) {
      var ended = assertThrows(Throwable.class, () -> Command.of(program).run());
      assertEquals(program + " is not installed; install it", ended.getMessage());
    }
  }

  @Test
  void aProgramOfOursThatIsMissingIsAnError() {
    assertThrows(
        UncheckedIOException.class, () -> Command.of("/nonexistent/bin/rig-credentials").run());
  }
}
