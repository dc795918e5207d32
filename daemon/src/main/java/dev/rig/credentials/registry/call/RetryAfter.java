package dev.rig.credentials.registry.call;

import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import org.jspecify.annotations.Nullable;

/** The header {@code Retry-After}: seconds or a date (RFC 9110, 10.2.3). */
final class RetryAfter {
  private static final Duration LONGEST = Duration.ofDays(1);
  private static final int MOST_DIGITS = 9;

  private RetryAfter() {}

  /**
   * How long to wait.
   *
   * @return zero to a day; null where the header is not there or says nothing
   */
  static @Nullable Duration of(@Nullable String header, Instant now) {
    if (header == null || header.isEmpty()) {
      return null;
    }
    if (header.chars().allMatch(c -> c >= '0' && c <= '9')) {
      return header.length() > MOST_DIGITS
          ? LONGEST
          : bounded(Duration.ofSeconds(Long.parseLong(header)));
    }
    try {
      var date = DateTimeFormatter.RFC_1123_DATE_TIME.parse(header, Instant::from);
      return bounded(Duration.between(now, date));
    } catch (DateTimeParseException e) {
      return null;
    }
  }

  private static Duration bounded(Duration wait) {
    if (wait.isNegative()) {
      return Duration.ZERO;
    }
    return wait.compareTo(LONGEST) > 0 ? LONGEST : wait;
  }
}
