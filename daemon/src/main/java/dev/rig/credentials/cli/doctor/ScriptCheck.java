package dev.rig.credentials.cli.doctor;

import dev.rig.credentials.cli.client.ConfigOptions;
import dev.rig.credentials.cli.client.ProgramPath;
import dev.rig.credentials.cli.output.Console;
import dev.rig.credentials.config.Configuration;
import dev.rig.credentials.config.DaemonSettings;
import dev.rig.credentials.config.EntrySource;
import dev.rig.credentials.files.FileId;
import dev.rig.credentials.files.SearchPath;
import dev.rig.credentials.files.WriteAccess;
import dev.rig.credentials.image.RegistryPrefix;
import dev.rig.credentials.json.JsonObject;
import dev.rig.credentials.problem.ProblemsException;
import dev.rig.credentials.source.HelperProgram;
import dev.rig.credentials.source.process.Shell;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.regex.Pattern;

/** Checks the configuration, if it is readable, and the programs that its scripts call. */
final class ScriptCheck {
  private static final String CONFIGURATION = "configuration";
  private static final String SCRIPTS = "scripts";
  private static final String PROVIDERS = "providers";
  private static final String SHELL = "shell";
  private static final Duration IDIOM_LIMIT = Duration.ofSeconds(5);

  /** Programs that scripts of registries usually call; words of the shell itself are not listed. */
  private static final Pattern TOOL =
      Pattern.compile(
          "(?<![\\w./$-])(aws|awk|az|base64|bws|cat|curl|cut|date|doctl|gcloud|gh|glab|gpg|grep"
              + "|head|ibmcloud|jq|kubectl|oci|op|openssl|pass|perl|python3|sed|sops|tail|tr|vault"
              + "|wget|yc|yq)(?![\\w./=:-])");

  /** The first line of a script for a shell. */
  private static final Pattern SHELLS = Pattern.compile("\\b(?:ba|da|a|k|z)?sh\\b");

  private final Console console;
  private final ConfigOptions config;

  /** Determines who can write the programs that the daemon runs, as the daemon does. */
  private final WriteAccess access;

  /** Whose PATH the scripts have, shown to people. */
  private final String whose;

  private final String path;

  /** The shell that the daemon uses; empty without a daemon. */
  private final String daemonShell;

  /**
   * Creates the check.
   *
   * @param daemon the daemon's answer to {@code status}: scripts have its PATH; empty for the
   *     user's
   * @param socket the daemon's socket; its owner may write the configuration too
   */
  ScriptCheck(Console console, ConfigOptions config, JsonObject daemon, Path socket) {
    this.console = console;
    this.config = config;
    this.access = access(socket);
    boolean told = daemon.has("scriptPath");
    this.whose = told ? "the daemon's" : "your";
    this.daemonShell = daemon.textOrEmpty("scriptShell");
    this.path = told ? daemon.display("scriptPath") : ProgramPath.path(console);
  }

  private WriteAccess access(Path socket) {
    var access = WriteAccess.ofThisProcess(console.environment());
    if (config.isPersonal(console)) {
      return access;
    }
    try {
      return FileId.of(socket).map(file -> access.of(file.owner())).orElse(access);
    } catch (IOException unreachable) {
      return access;
    }
  }

  void look(List<Finding> findings) {
    var paths = config.paths(console);
    for (var path : paths) {
      if (!Files.exists(path)) {
        findings.add(
            Finding.warn(
                CONFIGURATION,
                path + " does not exist",
                "create it, or name the daemon's configuration with --config"));
        return;
      }
      if (!Files.isReadable(path)) {
        findings.add(Finding.ok(CONFIGURATION, "not checked: only another user can read " + path));
        return;
      }
    }
    try {
      var configuration =
          config.load(
              console,
              access,
              warning ->
                  findings.add(
                      Finding.warn(
                          CONFIGURATION,
                          warning.file() + ": " + warning.message(),
                          String.valueOf(warning.hint()))));
      for (var remark : configuration.leftOut()) {
        findings.add(Finding.warn(CONFIGURATION, remark.toString(), ""));
      }
      scripts(configuration, findings);
      ClusterCheck.look(configuration, findings);
    } catch (ProblemsException e) {
      int more = e.problems().size() - 1;
      findings.add(
          Finding.fail(
              CONFIGURATION,
              e.problems().getFirst() + (more == 0 ? "" : ", and " + more + " more"),
              "run \"rig-credentials check\" to list all errors"));
    }
  }

