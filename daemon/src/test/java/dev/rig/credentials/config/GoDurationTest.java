package dev.rig.credentials.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class GoDurationTest {
  @ParameterizedTest
  @CsvSource({
    "0, 0",
    "-0, 0",
    "+0, 0",
    "0s, 0",
    "5s, 5000000000",
    "90s, 90000000000",
    "-5s, -5000000000",
    "+5s, 5000000000",
    "5.0s, 5000000000",
    "5.6s, 5600000000",
    "5.s, 5000000000",
    ".5s, 500000000",
    "1.0s, 1000000000",
    "1.004s, 1004000000",
    "100.00100s, 100001000000",
    "10ns, 10",
    "11us, 11000",
    "12\u00b5s, 12000",
    "12\u03bcs, 12000",
    "100ms, 100000000",
    "1.5h, 5400000000000",
    "1h30m, 5400000000000",
    "12h, 43200000000000",
    "3h30m, 12600000000000",
    "10.5s4m, 250500000000",
    "-2m3.4s, -123400000000",
    "1h2m3s4ms5us6ns, 3723004005006",
    "0.3333333333333333333h, 1200000000000",
    "9007199254740993ns, 9007199254740993",
    "9223372036854775807ns, 9223372036854775807",
    "0.100000000000000000000h, 360000000000",
    "0.9223372036854775807h, 3320413933267",
  })
  void durationsAreParsedAsGoDoes(String text, long nanos) throws Exception {
    assertEquals(Duration.ofNanos(nanos), GoDuration.parse(text));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "3",
        "-",
        "+",
        "s",
        ".",
        "-.",
        ".s",
        "+.s",
        "1d",
        "1 h",
        "1h ",
        " 1h",
        "1H",
        "--1s",
        "1h-30m",
        "1e3s",
        "\u0661s",
        "00",
        "3000000h",
        "9223372036854775808ns",
        "9223372036854ms776us",
        "99999999999999999999s",
      })
  void textsThatGoRejectsAreRejectedWithoutRepeatingThem(String text) {
    var thrown = assertThrows(InvalidSettingException.class, () -> GoDuration.parse(text));
    assertFalse(text.length() > 2 && thrown.reason().contains(text));
  }
}
