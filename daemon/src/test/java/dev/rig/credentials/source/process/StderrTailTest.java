package dev.rig.credentials.source.process;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

final class StderrTailTest {
  private final StderrTail tail = new StderrTail();

  private void add(String text) {
    var bytes = text.getBytes(UTF_8);
    tail.add(bytes, bytes.length);
  }

  @Test
  void lastTwentyLinesAreKeptInOrder() {
    IntStream.range(0, 100).forEach(i -> add("line " + i + "\n"));
    assertEquals(IntStream.range(80, 100).mapToObj(i -> "line " + i).toList(), tail.lines());
  }

  @Test
  void lineThatLostItsBeginningIsLeftOutUnlessItIsAlone() {
    add("x".repeat(StderrTail.MAX_BYTES) + "\nend\n");
    assertEquals(List.of("end"), tail.lines());
    add("y".repeat(3 * StderrTail.MAX_BYTES));
    assertEquals(List.of("y".repeat(StderrTail.MAX_BYTES)), tail.lines());
  }

  @Test
  void piecesOfAnySizeGiveTheSameEnd() {
    var text = new StringBuilder();
    IntStream.range(0, 2_000).forEach(i -> text.append(i).append('\n'));
    for (int i = 0; i < text.length(); i += 7) {
      add(text.substring(i, Math.min(text.length(), i + 7)));
    }
    assertEquals("1999", tail.lines().getLast());
    assertEquals(StderrTail.MAX_LINES, tail.lines().size());
  }

  @Test
  void controlCharactersAreEscaped() {
    add("\u001b[2Jred\u202e\u2028 \tend\u0007\n");
    assertEquals(List.of("\\u001b[2Jred\\u202e\\u2028  end\\u0007"), tail.lines());
  }
}
