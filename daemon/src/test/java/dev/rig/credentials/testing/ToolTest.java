package dev.rig.credentials.testing;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class ToolTest {
  /** Packages that are in every Debian. */
  private static final Set<String> ESSENTIAL = Set.of("bash", "bsdutils", "perl-base");

  @Test
  void theReadmeNamesThePackageOfEveryTool() throws IOException {
    var readme = Path.of(System.getProperty("basedir", ""), "..", "README.md");
    var named = Set.copyOf(List.of(Files.readString(readme).split("[\\s`]+")));
    assertEquals(
        List.of(),
        Stream.of(Tool.values())
            .map(Tool::debianPackage)
            .filter(name -> !ESSENTIAL.contains(name) && !named.contains(name))
            .distinct()
            .toList());
  }
}
