package dev.rig.credentials.config.reader;

import dev.rig.credentials.config.Configuration;
import dev.rig.credentials.config.ProblemCollector;
import dev.rig.credentials.config.files.ContentFingerprint;
import dev.rig.credentials.config.files.InputFiles;
import dev.rig.credentials.config.yaml.YamlFile;
import dev.rig.credentials.problem.ProblemsException;
import java.nio.file.Path;
import java.util.List;

/**
 * Loads a configuration from files and folders.
 *
 * <p>Of a folder that holds {@code ..data} (a mounted ConfigMap or Secret) every file counts that
 * is not hidden, of any other the {@code *.yaml}, {@code *.yml} and {@code *.json} ones, by name.
 * Files are merged in the order of the paths; what a later one sets wins, field by field.
 */
public final class ConfigLoader {
  private ConfigLoader() {}

  /**
   * Reads, merges and validates.
   *
   * @throws ProblemsException with everything that is wrong
   */
  public static Configuration load(List<Path> paths) {
    return load(paths, InputFiles::limited);
  }

  /**
   * The {@link Configuration#fingerprint()} that loading would give now, without understanding what
   * is read.
   *
   * @throws ProblemsException when something cannot be read
   */
  public static String fingerprint(List<Path> paths) {
    var findings = new ProblemCollector();
    var files = new InputFiles(findings, InputFiles::limited).read(paths);
    findings.throwIfAny();
    return ContentFingerprint.of(files);
  }

  static Configuration load(List<Path> paths, InputFiles.Content content) {
    var findings = new ProblemCollector();
    var files = new InputFiles(findings, content).read(paths);
    var documents = new DocumentReader(findings);
    for (var file : files) {
      for (var document : YamlFile.read(file, findings)) {
        documents.read(file.name(), document);
      }
    }
    var configuration = documents.configuration(ContentFingerprint.of(files));
    findings.throwIfAny();
    return configuration;
  }
}
