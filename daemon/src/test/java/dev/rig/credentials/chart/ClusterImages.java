package dev.rig.credentials.chart;

import dev.rig.credentials.testing.Tool;
import dev.rig.credentials.testing.daemon.Command;
import dev.rig.credentials.testing.registry.DockerEngine;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Small images for the pods of a cluster, and pushes of them to registries. */
final class ClusterImages {
  private static final Duration PATIENCE = Duration.ofMinutes(3);

  private final DockerEngine engine;
  private final Path folder;

  /**
   * Creates the images of an engine.
   *
   * @param folder for its files
   */
  ClusterImages(DockerEngine engine, Path folder) {
    this.engine = engine;
    this.folder = folder;
  }

  /** Makes an image with one small program that waits until it is killed. */
  void makePause() {
    var source = "#include <unistd.h>\nint main(void) { for (;;) pause(); }\n";
    Command.of(Tool.CC.path(), "-static", "-o", folder.resolve("pause"), "-x", "c", "-")
        .reading(source)
        .run()
        .succeeded();
    var tar = folder.resolve("pause.tar");
    Command.of("/bin/tar", "-C", folder, "-cf", tar, "pause").run().succeeded();
    engine
        .docker(folder, "import", "--change=ENTRYPOINT [\"/pause\"]", tar, "pause")
        .run()
        .succeeded();
  }

  /**
   * Makes an image like Alpine's: its shell and all tools are busybox, without another C library.
   */
  void makeBusybox() throws IOException {
    var bin = Files.createDirectories(folder.resolve("busybox/bin"));
    Files.copy(Tool.BUSYBOX.path(), bin.resolve("busybox"));
    for (var name : List.of("sh", "sleep", "touch", "rm", "ln", "mv")) {
      Files.createSymbolicLink(bin.resolve(name), Path.of("busybox"));
    }
    var tar = folder.resolve("busybox.tar");
    Command.of("/bin/tar", "-C", bin.getParent(), "-cf", tar, "bin").run().succeeded();
    engine.docker(folder, "import", tar, "busybox").run().succeeded();
  }

  /**
   * Pushes an image.
   *
   * @param options for {@code skopeo copy}
   */
  void push(String image, String to, String... options) {
    var words =
        new ArrayList<Object>(
            List.of(
                Tool.SKOPEO.path(),
                "copy",
                "--insecure-policy",
                "--src-daemon-host=" + engine.host(),
                "--dest-tls-verify=false"));
    words.addAll(List.of(options));
    words.addAll(List.of("docker-daemon:" + image + ":latest", "docker://" + to));
    try (var running = Command.of(words.toArray()).start()) {
      running.finish(PATIENCE).succeeded();
    }
  }
}
