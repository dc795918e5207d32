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

/** The options for the location of the configuration. */
public final class ConfigOptions {
  private static final Path SYSTEM = Path.of("/etc/rig-credentials");

  @Option(
      names = {"-c", "--config"},
      paramLabel = "PATH",
      description = {
        "A file or a folder with Helm values, a PlatformConfig or a Docker config.json. Can be"
            + " repeated: files are merged, and later ones win. Default: ~/.config/rig-credentials"
            + " if it exists and you are not root, otherwise /etc/rig-credentials."
      })
  private List<Path> paths = new ArrayList<>();

  /**
   * Reads the configuration and prints warnings.
   *
   * @throws dev.rig.credentials.problem.ProblemsException with all errors
   */
  public Configuration load(Console console) {
    return load(
        console,
        WriteAccess.ofThisProcess(console.environment()),
        warning -> console.err().println("warning: " + warning));
  }

  /**
   * Reads the configuration for another caller.
   *
   * @param access determines who else can write the files
   * @param warnings receives the warnings
   */
  public Configuration load(Console console, WriteAccess access, Consumer<Problem> warnings) {
    return ConfigLoader.load(paths(console), new PasswordFiles(access), access, warnings);
  }

  /**
   * Reads the configuration; returns an empty one if none is given and the default file does not
   * exist.
   */
  public Configuration loadIfThere(Console console) {
    return isGiven() || paths(console).stream().anyMatch(Files::exists)
        ? load(console)
        : Configuration.EMPTY;
  }

  /** Returns whether the configuration is that of the user's own daemon, not the machine's. */
  public boolean isPersonal(Console console) {
    return !isGiven() && !paths(console).equals(List.of(SYSTEM));
  }

  public boolean isGiven() {
    return !paths.isEmpty();
  }

  /**
   * Returns the shell of scripts without an interpreter.
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

  /** Returns the default path of the configuration. */
  static Path standard(Console console) {
    return console.root() ? SYSTEM : own(console);
  }

  private static Path own(Console console) {
    var home = console.environment().getOrDefault("HOME", "/");
    return Path.of(
        console.environment().getOrDefault("XDG_CONFIG_HOME", home + "/.config"),
        "rig-credentials");
  }

  /** Returns the files and folders that are read. */
  public List<Path> paths(Console console) {
    if (isGiven()) {
      return paths;
    }
    var own = own(console);
    return List.of(!console.root() && Files.isDirectory(own) ? own : SYSTEM);
  }
}
