package dev.rig.credentials.registry.call;

import static java.util.regex.Pattern.CASE_INSENSITIVE;

import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.format.DateTimeParseException;
import java.time.temporal.ChronoField;
import java.util.Locale;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Parses the header {@code Retry-After}: seconds or a date (RFC 9110, 10.2.3). */
final class RetryAfter {
  private static final Duration LONGEST = Duration.ofDays(1);

  /** A two-digit year that is further in the future is in the past (RFC 9110, 5.6.7). */
  private static final int FUTURE_YEARS = 50;

  private static final Pattern SECONDS = Pattern.compile("[0-9]+(\\.[0-9]+)?");
  private static final Pattern WEEKDAY = Pattern.compile("^[A-Za-z]{3,9},? +");
  private static final Pattern ZONE = Pattern.compile(" (?:GMT|UTC|[+-]0000)$", CASE_INSENSITIVE);

  private RetryAfter() {}

  /**
   * Returns how long to wait.
   *
   * @return from zero to one day; null if the header is absent or invalid
   */
  static @Nullable Duration of(@Nullable String header, Instant now) {
    if (header == null) {
      return null;
    }
    if (SECONDS.matcher(header).matches()) {
      double wait = Double.parseDouble(header);
      return bounded(
          Duration.ofSeconds((long) Math.ceil(Math.min(wait, (double) LONGEST.toSeconds()))));
    }
    var date = WEEKDAY.matcher(ZONE.matcher(header.strip()).replaceFirst("")).replaceFirst("");
    try {
      return bounded(
          Duration.between(
              now,
              LocalDateTime.parse(date.replaceAll(" +", " "), forms(now))
                  .toInstant(ZoneOffset.UTC)));
    } catch (DateTimeParseException e) {
      return null;
    }
  }

  /** Returns the formats of RFC 1123, RFC 850 and asctime(), without weekday and zone. */
  private static DateTimeFormatter forms(Instant now) {
    int year = now.atOffset(ZoneOffset.UTC).getYear();
    return new DateTimeFormatterBuilder()
        .parseCaseInsensitive()
        .appendPattern("[d MMM uuuu HH:mm:ss][d-MMM-uuuu HH:mm:ss][MMM d HH:mm:ss uuuu]")
        .optionalStart()
        .appendPattern("d-MMM-")
        .appendValueReduced(ChronoField.YEAR, 2, 2, year + FUTURE_YEARS - 99)
        .appendPattern(" HH:mm:ss")
        .toFormatter(Locale.ENGLISH);
  }

  private static Duration bounded(Duration wait) {
    if (wait.isNegative()) {
      return Duration.ZERO;
    }
    return wait.compareTo(LONGEST) > 0 ? LONGEST : wait;
  }
}
