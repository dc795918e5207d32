package dev.rig.credentials.config;

import java.time.Duration;

/**
 * Parses durations of Go, which the platform uses for {@code expire}: the grammar of <a
 * href="https://pkg.go.dev/time#ParseDuration">time.ParseDuration</a>, its range (about ±292 years)
 * and its rounding.
 */
public final class GoDuration {
  private static final String HINT = "write it like 30s, 90m, 1h30m or 12h";

  private final String text;
  private int at;

  private GoDuration(String text) {
    this.text = text;
  }

  /**
   * Parses a duration.
   *
   * @return may be zero or negative
   * @throws InvalidSettingException if the text is invalid
   */
  public static Duration parse(String text) throws InvalidSettingException {
    return new GoDuration(text).read();
  }

  private Duration read() throws InvalidSettingException {
    boolean negative = text.startsWith("-");
    if (negative || text.startsWith("+")) {
      at = 1;
    }
    if (at == text.length()) {
      throw notADuration();
    }
    if (text.length() == at + 1 && text.charAt(at) == '0') {
      return Duration.ZERO;
    }
    long nanos = 0;
    while (at < text.length()) {
      try {
        nanos = Math.addExact(nanos, component());
      } catch (ArithmeticException tooLong) {
        throw new InvalidSettingException("the duration is too long", HINT);
      }
    }
    return Duration.ofNanos(negative ? -nanos : nanos);
  }

  /** Parses one number with its unit; returns nanoseconds. */
  private long component() throws InvalidSettingException {
    int begin = at;
    long whole = 0;
    for (; isDigit(); at++) {
      whole = Math.addExact(Math.multiplyExact(whole, 10), text.charAt(at) - '0');
    }
    int digits = at - begin;
    long fraction = 0;
    double scale = 1;
    if (at < text.length() && text.charAt(at) == '.') {
      at++;
      for (; isDigit(); at++, digits++) {
        // Go ignores digits beyond its 63 bits.
        if (fraction <= (Long.MAX_VALUE - 9) / 10) {
          fraction = fraction * 10 + text.charAt(at) - '0';
          scale *= 10;
        }
      }
    }
    if (digits == 0) {
      throw notADuration();
    }
    long unit = unit();
    long nanos = Math.multiplyExact(whole, unit);
    return Math.addExact(nanos, (long) ((double) fraction * ((double) unit / scale)));
  }

  private long unit() throws InvalidSettingException {
    int begin = at;
    while (at < text.length() && text.charAt(at) != '.' && !isDigit()) {
      at++;
    }
    return switch (text.substring(begin, at)) {
      case "ns" -> 1L;
      case "us", "\u00b5s", "\u03bcs" -> 1_000L;
      case "ms" -> 1_000_000L;
      case "s" -> 1_000_000_000L;
      case "m" -> 60_000_000_000L;
      case "h" -> 3_600_000_000_000L;
      case "" -> throw new InvalidSettingException("a duration needs a unit", HINT);
      default ->
          throw new InvalidSettingException(
              "a duration's units are ns, us, ms, s, m and h only", HINT);
    };
  }

  private boolean isDigit() {
    return at < text.length() && text.charAt(at) >= '0' && text.charAt(at) <= '9';
  }

  private static InvalidSettingException notADuration() {
    return new InvalidSettingException("not a duration", HINT);
  }
}
