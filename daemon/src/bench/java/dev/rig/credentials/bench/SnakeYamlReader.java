package dev.rig.credentials.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.composer.Composer;
import org.yaml.snakeyaml.parser.ParserImpl;
import org.yaml.snakeyaml.reader.StreamReader;
import org.yaml.snakeyaml.resolver.Resolver;

/** The fastest possible reader of a configuration: SnakeYAML makes nodes of its files. */
public final class SnakeYamlReader {
  private SnakeYamlReader() {}

  /** Reads a folder's files several times, and prints the milliseconds of each time. */
  public static void main(String[] arguments) throws IOException {
    try (var files = Files.list(Path.of(arguments[0]))) {
      var sorted = files.sorted().toList();
      for (int i = 0; i < Integer.parseInt(arguments[1]); i++) {
        long began = System.nanoTime();
        compose(sorted);
        System.out.println((System.nanoTime() - began) / 1e6);
      }
    }
  }

  /** Makes nodes of all files; returns the number of documents. */
  static int compose(List<Path> files) throws IOException {
    int documents = 0;
    for (var file : files) {
      var options = new LoaderOptions();
      try (var reader = Files.newBufferedReader(file)) {
        var parser = new ParserImpl(new StreamReader(reader), options);
        var composer = new Composer(parser, new Resolver(), options);
        while (composer.checkNode()) {
          composer.getNode();
          documents++;
        }
      }
    }
    return documents;
  }
}