  private void scripts(Configuration configuration, List<Finding> findings) {
    findings.add(
        Finding.ok(
            CONFIGURATION, Finding.registries(configuration.registries().size()) + ", all valid"));
    shell(configuration, findings);
    int before = findings.size();
    var tools = new TreeSet<String>();
    for (var entry : configuration.registries()) {
      if (entry.source() instanceof EntrySource.Script script) {
        for (var tool : tools(script.text().reveal())) {
          tools.add(tool);
          missing(entry.prefix(), script, tool).ifPresent(findings::add);
        }
      } else if (entry.source() instanceof EntrySource.OtherHelper helper) {
        tools.add(HelperProgram.PREFIX + helper.name());
        missing(entry.prefix(), helper).ifPresent(findings::add);
      } else if (entry.source() instanceof EntrySource.CloudProvider provider) {
        provider(entry.prefix(), provider, findings);
      }
    }
    if (!tools.isEmpty() && findings.size() == before) {
      findings.add(Finding.ok(SCRIPTS, "their programs are here: " + String.join(", ", tools)));
    }
  }

  /** Checks the shell that the daemon uses, or would use here. */
  private void shell(Configuration configuration, List<Finding> findings) {
    var configured = configuration.daemon().get(DaemonSettings.SHELL);
    var shell =
        !daemonShell.isEmpty()
            ? Shell.of(Path.of(daemonShell.split(" ", 2)[0]))
            : configured == null ? Shell.ofThisMachine() : Shell.of(configured);
    findings.add(
        shell
            .problem(access)
            .map(problem ->
                Finding.fail(
                    SHELL, problem, "set another one in daemon.shell, or correct its mode"))
            .or(() ->
                shell
                    .idiomProblem(IDIOM_LIMIT)
                    .map(problem ->
                        Finding.fail(
                            SHELL,
                            problem + ", so that scripts print other credentials",
                            "set bash or another POSIX shell in daemon.shell")))
            .orElseGet(() -> Finding.ok(SHELL, "scripts without #! run with " + shell)));
  }

  private Optional<Finding> missing(RegistryPrefix prefix, EntrySource.Script script, String tool) {
    boolean absolute = tool.startsWith("/");
    boolean found =
        absolute
            ? Files.isExecutable(Path.of(tool))
            : SearchPath.find(tool, script.env().getOrDefault("PATH", path)).isPresent();
    if (found) {
      return Optional.empty();
    }
    var where = absolute ? "there" : "on " + whose + " PATH";
    boolean elsewhere = !absolute && ProgramPath.find(tool, console).isPresent();
    return Optional.of(
        Finding.warn(
            SCRIPTS,
            "the script of %s calls %s, which is not %s".formatted(prefix, tool, where),
            elsewhere
                ? "use its absolute path in the script"
                : "install it where the daemon runs"));
  }

  private Optional<Finding> missing(RegistryPrefix prefix, EntrySource.OtherHelper helper) {
    return switch (HelperProgram.find(helper.name(), helper.env().getOrDefault("PATH", path))) {
      case HelperProgram.FoundHelper _ -> Optional.empty();
      case HelperProgram.OwnHelper(var reason) ->
          Optional.of(Finding.fail(SCRIPTS, prefix + ": " + reason, "remove the entry"));
      case HelperProgram.MissingHelper(var reason) ->
          Optional.of(
              Finding.warn(
                  SCRIPTS,
                  prefix + ": " + reason,
                  "install it where the daemon runs, or set PATH in the entry's env"));
    };
  }

  /** Checks that files exist; who can write them was checked with the configuration. */
  private static void provider(
      RegistryPrefix prefix, EntrySource.CloudProvider provider, List<Finding> findings) {
    for (var file : provider.files().entrySet()) {
      if (!Files.isRegularFile(Path.of(file.getValue()))) {
        findings.add(
            Finding.warn(
                PROVIDERS,
                "%s: the %s %s is not a file".formatted(prefix, file.getKey(), file.getValue()),
                "create it on the machine or in the container where the daemon runs"));
      }
    }
  }

  /**
   * Returns the programs that a script names: its interpreter, the commands of a shell script, and
   * known programs outside comments.
   */
  private static List<String> tools(String script) {
    var tools = new ArrayList<String>();
    var first = script.lines().findFirst().orElse("");
    if (first.startsWith("#!")) {
      tools.add(first.substring(2).strip().split("\\s", 2)[0]);
    }
    if (!first.startsWith("#!") || SHELLS.matcher(first).find()) {
      ScriptCommands.of(script).stream().filter(name -> !tools.contains(name)).forEach(tools::add);
    }
    var matcher = TOOL.matcher(script.replaceAll("(?m)(^|\\s)#.*$", " "));
    while (matcher.find()) {
      if (!tools.contains(matcher.group(1))) {
        tools.add(matcher.group(1));
      }
    }
    return tools;
  }
}
