package dev.rig.credentials.config;

import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntSupplier;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.composer.Composer;
import org.yaml.snakeyaml.parser.ParserImpl;
import org.yaml.snakeyaml.reader.StreamReader;
import org.yaml.snakeyaml.resolver.Resolver;

/**
 * Prints how long 100,000 entries take to load, beside what SnakeYAML alone takes to compose the
 * same files: {@code java -cp … dev.rig.credentials.config.ConfigLoadSpeed}.
 */
final class ConfigLoadSpeed {
  private static final int ENTRIES = 100_000;
  private static final int ENTRIES_A_FILE = 5_000;
  private static final int ROUNDS = 7;

  private ConfigLoadSpeed() {}

  public static void main(String[] arguments) throws IOException {
    var folder = Files.createTempDirectory("config-load-speed");
    var files = new ArrayList<Path>();
    try {
      for (int first = 0; first < ENTRIES; first += ENTRIES_A_FILE) {
        var path = folder.resolve("values-%06d.yaml".formatted(first));
        files.add(Files.writeString(path, values(first)));
      }
      measure(System.out, folder, files);
    } finally {
      for (var file : files) {
        Files.delete(file);
      }
      Files.delete(folder);
    }
  }

  private static void measure(PrintStream out, Path folder, List<Path> files) {
    long ours = Long.MAX_VALUE;
    long bare = Long.MAX_VALUE;
    for (int round = 0; round < ROUNDS; round++) {
      bare = Math.min(bare, nanos(() -> compose(files)));
      ours = Math.min(ours, nanos(() -> ConfigLoader.load(List.of(folder)).registries().size()));
    }
    out.printf(
        "%d entries in %d files: SnakeYAML alone %d ms, loaded %d ms, ratio %.2f (best of %d)%n",
        ENTRIES,
        files.size(),
        bare / 1_000_000,
        ours / 1_000_000,
        (double) ours / (double) bare,
        ROUNDS);
  }

  private static long nanos(IntSupplier work) {
    long begin = System.nanoTime();
    if (work.getAsInt() <= 0) {
      throw new IllegalStateException("nothing was read");
    }
    return System.nanoTime() - begin;
  }

  private static int compose(List<Path> files) {
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
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
    return documents;
  }

  private static String values(int first) {
    var text = new StringBuilder("rig:\n  dockerRegistries:\n");
    for (int i = first; i < first + ENTRIES_A_FILE; i++) {
      text.append("    registry-").append(i % 1_000).append(".example.com/team-").append(i);
      text.append(
          i % 2 == 0
              ? ":\n      username: bot\n      password: \"p-" + i + "\"\n"
              : ":\n      script: |\n        echo user:" + i + "\n      expire: 1h\n");
    }
    return text.toString();
  }
}
