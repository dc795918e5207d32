package dev.rig.credentials.testing.daemon;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Assertions;

/** What the build has made: the daemon's distribution and the client. */
public final class Distribution {
  private Distribution() {}

  /** The program {@code rig-credentials} inside its distribution. */
  public static Path daemon() {
    return built("target/rig-credentials/bin/rig-credentials");
  }

  /** The program {@code docker-credential-rig}. */
  public static Path client() {
    return built("../helper/target/docker-credential-rig");
  }

  /** The package whose name is like that; the profile {@code package} makes them. */
  public static Path packaged(String glob) {
    try (var files = Files.newDirectoryStream(inModule("target/packages"), glob)) {
      return files.iterator().next();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Path built(String path) {
    var program = inModule(path);
    Assertions.assertTrue(
        Files.isExecutable(program), () -> program + " is not built: run mvn package first");
    return program;
  }

  private static Path inModule(String path) {
    return Path.of(System.getProperty("basedir", "")).resolve(path).toAbsolutePath().normalize();
  }
}
