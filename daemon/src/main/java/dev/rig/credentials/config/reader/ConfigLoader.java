package dev.rig.credentials.config.reader;

import dev.rig.credentials.config.Configuration;
import dev.rig.credentials.config.ProblemCollector;
import dev.rig.credentials.config.files.ContentFingerprint;
import dev.rig.credentials.config.files.InputFile;
import dev.rig.credentials.config.files.InputFiles;
import dev.rig.credentials.config.files.PasswordFiles;
import dev.rig.credentials.config.yaml.YamlFile;
import dev.rig.credentials.problem.ProblemsException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * Loads a configuration from files and folders.
 *
 * <p>Of a folder that holds {@code ..data} (a mounted ConfigMap or Secret) every file counts that
 * is not hidden, of any other the {@code *.yaml}, {@code *.yml} and {@code *.json} ones, by name,
 * and of both a {@code .dockerconfigjson}. Files are merged in the order of the paths; what a later
 * one sets wins, field by field.
 */
public final class ConfigLoader {
  private ConfigLoader() {}

  /**
   * Reads, merges and validates.
   *
   * @throws ProblemsException with everything that is wrong
   */
  public static Configuration load(List<Path> paths) {
    return load(paths, InputFiles::limited, new PasswordFiles());
  }

  /**
   * The same.
   *
   * @param passwordFiles learns which files are named, also if something is wrong
   * @throws ProblemsException with everything that is wrong
   */
  public static Configuration load(List<Path> paths, PasswordFiles passwordFiles) {
    return load(paths, InputFiles::limited, passwordFiles);
  }

  /**
   * The {@link Configuration#fingerprint()} that loading would give now, without understanding what
   * is read.
   *
   * @param passwordFiles those that the configuration names
   * @throws ProblemsException when something cannot be read
   */
  public static String fingerprint(List<Path> paths, List<Path> passwordFiles) {
    var findings = new ProblemCollector();
    var files = new InputFiles(findings, InputFiles::limited).read(paths);
    findings.throwIfAny();
    return of(files, PasswordFiles.contents(passwordFiles));
  }

  private static String of(List<InputFile> files, List<InputFile> passwordFiles) {
    return ContentFingerprint.of(Stream.concat(files.stream(), passwordFiles.stream()).toList());
  }

  static Configuration load(
      List<Path> paths, InputFiles.Content content, PasswordFiles passwordFiles) {
    var findings = new ProblemCollector();
    var files = new InputFiles(findings, content).read(paths);
    var documents = new DocumentReader(findings, passwordFiles);
    for (var file : files) {
      for (var document : YamlFile.read(file, findings)) {
        documents.read(file.name(), document);
      }
    }
    var configuration = documents.configuration(() -> of(files, passwordFiles.contents()));
    findings.throwIfAny();
    return configuration;
  }
}
