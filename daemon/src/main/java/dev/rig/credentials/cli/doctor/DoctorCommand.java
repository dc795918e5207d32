package dev.rig.credentials.cli.doctor;

import dev.rig.credentials.cli.client.ConfigOptions;
import dev.rig.credentials.cli.client.SocketOption;
import dev.rig.credentials.cli.output.Console;
import dev.rig.credentials.cli.output.ExitStatus;
import dev.rig.credentials.cli.output.OutputOption;
import dev.rig.credentials.json.JsonForm;
import dev.rig.credentials.json.JsonWriter;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Checks everything between a client and its credential. */
@Command(
    name = "doctor",
    mixinStandardHelpOptions = true,
    description = {
      "Check what a pull depends on: the socket and its permissions, the daemon, the helper on"
          + " the PATH, the configuration of Docker, podman and the kubelet, mirrors, the clock,"
          + " and the programs that scripts call. Says what to do, changes nothing, prints no"
          + " secret."
    },
    exitCodeList = {"0:no errors, possibly warnings", "1:there are errors, or a registry fails"})
public final class DoctorCommand implements Callable<Integer> {
  @Mixin private OutputOption output = new OutputOption();

  @Mixin private ConfigOptions config = new ConfigOptions();
  @Mixin private SocketOption socket = new SocketOption();

  private final Console console;
  private final Path root;
  private final InstantSource clock;

  public DoctorCommand(Console console) {
    this(console, Path.of("/"), InstantSource.system());
  }

  /**
   * Creates the command.
   *
   * @param root the root folder, with {@code /proc}, {@code /run} and {@code /var}
   */
  DoctorCommand(Console console, Path root, InstantSource clock) {
    this.console = console;
    this.root = root;
    this.clock = clock;
  }

  @Override
  public Integer call() {
    var findings = new ArrayList<Finding>();
    var client = socket.client(console);
    var daemon = new DaemonCheck(client, clock).look(findings);
    new ClientCheck(console, daemon).look(findings);
    new KubeletCheck(root, daemon).look(findings);
    new MirrorCheck(root, daemon).look(findings);
    new ClockCheck(root, clock).look(daemon, findings);
    new ScriptCheck(console, config, daemon, client.socket()).look(findings);
    if (output.isJson()) {
      console
          .out()
          .println(
              JsonWriter.text(
                  JsonForm.INDENTED,
                  Map.of("findings", findings.stream().map(this::json).toList())));
    } else {
      print(findings);
    }
    return findings.stream().anyMatch(finding -> finding.verdict() == Finding.FindingLevel.FAIL)
        ? ExitStatus.FAILED
        : ExitStatus.OK;
  }

  private Map<String, Object> json(Finding finding) {
    return Map.of(
        "check", finding.check(),
        "verdict", word(finding),
        "message", finding.message(),
        "advice", finding.advice());
  }

  /** Prints failures first. */
  private void print(List<Finding> found) {
    var findings =
        found.stream().sorted(Comparator.comparing(Finding::verdict).reversed()).toList();
    int width = findings.stream().mapToInt(finding -> finding.check().length()).max().orElse(0);
    for (var finding : findings) {
      console
          .out()
          .printf(
              "%-4s  %-" + width + "s  %s%n", word(finding), finding.check(), finding.message());
      if (!finding.advice().isEmpty()) {
        console.out().println(" ".repeat(width + 8) + "-> " + finding.advice());
      }
    }
  }

  private static String word(Finding finding) {
    return finding.verdict().name().toLowerCase(Locale.ROOT);
  }
}
