package dev.rig.credentials.cli;

import dev.rig.credentials.cli.output.Version;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import picocli.CommandLine.Help;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/**
 * The manual page of a command, from picocli's model, in the macros of man(7). picocli's own
 * generator writes AsciiDoc, which needs a Ruby program on a JVM, larger than this daemon.
 */
final class ManPage {
  private final CommandSpec command;
  private final StringBuilder page = new StringBuilder();

  ManPage(CommandSpec command) {
    this.command = command;
  }

  /** Returns the page's name, such as {@code rig-credentials-serve}. */
  String name() {
    return command.qualifiedName("-");
  }

  /** Returns a page with the date and version of this build in place of {@code @BUILD@}. */
  static String filled(String page) {
    var built = Version.built();
    var date =
        built.equals(Instant.EPOCH) ? "" : LocalDate.ofInstant(built, ZoneOffset.UTC).toString();
    return page.replace(
        "@BUILD@",
        "\"%s\" \"rig-credentials %s\" \"Rig Credentials\"".formatted(date, Version.text()));
  }

  /** Returns the page. */
  String text() {
    line(filled(".TH \"" + name().toUpperCase(Locale.ROOT) + "\" 1 @BUILD@"));
    line(".nh");
    line(".ad l");
    var description = resolved(command.usageMessage().description());
    section("NAME");
    line(escaped(name()) + " \\- " + escaped(firstSentence(description)));
    section("SYNOPSIS");
    line(".nf");
    // Without the final line break; it indents the lines after the first.
    var help = new Help(command, Help.defaultColorScheme(Ansi.OFF));
    help.synopsis(0).lines().forEach(line -> line(escaped(line)));
    line(".fi");
    section("DESCRIPTION");
    line(escaped(description));
    options();
    subcommands();
    statuses();
    footer();
    return page.toString();
  }

  private void options() {
    if (command.options().isEmpty() && command.positionalParameters().isEmpty()) {
      return;
    }
    section("OPTIONS");
    for (var parameter : command.positionalParameters()) {
      item("\\fI" + escaped(parameter.paramLabel()) + "\\fP", resolved(parameter.description()));
    }
    for (var option : command.options()) {
      if (!option.hidden()) {
        item(heading(option), resolved(option.description()));
      }
    }
  }

  private static String heading(OptionSpec option) {
    var names =
        Arrays.stream(option.names())
            .map(name -> "\\fB" + escaped(name) + "\\fP")
            .collect(Collectors.joining(", "));
    return option.arity().max() == 0
        ? names
        : names + "=\\fI" + escaped(option.paramLabel()) + "\\fP";
  }

  private void subcommands() {
    var visible =
        command.subcommands().values().stream()
            .map(line -> line.getCommandSpec())
            .filter(spec -> !spec.usageMessage().hidden())
            .distinct()
            .toList();
    if (visible.isEmpty()) {
      return;
    }
    section("COMMANDS");
    for (var spec : visible) {
      item(
          "\\fB" + escaped(spec.qualifiedName("-")) + "\\fP(1)",
          firstSentence(resolved(spec.usageMessage().description())) + ".");
    }
  }

  private void statuses() {
    var statuses = command.usageMessage().exitCodeList();
    if (!statuses.isEmpty()) {
      section("EXIT STATUS");
      statuses.forEach((status, meaning) -> item("\\fB" + status + "\\fP", meaning));
    }
  }

  private void footer() {
    var footer =
        Stream.of(command.usageMessage().footer())
            .filter(line -> !line.isBlank())
            .map(line -> line.formatted().strip())
            .toList();
    if (!footer.isEmpty()) {
      section("NOTES");
      footer.forEach(note -> {
        line(escaped(note));
        line(".br");
      });
    }
    section("SEE ALSO");
    if (command.parent() == null) {
      line(
          "\\fBrig\\-credentials\\-values\\fP(5), \\fBdocker\\-credential\\-rig\\fP(1),"
              + " \\fBrig\\-credential\\-provider\\fP(1)");
    } else {
      line("\\fB" + escaped(command.parent().qualifiedName("-")) + "\\fP(1)");
    }
  }

  private void section(String title) {
    line(".SH \"" + title + "\"");
  }

  private void item(String heading, String text) {
    line(".TP");
    line(heading);
    line(escaped(text));
  }

  private void line(String text) {
    page.append(text).append('\n');
  }

  private static String firstSentence(String text) {
    int end = text.indexOf(". ");
    var sentence = end < 0 ? text : text.substring(0, end);
    return sentence.endsWith(".") ? sentence.substring(0, sentence.length() - 1) : sentence;
  }

  /** Joins the lines, with picocli's {@code %n} and {@code %%} resolved. */
  private static String resolved(String[] lines) {
    return Arrays.stream(lines)
        .map(line -> line.formatted().strip())
        .collect(Collectors.joining(" "))
        .replaceAll("\\s+", " ");
  }

  /**
   * Returns the text escaped so that roff prints it unchanged: no escapes, no hyphen for a minus,
   * no line that is a request.
   */
  private static String escaped(String text) {
    var plain =
        text.replace("\\", "\\e").replace("-", "\\-").replace("^", "\\(ha").replace("~", "\\(ti");
    return plain.startsWith(".") || plain.startsWith("'") ? "\\&" + plain : plain;
  }
}
