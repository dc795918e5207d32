package dev.rig.credentials.config;

import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.rig.credentials.config.reader.ConfigLoader;
import dev.rig.credentials.problem.ProblemsException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Configurations from texts: each becomes a file a.yaml, b.yaml and so on in a folder. */
public final class ConfigTexts {
  private ConfigTexts() {}

  public static Configuration load(Path folder, String... texts) {
    return ConfigLoader.load(write(folder, texts));
  }

  /** Returns the problems, one per line, without the folder's name. */
  static List<String> problems(Path folder, String... texts) {
    return problemsOf(folder, write(folder, texts));
  }

  public static List<String> problemsOf(Path folder, List<Path> paths) {
    var thrown = assertThrows(ProblemsException.class, () -> ConfigLoader.load(paths));
    return thrown.problems().stream()
        .map(problem -> problem.toString().replace(folder + "/", ""))
        .toList();
  }

  public static List<Path> write(Path folder, String... texts) {
    var paths = new ArrayList<Path>();
    try {
      for (var text : texts) {
        var path = folder.resolve((char) ('a' + paths.size()) + ".yaml");
        paths.add(Files.writeString(path, text));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return paths;
  }
}
