package dev.rig.credentials.cli;

import dev.rig.credentials.cli.deploy.DeployCommand;
import dev.rig.credentials.cli.deploy.RollbackCommand;
import dev.rig.credentials.cli.dev.DevCommand;
import dev.rig.credentials.cli.docker.AdoptCommand;
import dev.rig.credentials.cli.docker.DockerConfigCommand;
import dev.rig.credentials.cli.doctor.DoctorCommand;
import dev.rig.credentials.cli.output.CommandException;
import dev.rig.credentials.cli.output.Console;
import dev.rig.credentials.cli.output.ExitStatus;
import dev.rig.credentials.cli.output.Version;
import dev.rig.credentials.problem.ProblemsException;
import dev.rig.credentials.text.Printable;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Supplier;
import picocli.AutoComplete;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.UnmatchedArgumentException;

/** {@code rig-credentials}: the daemon and its command line. */
@Command(
    name = "rig-credentials",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    description =
        "Serves the credentials of container registries to Docker, the kubelet and the Rig"
            + " platform.",
    footer = {
      "",
      "If a pull fails, run \"rig-credentials explain IMAGE\" first.",
      "Completion: source <(rig-credentials generate-completion), for bash and zsh."
    })
public final class Main implements Runnable {
  private static final int IN = 0;
  private static final int OUT = 1;
  private static final int ERR = 2;

  @Spec private CommandSpec spec = CommandSpec.create();

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "Missing command");
  }

  /** Runs one command and ends the process with its status. */
  public static void main(String[] arguments) {
    var out = stream(FileDescriptor.out);
    var console =
        new Console(out, stream(FileDescriptor.err), System.getenv(), isTerminal(OUT), isRoot());
    int status = run(console, arguments);
    out.flush();
    System.exit(status);
  }

  /** Runs one command. */
  static int run(Console console, String... arguments) {
    var commandLine = commandLine(console, arguments);
    commandLine.setOut(
        new java.io.PrintWriter(Console.raw(console.out()), true, StandardCharsets.UTF_8));
    commandLine.setErr(
        new java.io.PrintWriter(Console.raw(console.err()), true, StandardCharsets.UTF_8));
    return commandLine.execute(arguments);
  }

  /** Returns the command line with every command, for output that shows them all. */
  static CommandLine commandLine(Console console) {
    var commandLine = new CommandLine(new Main());
    commands(console).forEach((name, command) -> commandLine.addSubcommand(name, command.get()));
    HelpCommand.addTo(commandLine);
    return withSettings(console, commandLine);
  }

  /**
   * Returns the command line with only the called command: reading the annotations of all commands
   * takes longer than most commands.
   */
  static CommandLine commandLine(Console console, String... arguments) {
    var called = arguments.length == 0 ? null : commands(console).get(arguments[0]);
    if (called == null || arguments[0].startsWith("generate-")) {
      return commandLine(console);
    }
    var commandLine = new CommandLine(new Main());
    return withSettings(console, commandLine.addSubcommand(arguments[0], called.get()));
  }

  private static Map<String, Supplier<Object>> commands(Console console) {
    var commands = new LinkedHashMap<String, Supplier<Object>>();
    commands.put("serve", () -> new ServeCommand(console));
    commands.put("check", () -> new CheckCommand(console));
    commands.put("platform-values", () -> new PlatformValuesCommand(console));
    commands.put("get", () -> new GetCommand(console));
    commands.put("list", () -> new ListCommand(console));
    commands.put("status", () -> new StatusCommand(console));
    commands.put("explain", () -> new ExplainCommand(console));
    commands.put("kubelet-config", () -> new KubeletConfigCommand(console));
    commands.put("docker-config", () -> new DockerConfigCommand(console));
    commands.put("adopt", () -> new AdoptCommand(console, isTerminal(IN) && console.terminal()));
    commands.put("resolve", () -> new ResolveCommand(console, isTerminal(ERR)));
    commands.put("tags", () -> new TagsCommand(console));
    commands.put("doctor", () -> new DoctorCommand(console));
    commands.put("pull-secret", () -> new PullSecretCommand(console));
    commands.put("dev", () -> DevCommand.of(console));
    commands.put(
        "deploy",
        () -> new DeployCommand(console, isTerminal(IN) && console.terminal(), isTerminal(ERR)));
    commands.put("rollback", () -> new RollbackCommand(console, isTerminal(ERR)));
    commands.put("demo", () -> new DemoCommand(console));
    commands.put("version", () -> new VersionCommand(console));
    commands.put("generate-man", () -> new ManCommand());
    // Not a method reference: with one, the JVM (25.0.3) crashes when it writes the AOT cache,
    // which cannot contain picocli, whose class files are of version 49.
    commands.put("generate-completion", () -> new AutoComplete.GenerateCompletion());
    return commands;
  }

  /** Applies settings; they affect only commands that were added before. */
  private static CommandLine withSettings(Console console, CommandLine commandLine) {
    commandLine.setCaseInsensitiveEnumValuesAllowed(true);
    commandLine.setExecutionExceptionHandler((thrown, line, parsed) -> failed(console, thrown));
    commandLine.setParameterExceptionHandler((wrong, arguments) -> refused(wrong));
    addHeadings(commandLine);
    return commandLine;
  }

  private static void addHeadings(CommandLine commandLine) {
    var usage = commandLine.getCommandSpec().usageMessage();
    if (!usage.exitCodeList().isEmpty()) {
      usage.exitCodeListHeading("%nExit status:%n");
    }
    commandLine.getSubcommands().values().forEach(Main::addHeadings);
  }

  /** Prints what picocli's own handler does; its messages quote arguments, which are escaped. */
  private static int refused(ParameterException wrong) {
    var line = wrong.getCommandLine();
    var colors = line.getColorScheme();
    line.getErr().println(colors.errorText(Printable.lines(String.valueOf(wrong.getMessage()))));
    if (!UnmatchedArgumentException.printSuggestions(wrong, line.getErr())) {
      line.usage(line.getErr(), colors);
    }
    return line.getCommandSpec().exitCodeOnInvalidInput();
  }

  private static int failed(Console console, Exception thrown) throws Exception {
    return switch (thrown) {
      case ProblemsException problems -> {
        problems.problems().forEach(one -> console.err().println(Printable.of(one.toString())));
        yield ExitStatus.CONFIGURATION;
      }
      case CommandException command -> {
        console.err().println("rig-credentials: " + command.getMessage());
        yield command.status();
      }
      default -> throw thrown;
    };
  }

  private static PrintStream stream(FileDescriptor descriptor) {
    return new PrintStream(new FileOutputStream(descriptor), true, StandardCharsets.UTF_8);
  }

  /** System.console() also checks standard input; here only the output matters. */
  private static boolean isTerminal(int descriptor) {
    try {
      var target = Files.readSymbolicLink(Path.of("/proc/self/fd/" + descriptor)).toString();
      return target.startsWith("/dev/pts/")
          || target.startsWith("/dev/tty")
          || target.equals("/dev/console");
    } catch (IOException | UnsupportedOperationException e) {
      return false;
    }
  }

  private static boolean isRoot() {
    try {
      return Integer.valueOf(0).equals(Files.getAttribute(Path.of("/proc/self"), "unix:uid"));
    } catch (IOException | UnsupportedOperationException e) {
      return false;
    }
  }
}
