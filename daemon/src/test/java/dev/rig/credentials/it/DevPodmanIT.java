package dev.rig.credentials.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.rig.credentials.testing.FreePort;
import dev.rig.credentials.testing.daemon.Command;
import dev.rig.credentials.testing.daemon.DevCommands;
import dev.rig.credentials.testing.daemon.Screen;
import dev.rig.credentials.testing.machine.PrivateFile;
import dev.rig.credentials.testing.machine.Reaper;
import dev.rig.credentials.testing.registry.PodmanService;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A developer with podman's socket in place of a Docker Engine. */
@Order(6)
class DevPodmanIT {
  private static final Pattern PINNED = Pattern.compile("(\\S+)@(sha256:[0-9a-f]{64})\\s*");

  @TempDir private Path folder;
  @AutoClose private final Reaper reaper = new Reaper();
  private PodmanService podman;
  private DevCommands dev;
  private String host;

  @BeforeEach
  void developer() throws IOException {
    int port = FreePort.next();
    host = "localhost:" + port;
    podman = PodmanService.start(reaper, folder.resolve("p"), host);
    var variables = Map.of("XDG_RUNTIME_DIR", podman.runtime().toString());
    dev = new DevCommands(reaper, folder.resolve("u"), variables);
    Files.writeString(folder.resolve("hello"), "hello\n");
    var tar = folder.resolve("image.tar");
    Command.of("/bin/tar", "-C", folder, "-cf", tar, "hello").run().succeeded();
    podman.podman("import", tar, "app:1").run().succeeded();
    dev.run("dev", "up", "--port", Integer.toString(port)).succeeded();
  }

  @Test
  void imageOfPodmanIsPushedAndPulledBackByItsDigest() {
    var deployed =
        dev.run(
            "deploy",
            "web",
            "--image",
            "app:1",
            "--yes",
            "--local",
            "--push-only",
            "--config",
            dev.config());
    var line = PINNED.matcher(deployed.succeeded().stdout());
    assertTrue(line.matches(), deployed::toString);
    assertEquals(host + "/library/app:1", line.group(1));

    var credentials =
        PrivateFile.write(
            folder.resolve("docker/config.json"),
            "{\"credHelpers\":{\"%s\":\"rig\"}}".formatted(host));
    dev.client()
        .usedBy(podman.podman("pull", host + "/library/app@" + line.group(2)))
        .with("REGISTRY_AUTH_FILE", credentials)
        .run()
        .succeeded();
  }

  @Test
  void pickerShowsPodmansImages() {
    podman.podman("tag", "app:1", host + "/app:pushed").run().succeeded();
    try (var screen = new Screen(folder)) {
      screen.start(dev.command("deploy", "web", "--push-only", "--config", dev.config()));
      screen.shows("existing rig build?");
      screen.keys("Enter");
      screen.shows("Use a local image?");
      screen.keys("Enter");
      var picture = screen.shows("▸ localhost/app:1");
      assertFalse(picture.contains(host), picture);
      screen.keys("Enter");
      screen.shows(host + "/app:1@sha256:");
    }
  }
}
