package dev.rig.credentials.cli.deploy;

import dev.rig.credentials.cli.deploy.PickerChoices.Choice;
import dev.rig.credentials.cli.output.CommandException;
import dev.rig.credentials.cli.output.ExitStatus;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jline.terminal.Attributes;
import org.jline.terminal.Attributes.LocalFlag;
import org.jline.terminal.Terminal;
import org.jline.terminal.TerminalBuilder;

/**
 * Asks questions on the terminal; the user answers with arrow keys, by typing, and with Enter or
 * Esc.
 */
final class Picker implements AutoCloseable {
  private static final int NAME = 56;
  private static final int REMARK = 7;
  private static final int MOST_ROWS = 12;
  private static final int USUAL_WIDTH = 80;

  private final Terminal terminal;
  private final Attributes before;
  private int drawn;

  /** Opens the process's terminal; {@link #close} restores it. */
  Picker() {
    try {
      terminal =
          TerminalBuilder.builder()
              .system(true)
              .provider("ffm")
              .dumb(false)
              .graphemeCluster(false)
              .build();
    } catch (IOException | IllegalStateException e) {
      throw new CommandException(
          ExitStatus.FAILED, "the terminal cannot be used: pass IMAGE and --yes");
    }
    before = terminal.enterRawMode();
    var raw = terminal.getAttributes();
    raw.setLocalFlag(
        LocalFlag.ISIG, false); // Ctrl-C is read as a key, so that the terminal is restored
    terminal.setAttributes(raw);
  }

  /** Asks for one of a few words. */
  Optional<String> ask(String question, String... answers) {
    var choices = new ArrayList<Choice>();
    for (var answer : answers) {
      choices.add(new Choice(answer, ""));
    }
    var chosen = run(new PickerChoices(choices), made -> words(question, made)).map(Choice::name);
    chosen.ifPresent(answer -> say(question + " " + answer));
    return chosen;
  }

  /** Asks for a text. */
  Optional<String> read(String question) {
    var typed = new PickerChoices(List.of());
    var entered = run(typed, made -> List.of(question + " " + made.filter()));
    entered.ifPresent(nothing -> say(question + " " + typed.filter()));
    return entered.map(nothing -> typed.filter().strip());
  }

  /**
   * Asks for a row of a table.
   *
   * @param question shown above it
   * @param heads of the two columns
   */
  Optional<String> pick(String question, List<String> heads, List<Choice> rows) {
    return run(new PickerChoices(rows), made -> table(question, heads, made)).map(Choice::name);
  }

  private interface Picture {
    List<String> of(PickerChoices choices);
  }

  private Optional<Choice> run(PickerChoices choices, Picture picture) {
    try {
      while (true) {
        show(picture.of(choices));
        var key = TerminalKey.read(terminal.reader());
        switch (key.kind()) {
          case ENTER -> {
            var chosen = choices.chosen();
            if (chosen.isPresent() || choices.isFree()) {
              return Optional.of(chosen.orElse(new Choice("", "")));
            }
          }
          case CANCEL -> {
            return Optional.empty();
          }
          case UP -> choices.up();
          case DOWN -> choices.down();
          case ERASE -> choices.erase();
          case CLEAR -> choices.clear();
          case LETTER -> choices.type(key.letter());
          case UNKNOWN -> {}
        }
      }
    } catch (IOException e) {
      throw new CommandException(ExitStatus.FAILED, "the terminal was closed: " + e.getMessage());
    } finally {
      show(List.of());
    }
  }

  /**
   * Draws the lines in place of the previous ones. JLine's Display is not used: it queries the
   * terminal's capabilities and reads a key that is pressed meanwhile as the answer.
   */
  private void show(List<String> lines) {
    var told = terminal.getSize();
    int width = told.getColumns() > 1 ? told.getColumns() - 1 : USUAL_WIDTH;
    var picture = new StringBuilder("\r");
    if (drawn > 1) {
      picture.append("\033[").append(drawn - 1).append('A');
    }
    picture.append("\033[J");
    picture.append(
        lines.stream()
            .map(line -> line.length() > width ? line.substring(0, width) : line)
            .collect(Collectors.joining("\r\n")));
    terminal.writer().print(picture);
    terminal.flush();
    drawn = lines.size();
  }

  private void say(String line) {
    terminal.writer().print(line + "\r\n");
    terminal.flush();
  }

  private static List<String> words(String question, PickerChoices choices) {
    var lines = new ArrayList<String>(List.of(question));
    rows(lines, choices, Choice::name);
    return lines;
  }

  private static List<String> table(String question, List<String> heads, PickerChoices choices) {
    var head = heads.getFirst();
    int left = (NAME + 8 - head.length()) / 2;
    var lines =
        new ArrayList<>(
            List.of(
                question,
                "Filter: " + choices.filter(),
                " ".repeat(left)
                    + head
                    + " ".repeat(NAME + 9 - left - head.length())
                    + heads.get(1),
                "   " + "-".repeat(NAME + REMARK + 6)));
    rows(
        lines,
        choices,
        row -> "%s | %s |".formatted(padded(row.name(), NAME), padded(row.remark(), REMARK)));
    return lines;
  }

  private interface Row {
    String of(Choice choice);
  }

  /** Adds as many rows as fit, around the cursor. */
  private static void rows(List<String> lines, PickerChoices choices, Row row) {
    int first = Math.max(0, choices.cursor() - MOST_ROWS + 1);
    int end = Math.min(choices.shown().size(), first + MOST_ROWS);
    for (int i = first; i < end; i++) {
      lines.add((i == choices.cursor() ? "  ▸ " : "    ") + row.of(choices.shown().get(i)));
    }
    if (end < choices.shown().size()) {
      lines.add("    … %d more".formatted(choices.shown().size() - end));
    }
  }

  private static String padded(String text, int width) {
    return text.length() > width
        ? text.substring(0, width - 1) + "…"
        : text + " ".repeat(width - text.length());
  }

  @Override
  public void close() {
    terminal.setAttributes(before);
    try {
      terminal.close();
    } catch (IOException e) {
      // Only reads and writes are pending.
    }
  }
}
