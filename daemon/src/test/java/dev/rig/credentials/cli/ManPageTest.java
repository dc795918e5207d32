package dev.rig.credentials.cli;

import static java.util.Objects.requireNonNull;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.rig.credentials.cli.output.Console;
import dev.rig.credentials.cli.output.ExitStatus;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

class ManPageTest {
  private static final Path ROOT = Path.of(System.getProperty("basedir", "."), "..").normalize();
  private static final String NAME = "((?:rig|docker)-credential[a-z-]*)";
  private static final Pattern REFERENCE = Pattern.compile(NAME + "\\(([0-9])\\)");

  /** A reference to a page that the reader can open. */
  private static final Pattern TYPED =
      Pattern.compile("\\bman (?:[0-9] )?" + NAME + "(?:\\(([0-9])\\))?");

  @TempDir private Path folder = Path.of("");

  @Command(
      name = "try",
      description = {"Try it. Then", ".again\\n."},
      exitCodeListHeading = "Exit status:%n",
      exitCodeList = {"0:done", "1:'not' done"},
      footer = {"", "100%% sure."})
  static final class Example implements Runnable {
    @Parameters(paramLabel = "WHAT", description = "What to try.")
    private String what = "";

    @Option(
        names = {"-o", "--output-form"},
        paramLabel = "FORM",
        description = ".txt or 'else'.")
    private String form = "";

    @Option(names = "--dry", description = "Only try.")
    private boolean dry;

    @Option(names = "--secret", hidden = true, description = "Not shown.")
    private boolean secret;

    @Override
    public void run() {
      throw new AssertionError(what + form + dry + secret);
    }
  }

  @Test
  void pageHasEverythingThatTheHelpHas() {
    var page = new ManPage(new CommandLine(new Example()).getCommandSpec()).text();
    assertEquals(
        """
        .nh
        .ad l
        .SH "NAME"
        try \\- Try it
        .SH "SYNOPSIS"
        .nf
        try [\\-\\-dry] [\\-o=FORM] WHAT
        .fi
        .SH "DESCRIPTION"
        Try it. Then .again\\en.
        .SH "OPTIONS"
        .TP
        \\fIWHAT\\fP
        What to try.
        .TP
        \\fB\\-o\\fP, \\fB\\-\\-output\\-form\\fP=\\fIFORM\\fP
        \\&.txt or 'else'.
        .TP
        \\fB\\-\\-dry\\fP
        Only try.
        .SH "EXIT STATUS"
        .TP
        \\fB0\\fP
        done
        .TP
        \\fB1\\fP
        \\&'not' done
        .SH "NOTES"
        100% sure.
        .br
        .SH "SEE ALSO"
        \\fBrig\\-credentials\\-values\\fP(5), \\fBdocker\\-credential\\-rig\\fP(1), \\fBrig\\-credential\\-provider\\fP(1)
        """,
        page.substring(page.indexOf('\n') + 1));
    assertTrue(page.startsWith(".TH \"TRY\" 1 "), page);
  }

  @Test
  void everyCommandThatIsShownHasAPage() throws IOException {
    var expected = new TreeSet<String>();
    addCommands(Main.commandLine(console()), expected);
    assertTrue(expected.contains("man1/rig-credentials-dev-up.1"), expected::toString);
    assertTrue(!expected.contains("man1/rig-credentials-generate-man.1"), expected::toString);
    var others =
        Set.of(
            "man1/docker-credential-rig.1",
            "man1/rig-credential-provider.1",
            "man5/rig-credentials-values.5");
    expected.addAll(others);
    var pages = pages();
    assertEquals(expected, pages.keySet());
    others.forEach(page -> assertTrue(!page(pages, page).contains("@"), page));
    var whole = page(pages, "man1/rig-credentials.1");
    assertTrue(whole.contains("\\fBrig\\-credentials\\-serve\\fP(1)\nServe the configured"), whole);
  }

  /** The list of commands shows only the first line of a description. */
  @Test
  void listOfCommandsHasWholeSentences() {
    var cut = new ArrayList<String>();
    addCutDescriptions(Main.commandLine(console()), cut);
    assertEquals(List.of(), cut);
  }

  private static void addCutDescriptions(CommandLine command, List<String> cut) {
    var usage = command.getCommandSpec().usageMessage();
    if (!usage.hidden()) {
      if (usage.description().length == 0 || !usage.description()[0].endsWith(".")) {
        cut.add(command.getCommandSpec().qualifiedName(" "));
      }
      command.getSubcommands().values().forEach(below -> addCutDescriptions(below, cut));
    }
  }

  /** C42: every page that a page, the manual, a unit or a shipped file refers to is shipped. */
  @Test
  void everyPageThatIsReferredToIsShipped() throws IOException {
    var pages = pages();
    var references = new TreeSet<String>();
    for (var page : pages.values()) {
      collect(REFERENCE, page.replace("\\fP", "").replace("\\fB", ""), references);
    }
    int ofPages = references.size();
    for (var place : List.of("README.md", "daemon/docs", "systemd", "sidecar-chart", ".ci")) {
      try (var files = Files.walk(ROOT.resolve(place))) {
        for (var file : files.filter(Files::isRegularFile).toList()) {
          var text = new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1);
          collect(REFERENCE, text, references);
          collect(TYPED, text, references);
        }
      }
    }
    assertTrue(ofPages > 15 && references.size() > ofPages, references::toString);
    var shipped = new TreeSet<String>();
    pages.keySet().stream().map(page -> page.substring("man1/".length())).forEach(shipped::add);
    references.removeIf(reference -> shipped.stream().anyMatch(page -> is(reference, page)));
    assertEquals(Set.of(), references);
  }

  private static boolean is(String reference, String page) {
    return page.equals(reference) || page.matches(Pattern.quote(reference) + "\\.[0-9]");
  }

  /** Adds the names, with their sections if they are given. */
  private static void collect(Pattern pattern, String text, Set<String> references) {
    var found = pattern.matcher(text.replace("\\-", "-"));
    while (found.find()) {
      var section = found.group(2);
      references.add(found.group(1) + (section == null ? "" : "." + section));
    }
  }

  private static void addCommands(CommandLine command, Set<String> names) {
    if (!command.getCommandSpec().usageMessage().hidden()) {
      names.add("man1/" + command.getCommandSpec().qualifiedName("-") + ".1");
      command.getSubcommands().values().forEach(below -> addCommands(below, names));
    }
  }

  private static Console console() {
    var nowhere = new PrintStream(new ByteArrayOutputStream());
    return new Console(nowhere, nowhere, Map.of(), false, false);
  }

  private static String page(Map<String, String> pages, String path) {
    return requireNonNull(pages.get(path), path);
  }

  /** Returns the shipped texts by their paths. */
  private Map<String, String> pages() throws IOException {
    assertEquals(ExitStatus.OK, Main.run(console(), "generate-man", folder.toString()));
    var pages = new TreeMap<String, String>();
    try (var files = Files.walk(folder)) {
      for (var file : files.filter(Files::isRegularFile).toList()) {
        pages.put(folder.relativize(file).toString(), Files.readString(file));
      }
    }
    return pages;
  }
}
