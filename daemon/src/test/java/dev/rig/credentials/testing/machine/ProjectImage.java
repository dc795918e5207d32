package dev.rig.credentials.testing.machine;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.rig.credentials.testing.Tool;
import dev.rig.credentials.testing.daemon.Command;
import dev.rig.credentials.testing.daemon.Distribution;
import dev.rig.credentials.testing.registry.DockerEngine;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.regex.Pattern;

/** The project's image, built from its Dockerfile and the built distribution. */
public final class ProjectImage {
  private static final Duration BUILD = Duration.ofMinutes(25);
  private static final Pattern FROM = Pattern.compile("(?m)^FROM (debian:([a-z]+)-\\S+) AS");

  private ProjectImage() {}

  /**
   * Builds the images on a separate Docker Engine.
   *
   * @param folder for the engine and its data; its path must be short
   * @param targets of the Dockerfile; each becomes an image of that name
   * @return the engine with the images
   */
  public static DockerEngine build(Reaper reaper, Path folder, String... targets) {
    Tool.needRoot("a Docker Engine");
    var module = Path.of(System.getProperty("basedir", "")).toAbsolutePath();
    var dockerfile = module.resolve("src/image/Dockerfile");
    var from = FROM.matcher(text(dockerfile));
    assertTrue(from.find(), "the base is pinned");
    var base = BaseImage.of(from.group(2));
    PrivateFile.folder(folder);
    reaper.<AutoCloseable>own(() -> clear(folder));
    var engine = DockerEngine.start(reaper, folder, "overlay2");
    finish(engine.docker(folder, "import", base, from.group(1)));
    var context = Distribution.daemon().getParent().getParent();
    for (var target : targets) {
      // The engine has no network of its own; the classic builder is in every Docker.
      var build =
          engine
              .docker(
                  folder,
                  "build",
                  "--network=host",
                  "--target=" + target,
                  "--tag=" + target,
                  "--file=" + dockerfile,
                  context)
              .with("DOCKER_BUILDKIT", "0");
      finish(build);
    }
    return engine;
  }

  private static void finish(Command command) {
    try (var running = command.start()) {
      running.finish(BUILD).succeeded();
    }
  }

  private static String text(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * The network namespace of "host" stays mounted, and JUnit would warn of each link in an image.
   */
  private static void clear(Path engineFolder) {
    Command.of("umount", engineFolder.resolve("exec/netns/default")).run();
    finish(Command.of("rm", "-rf", engineFolder));
  }
}
