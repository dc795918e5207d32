package dev.rig.credentials.config.reader;

import dev.rig.credentials.config.Configuration;
import dev.rig.credentials.config.DaemonSettings;
import dev.rig.credentials.config.EntrySource;
import dev.rig.credentials.config.ProblemCollector;
import dev.rig.credentials.config.SourcePosition;
import dev.rig.credentials.config.files.ContentFingerprint;
import dev.rig.credentials.config.files.InputFile;
import dev.rig.credentials.config.files.InputFiles;
import dev.rig.credentials.config.files.PasswordFiles;
import dev.rig.credentials.config.files.WriteChecks;
import dev.rig.credentials.config.yaml.YamlFile;
import dev.rig.credentials.files.SearchPath;
import dev.rig.credentials.files.WriteAccess;
import dev.rig.credentials.problem.Problem;
import dev.rig.credentials.problem.ProblemsException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Loads a configuration from files and folders.
 *
 * <p>In a folder with {@code ..data} (a mounted ConfigMap or Secret) every file counts that is not
 * hidden; in any other folder {@code *.yaml}, {@code *.yml} and {@code *.json}, by name; in both
 * also {@code .dockerconfigjson}. Files are merged in the order of the paths; a later file
 * overrides earlier ones, field by field.
 */
public final class ConfigLoader {
  private ConfigLoader() {}

  /**
   * Loads a configuration without checking who can write its files.
   *
   * @throws ProblemsException with all errors
   */
  public static Configuration load(List<Path> paths) {
    return load(paths, InputFiles::limited, new PasswordFiles(WriteAccess.ofThisProcess(Map.of())));
  }

  /**
   * Loads a configuration, provided that only root and the daemon's user can write the files, the
   * folders above them, and the programs that run the scripts (T23).
   *
   * @param passwordFiles records the files that the configuration names, even if it is invalid
   * @param access determines who can write
   * @param warnings receives tolerated problems
   * @throws ProblemsException with all errors
   */
  public static Configuration load(
      List<Path> paths,
      PasswordFiles passwordFiles,
      WriteAccess access,
      Consumer<Problem> warnings) {
    var findings = new ProblemCollector();
    var checks = new WriteChecks(access, findings, warnings);
    var files = new InputFiles(findings, InputFiles::limited, checks).read(paths);
    return load(files, passwordFiles, findings, checks);
  }

  static Configuration load(
      List<Path> paths, InputFiles.Content content, PasswordFiles passwordFiles) {
    var findings = new ProblemCollector();
    var files = new InputFiles(findings, content).read(paths);
    return load(files, passwordFiles, findings, null);
  }

  private static Configuration load(
      List<InputFile> files,
      PasswordFiles passwordFiles,
      ProblemCollector findings,
      @Nullable WriteChecks checks) {
    var documents = new DocumentReader(findings, passwordFiles);
    for (var file : files) {
      for (var document : YamlFile.read(file, findings)) {
        documents.read(file.name(), document);
      }
    }
    var configuration =
        documents.configuration(
            files.stream().map(InputFile::name).toList(),
            () ->
                ContentFingerprint.of(
                    Stream.concat(files.stream(), passwordFiles.contents().stream()).toList()));
    if (checks != null) {
      checkUses(configuration, checks);
    }
    findings.throwIfAny();
    return configuration;
  }

  private static void checkUses(Configuration configuration, WriteChecks checks) {
    var path = SearchPath.of(System.getenv());
    for (var entry : configuration.registries()) {
      switch (entry.source()) {
        case EntrySource.Script script ->
            checks.script(
                entry.origin(), script.text().reveal(), script.env().getOrDefault("PATH", path));
        case EntrySource.CloudProvider provider ->
            provider.files().forEach((name, file) -> checks.used(entry.origin(), name, file));
        case EntrySource.StaticLogin _, EntrySource.OtherHelper _ -> {
          // Password files are checked when they are read, and helpers when they are found.
        }
      }
    }
    for (var cluster : configuration.clusters().values()) {
      if (cluster.script() != null) {
        checks.script(cluster.origin(), cluster.script().reveal(), path);
      }
    }
    var shell = configuration.daemon().get(DaemonSettings.SHELL);
    if (shell != null) {
      checks.shell(SourcePosition.file("daemon.shell"), shell, path);
    }
  }
}
