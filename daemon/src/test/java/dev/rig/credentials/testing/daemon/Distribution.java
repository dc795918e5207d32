package dev.rig.credentials.testing.daemon;

import dev.rig.credentials.testing.machine.ProcFiles;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Assertions;

/** The results of the build: the daemon's distribution and the client. */
public final class Distribution {
  private static final Path HOME = home();

  private Distribution() {}

  /** Returns the program {@code rig-credentials} in its distribution. */
  public static Path daemon() {
    return executable(HOME.resolve("bin/rig-credentials"));
  }

  /** Returns the program {@code docker-credential-rig}. */
  public static Path client() {
    return executable(inModule("../helper/target/docker-credential-rig"));
  }

  /** Returns the package whose name matches; the profile {@code package} makes them. */
  public static Path packaged(String glob) {
    try (var files = Files.newDirectoryStream(inModule("target/packages"), glob)) {
      return files.iterator().next();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * Returns the distribution. Tests as root also start it as other users, who need a copy if it is
   * below a folder that is closed to them, such as /root.
   */
  private static Path home() {
    var built = inModule("target/rig-credentials");
    if (ProcFiles.ownUid() != 0 || !Files.isDirectory(built) || isOpen(built)) {
      return built;
    }
    try {
      var copy = Files.createTempDirectory("rig-credentials");
      Files.setPosixFilePermissions(copy, PosixFilePermissions.fromString("rwxr-xr-x"));
      Runtime.getRuntime()
          .addShutdownHook(
              Thread.ofPlatform().unstarted(() -> Command.of("/bin/rm", "-rf", copy).run()));
      Command.of("/bin/cp", "-a", built, copy).run().succeeded();
      return copy.resolve(built.getFileName());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static boolean isOpen(@Nullable Path folder) {
    try {
      return folder == null
          || (Files.getPosixFilePermissions(folder).contains(PosixFilePermission.OTHERS_EXECUTE)
              && isOpen(folder.getParent()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Path executable(Path program) {
    Assertions.assertTrue(
        Files.isExecutable(program), () -> program + " is not built: run mvn package first");
    return program;
  }

  private static Path inModule(String path) {
    return Path.of(System.getProperty("basedir", "")).resolve(path).toAbsolutePath().normalize();
  }
}
