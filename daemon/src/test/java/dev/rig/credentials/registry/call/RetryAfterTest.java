package dev.rig.credentials.registry.call;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RetryAfterTest {
  private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "0 | 0",
        "60 | 60",
        "0060 | 60",
        "1.5 | 2",
        "86401 | 86400",
        "999999999999999999999 | 86400",
        // RFC 9110, 5.6.7: the form of today, of RFC 850 and of asctime.
        "Thu, 01 Jan 2026 01:00:00 GMT | 3600",
        "Thu, 1 Jan 2026 01:00:00 GMT | 3600",
        "Thursday, 01-Jan-26 01:00:00 GMT | 3600",
        "Thu Jan  1 01:00:00 2026 | 3600",
        // Almost valid dates.
        "thu, 01 jan 2026 01:00:00 gmt | 3600",
        "Fri, 01 Jan 2026 01:00:00 GMT | 3600",
        "Thu, 01 Jan 2026 01:00:00 UTC | 3600",
        "Thu, 01 Jan 2026 01:00:00 +0000 | 3600",
        "Thu, 01-Jan-2026 01:00:00 GMT | 3600",
        "01 Jan 2026 01:00:00 GMT | 3600",
        // The past.
        "Wed, 31 Dec 2025 23:59:59 GMT | 0",
        "Sunday, 06-Nov-94 08:49:37 GMT | 0",
        "Sun Nov  6 08:49:37 1994 | 0",
        "Thu, 01 Jan 1970 00:00:00 GMT | 0",
        // Too far away.
        "Fri, 02 Jan 2026 00:00:01 GMT | 86400",
        "Fri, 31 Dec 9999 23:59:59 GMT | 86400",
        "Friday, 31-Dec-74 23:59:59 GMT | 86400",
      })
  void secondsAndDatesInAllFormsAreRead(String header, long seconds) {
    assertEquals(Duration.ofSeconds(seconds), RetryAfter.of(header, NOW));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "-1",
        "+5",
        "1e9",
        ".5",
        "5.",
        "soon",
        "60s",
        "60, 120",
        "\u0661",
        "Thu, 41 Jan 2026 01:00:00 GMT",
        "Thu, 01 Jan 2026 25:00:00 GMT",
        "Thu, 01 Jan 2026 01:00:00 PST",
        "Thu, 01 Jan 99999 01:00:00 GMT",
        "2026-01-01T01:00:00Z",
        "GMT"
      })
  void otherValuesAreIgnored(String header) {
    assertNull(RetryAfter.of(header, NOW));
  }

  @Test
  void withoutAHeaderThereIsNoPause() {
    assertNull(RetryAfter.of(null, NOW));
  }
}
