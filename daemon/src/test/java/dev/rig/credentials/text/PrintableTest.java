package dev.rig.credentials.text;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PrintableTest {
  /** T24: an escape sequence, a bell, C1 controls, marks that reverse or hide text, new lines. */
  @ParameterizedTest
  @CsvSource({
    "001b, \\u001b",
    "0007, \\u0007",
    "000a, \\u000a",
    "000d, \\u000d",
    "0000, \\u0000",
    "007f, \\u007f",
    "009b, \\u009b",
    "202e, \\u202e",
    "2028, \\u2028",
    "200b, \\u200b",
    "e0001, \\udb40\\udc01"
  })
  void charactersThatCouldMoveACursorAreWrittenAsTheirNumber(String point, String escaped) {
    var text = Character.toString(Integer.parseInt(point, 16));
    assertEquals("a" + escaped + "b", Printable.of("a" + text + "b"));
  }

  @Test
  void unpairedSurrogateIsWrittenAsItsNumber() {
    assertEquals("\\ud800", Printable.of("\ud800"));
  }

  @Test
  void plainTextOfAnyScriptStaysAsItIs() {
    assertEquals("größer 東京 \ud83d\ude00 \\", Printable.of("größer 東京 \ud83d\ude00 \\"));
  }

  @Test
  void linesKeepTheirLineFeedsAndTabs() {
    assertEquals("a\n\tb\\u000d", Printable.lines("a\n\tb\r"));
  }
}
