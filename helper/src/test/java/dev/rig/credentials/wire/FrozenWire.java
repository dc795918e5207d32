package dev.rig.credentials.wire;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.module.ModuleDescriptor.Version;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** The frozen bytes of all releases: {@code src/test/resources/wire/VERSION} of the helper. */
public final class FrozenWire {
  private static final Path FOLDER =
      Path.of(System.getProperty("basedir", "."), "../helper/src/test/resources/wire");

  private FrozenWire() {}

  /** Returns the releases with frozen bytes, the oldest first. */
  public static List<String> releases() {
    return names(FOLDER).stream().sorted(Comparator.comparing(Version::parse)).toList();
  }

  /** Returns the names of the files that a release added or changed. */
  public static Set<String> files(String release) {
    return names(FOLDER.resolve(release));
  }

  /** Returns the bytes of a file as a release sends them, also if an earlier one added it. */
  public static byte[] read(String release, String file) {
    var releases = releases();
    var newest =
        releases.subList(0, releases.indexOf(release) + 1).stream()
            .filter(earlier -> files(earlier).contains(file))
            .reduce((earlier, later) -> later)
            .orElseThrow(() -> new IllegalArgumentException(release + " has no " + file));
    try {
      return Files.readAllBytes(FOLDER.resolve(newest).resolve(file));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Returns the text of a file as a release sends it. */
  public static String text(String release, String file) {
    return new String(read(release, file), UTF_8);
  }

  private static Set<String> names(Path folder) {
    try (var files = Files.list(folder)) {
      return files.map(file -> file.getFileName().toString()).collect(Collectors.toSet());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
