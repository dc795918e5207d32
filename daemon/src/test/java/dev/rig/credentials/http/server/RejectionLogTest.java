package dev.rig.credentials.http.server;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.rig.credentials.testing.FakeTime;
import dev.rig.credentials.testing.LogRecords;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** T24: many rejected requests do not fill the log. */
class RejectionLogTest {
  private static final String FIRST =
      "the admin port rejected a request: 408 Request Timeout: the request was incomplete for too"
          + " long; others in the next minute are logged only for debugging";
  private static final String OTHER =
      "the admin port rejected a request: 413 Content Too Large: the body is larger than the limit"
          + " of 65536 bytes";

  @Test
  void oneRejectionAMinuteIsLoggedAsInformation() {
    var time = new FakeTime();
    var log = new RejectionLog("admin port", time.time().ticker());
    try (var records = LogRecords.of(RejectionLog.class.getName())) {
      log.log(Rejection.timeout());
      log.log(Rejection.tooLarge());
      time.advance(Duration.ofSeconds(60));
      log.log(Rejection.timeout());
      assertEquals(String.join("\n", FIRST, OTHER, FIRST), records.text());
    }
  }
}
