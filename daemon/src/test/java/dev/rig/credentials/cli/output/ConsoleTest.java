package dev.rig.credentials.cli.output;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ConsoleTest {
  private static final String TITLE = "\u001b]0;x\u0007";
  private static final String ESCAPED = "\\u001b]0;x\\u0007";

  private final ByteArrayOutputStream printed = new ByteArrayOutputStream();
  private final PrintStream stream = new PrintStream(printed, true, StandardCharsets.UTF_8);
  private final Console console = new Console(stream, stream, Map.of(), true, false);

  private String printed() {
    return printed.toString(StandardCharsets.UTF_8);
  }

  /** T24: a registry's platform or tag cannot set a terminal's title, in any output. */
  @Test
  void nothingThatIsPrintedReachesTheTerminalAsAControlSequence() {
    console.out().println(TITLE);
    console.err().print((Object) TITLE);
    console.out().printf("%s", TITLE);
    console.err().append(TITLE);
    assertEquals(ESCAPED + "\n" + ESCAPED + ESCAPED + ESCAPED, printed());
  }

  @Test
  void cellOfATableIsOneLine() {
    var table = new TextTable("TAG");
    table.row("a\nb" + TITLE);
    table.print(console.out());
    assertEquals("TAG\na\\u000ab" + ESCAPED + "\n", printed());
  }

  @Test
  void sequencesOfOurOwnPassAsTheyAre() {
    Console.raw(console.out()).print(TITLE);
    assertEquals(TITLE, printed());
  }
}
