package dev.rig.credentials.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.rig.credentials.testing.FreePort;
import dev.rig.credentials.testing.daemon.Command;
import dev.rig.credentials.testing.daemon.DevCommands;
import dev.rig.credentials.testing.daemon.ProgramResult;
import dev.rig.credentials.testing.machine.OtherMachine;
import dev.rig.credentials.testing.machine.PrivateFile;
import dev.rig.credentials.testing.machine.Reaper;
import dev.rig.credentials.testing.registry.DockerEngine;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The registry as a container with a published port, as on a usual engine: on a separate network,
 * so that no bridge and no firewall rule is visible outside.
 */
@Order(7)
class DevBridgeIT {
  @TempDir private Path folder;
  @AutoClose private final Reaper reaper = new Reaper();
  private OtherMachine machine;
  private DockerEngine engine;
  private DevCommands dev;
  private Path docker;

  @BeforeEach
  void engine() throws IOException {
    machine = OtherMachine.start(reaper, folder.resolve("m"));
    engine = DockerEngine.bridged(reaper, folder.resolve("e"), machine);
    dev = new DevCommands(reaper, folder.resolve("u"), engine);
    docker = PrivateFile.write(folder.resolve("d/config.json"), "{}").getParent();
    DevIT.importRegistry(engine, docker, folder);
    Files.writeString(folder.resolve("hello"), "hello\n");
    var tar = folder.resolve("image.tar");
    Command.of("/bin/tar", "-C", folder, "-cf", tar, "hello").run().succeeded();
    engine.docker(docker, "import", tar, "app:1").run().succeeded();
  }

  private ProgramResult run(Object... arguments) {
    return machine.with(dev.command(arguments)).run();
  }

  @ParameterizedTest
  @ValueSource(strings = {"127.0.0.1", OtherMachine.ADDRESS})
  void portOfTheContainerIsPublishedOnlyAtTheAddress(String address) {
    var port = Integer.toString(FreePort.next());
    var arguments = new ArrayList<Object>(List.of("dev", "up", "--port", port));
    arguments.addAll(List.of("--listen", address));
    var told = run(arguments.toArray()).succeeded();
    assertTrue(told.stdout().contains("a container of"), told::toString);
    for (var line : told.stdout().lines().filter(text -> text.startsWith("  sudo ")).toList()) {
      var words = (Object[]) line.strip().substring("sudo ".length()).split(" ");
      machine.with(Command.of(words)).run().succeeded();
    }
    var published =
        engine.docker(docker, "ps", "--format", "{{.Ports}}").run().succeeded().stdout().strip();
    // On loopback our own front listens on the port, and the container behind it on a free one.
    var wanted = address.equals("127.0.0.1") ? "\\d+" : port;
    assertTrue(published.matches("\\Q%s\\E:%s->5000/tcp".formatted(address, wanted)), published);

    var deployed =
        run(
            "deploy",
            "web",
            "--image",
            "app:1",
            "--yes",
            "--local",
            "--push-only",
            "--config",
            dev.config());
    assertTrue(deployed.succeeded().stdout().contains(":" + port + "/library/app:1@sha256:"));
    var again = run("dev", "up").succeeded();
    assertEquals(told.stdout(), again.stdout());
    run("dev", "down", "--purge").succeeded();
    assertEquals("", engine.docker(docker, "ps", "--all", "--quiet").run().stdout());
  }
}
