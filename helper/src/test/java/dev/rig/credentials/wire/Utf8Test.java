package dev.rig.credentials.wire;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class Utf8Test {
  @ParameterizedTest
  @ValueSource(
      strings = {"", "get\n", "/run/a b~", "\u0000\u007f", "é", "/run/ümlaut", "a\ud83d\ude80b"})
  void textIsTheSameAsByTheCharset(String text) {
    byte[] bytes = Utf8.bytes(text);
    assertArrayEquals(text.getBytes(StandardCharsets.UTF_8), bytes);
    assertEquals(text, Utf8.text(bytes, bytes.length));
  }

  @Test
  void onlyTheFirstBytesAreRead() {
    assertEquals("ab", Utf8.text(new byte[] {'a', 'b', (byte) 0xc3, 0}, 2));
    assertEquals("", Utf8.text(new byte[] {'a'}, 0));
  }

  @Test
  void invalidUtf8IsReplaced() {
    assertEquals("a\ufffd", Utf8.text(new byte[] {'a', (byte) 0xff}, 2));
  }
}
