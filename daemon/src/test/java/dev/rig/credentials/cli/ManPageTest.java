package dev.rig.credentials.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.rig.credentials.cli.output.Console;
import dev.rig.credentials.cli.output.ExitStatus;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

class ManPageTest {
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
        """,
        page.substring(page.indexOf('\n') + 1));
    assertTrue(page.startsWith(".TH \"TRY\" 1 "), page);
  }

  @Test
  void everyCommandThatIsShownHasAPage() throws IOException {
    var nowhere = new PrintStream(new ByteArrayOutputStream());
    var console = new Console(nowhere, nowhere, Map.of(), false, false);
    var pages = folder.resolve("man1");
    assertEquals(ExitStatus.OK, Main.run(console, "generate-man", pages.toString()));
    var expected = new TreeSet<>(java.util.Set.of("rig-credentials.1"));
    Main.commandLine(console)
        .getSubcommands()
        .forEach((name, line) -> {
          if (!line.getCommandSpec().usageMessage().hidden()) {
            expected.add("rig-credentials-" + name + ".1");
          }
        });
    var written = new TreeSet<String>();
    try (var files = Files.list(pages)) {
      files.map(file -> file.getFileName().toString()).forEach(written::add);
    }
    assertEquals(expected, written);
    assertTrue(written.contains("rig-credentials-doctor.1"), written::toString);
    assertTrue(!written.contains("rig-credentials-generate-man.1"), written::toString);
    var whole = Files.readString(pages.resolve("rig-credentials.1"));
    assertTrue(whole.contains("\\fBrig\\-credentials\\-serve\\fP(1)\nServe the configured"), whole);
  }
}
