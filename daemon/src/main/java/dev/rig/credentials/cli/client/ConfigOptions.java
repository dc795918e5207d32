package dev.rig.credentials.cli.client;

import dev.rig.credentials.cli.output.CommandException;
import dev.rig.credentials.cli.output.Console;
import dev.rig.credentials.cli.output.ExitStatus;
import dev.rig.credentials.config.Configuration;
import dev.rig.credentials.config.DaemonSettings;
import dev.rig.credentials.config.files.PasswordFiles;
import dev.rig.credentials.config.reader.ConfigLoader;
import dev.rig.credentials.files.WriteAccess;
import dev.rig.credentials.problem.Problem;
import dev.rig.credentials.source.process.Shell;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import picocli.CommandLine.Option;

/** Where the configuration is. */
public final class ConfigOptions {
  private static final Path SYSTEM = Path.of("/etc/rig-credentials");

  @Option(
      names = {"-c", "--config"},
      paramLabel = "PATH",
      description = {
        "A file or a folder with Helm values, a PlatformConfig or a Docker config.json; repeat it"
            + " to merge several, later ones win. Without it /etc/rig-credentials, or"
            + " ~/.config/rig-credentials where that exists and this does not run as root."
      })
  private List<Path> paths = new ArrayList<>();

  /**
   * Reads it, and prints what is tolerated but should not be.
   *
   * @throws dev.rig.credentials.problem.ProblemsException with everything that is wrong
   */
  public Configuration load(Console console) {
    return load(
        console,
        WriteAccess.ofThisProcess(console.environment()),
        warning -> console.err().println("warning: " + warning));
  }

  /**
   * The same for another reader.
   *
   * @param access knows who else can write it
   * @param warnings gets what is tolerated
   */
  public Configuration load(Console console, WriteAccess access, Consumer<Problem> warnings) {
    return ConfigLoader.load(paths(console), new PasswordFiles(access), access, warnings);
  }

  /** The same; an empty one where none is given and none is where it would be. */
  public Configuration loadIfThere(Console console) {
    return isGiven() || paths(console).stream().anyMatch(Files::exists)
        ? load(console)
        : Configuration.EMPTY;
  }

  /** Whether it is that of the user's own daemon, and not of the machine's. */
  public boolean isPersonal(Console console) {
    return !isGiven() && !paths(console).equals(List.of(SYSTEM));
  }

  public boolean isGiven() {
    return !paths.isEmpty();
  }

  /**
   * The shell of scripts without an interpreter of their own.
   *
   * @throws CommandException if the configured one cannot be used
   */
  public static Shell shell(DaemonSettings settings, Console console) {
    var configured = settings.get(DaemonSettings.SHELL);
    if (configured == null) {
      return Shell.ofThisMachine();
    }
    var shell = Shell.of(configured);
    shell
        .problem(WriteAccess.ofThisProcess(console.environment()))
        .ifPresent(problem -> {
          throw new CommandException(ExitStatus.CONFIGURATION, "daemon.shell: " + problem);
        });
    return shell;
  }

  /** Where a configuration would be, if one is written later. */
  static Path standard(Console console) {
    return console.root() ? SYSTEM : own(console);
  }

  private static Path own(Console console) {
    var home = console.environment().getOrDefault("HOME", "/");
    return Path.of(
        console.environment().getOrDefault("XDG_CONFIG_HOME", home + "/.config"),
        "rig-credentials");
  }

  /** The files and folders that are read. */
  public List<Path> paths(Console console) {
    if (isGiven()) {
      return paths;
    }
    var own = own(console);
    return List.of(!console.root() && Files.isDirectory(own) ? own : SYSTEM);
  }
}
