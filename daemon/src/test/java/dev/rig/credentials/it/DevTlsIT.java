package dev.rig.credentials.it;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.rig.credentials.testing.FreePort;
import dev.rig.credentials.testing.Tool;
import dev.rig.credentials.testing.daemon.Command;
import dev.rig.credentials.testing.daemon.DevCommands;
import dev.rig.credentials.testing.daemon.ProgramResult;
import dev.rig.credentials.testing.machine.OtherMachine;
import dev.rig.credentials.testing.machine.PrivateFile;
import dev.rig.credentials.testing.machine.Reaper;
import dev.rig.credentials.testing.registry.DockerEngine;
import dev.rig.credentials.testing.registry.ImageLayout;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A development registry that other machines can reach, in a separate network. */
class DevTlsIT {
  private static final Path NO_ENGINE = Path.of("/nonexistent/docker.sock");

  @TempDir private Path folder;
  @AutoClose private final Reaper reaper = new Reaper();
  private OtherMachine machine;
  private DevCommands dev;
  private String port;
  private String host;

  @BeforeEach
  void machine() {
    machine = OtherMachine.start(reaper, folder.resolve("m"));
    dev =
        new DevCommands(reaper, folder.resolve("u"), Map.of("DOCKER_HOST", "unix://" + NO_ENGINE));
    port = Integer.toString(FreePort.next());
    host = OtherMachine.ADDRESS + ":" + port;
  }

  private ProgramResult run(Object... arguments) {
    return machine.with(dev.command(arguments)).run();
  }

  private ProgramResult up() {
    return run("dev", "up", "--listen", OtherMachine.ADDRESS, "--port", port);
  }

  private byte[] file(String name) throws IOException {
    return Files.readAllBytes(dev.stateFolder().resolve("dev").resolve(name));
  }

  private Path credentials() {
    return PrivateFile.write(
        folder.resolve("docker/config.json"), "{\"credHelpers\":{\"%s\":\"rig\"}}".formatted(host));
  }

  private ProgramResult skopeoPush(String image) {
    var layout = folder.resolve("layout");
    if (!Files.exists(layout)) {
      ImageLayout.write(layout, "2026-01-01T00:00:00Z", "amd64");
    }
    return dev.client()
        .usedBy(
            machine.with(
                Command.of(
                    Tool.SKOPEO.path(), "copy", "oci:" + layout, "docker://" + host + image)))
        .with("REGISTRY_AUTH_FILE", credentials())
        .run();
  }

  /** Follows the printed instructions by which clients trust the registry. */
  private void trust(ProgramResult told) {
    var lines = told.stdout().lines().filter(line -> line.startsWith("  sudo ")).toList();
    assertEquals(2, lines.size(), told::toString);
    for (var line : lines) {
      var words = (Object[]) line.strip().substring("sudo ".length()).split(" ");
      machine.with(Command.of(words)).run().succeeded();
    }
  }

  @Test
  void t5_credentialIsSentOverANetworkOnlyWithTls() throws IOException {
    var clear = run("dev", "up", "--listen", OtherMachine.ADDRESS, "--port", port, "--no-tls");
    assertNotEquals(0, clear.status(), clear::toString);
    assertTrue(clear.stderr().contains("in plain text"), clear::toString);

    var told = up().succeeded();
    assertTrue(told.stdout().contains(host), told::toString);
    var refused = skopeoPush("/app:1");
    assertNotEquals(0, refused.status(), refused::toString);
    assertTrue(refused.stderr().contains("x509"), refused::toString);
    trust(told);
    skopeoPush("/app:1").succeeded();

    // The command's own client trusts the authority, for this host only.
    var deployed =
        run("deploy", "web", host + "/app:1", "--yes", "--push-only", "--config", dev.config());
    assertTrue(
        deployed.succeeded().stdout().startsWith(host + "/app:1@sha256:"), deployed::toString);

    var key = dev.stateFolder().resolve("dev/tls.key");
    assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(key)));
    var status = run("dev", "status", "--output", "json").succeeded();
    assertTrue(status.stdout().contains("ca.crt"), status::toString);
  }

  @Test
  void clientThatTrustedTheRegistryOnceStillTrustsIt() throws IOException {
    trust(up().succeeded());
    var authority = file("ca.crt");
    var certificate = file("tls.crt");
    run("dev", "up").succeeded();
    assertArrayEquals(certificate, file("tls.crt"));

    run("dev", "down").succeeded();
    assertFalse(Files.exists(dev.stateFolder().resolve("dev/tls.key")));
    var again = run("dev", "up").succeeded();
    assertTrue(again.stdout().contains(host), again::toString);
    assertArrayEquals(authority, file("ca.crt"));
    skopeoPush("/app:2").succeeded();

    run("dev", "down", "--purge").succeeded();
    assertFalse(Files.exists(dev.stateFolder().resolve("dev")));
  }

  /** TLS on loopback, for users who want the same setup everywhere. */
  @Test
  void registryOnLoopbackHasTlsIfRequested() {
    host = "localhost:" + port;
    var told = run("dev", "up", "--tls", "--port", port).succeeded();
    var refused = skopeoPush("/app:1");
    assertNotEquals(0, refused.status(), refused::toString);
    trust(told);
    skopeoPush("/app:1").succeeded();
    var deployed =
        run("deploy", "web", host + "/app:1", "--yes", "--push-only", "--config", dev.config());
    assertTrue(
        deployed.succeeded().stdout().startsWith(host + "/app:1@sha256:"), deployed::toString);
  }

  @Test
  void engineThatDoesNotTrustTheRegistryIsReportedWithTheRemedy() throws IOException {
    var engine = DockerEngine.start(reaper, folder.resolve("e"), "vfs", machine::with);
    var docker = PrivateFile.folder(folder.resolve("d"));
    Files.writeString(folder.resolve("hello"), "hello\n");
    var tar = folder.resolve("image.tar");
    Command.of("/bin/tar", "-C", folder, "-cf", tar, "hello").run().succeeded();
    engine.docker(docker, "import", tar, "app:1").run().succeeded();
    var told = up().succeeded();

    var deploy =
        machine.with(
            dev.command(
                    "deploy",
                    "web",
                    "--image",
                    "app:1",
                    "--local",
                    "--yes",
                    "--push-only",
                    "--config",
                    dev.config())
                .with("DOCKER_HOST", engine.host()));
    var refused = deploy.run();
    assertEquals(1, refused.status(), refused::toString);
    assertTrue(refused.stderr().contains("/etc/docker/certs.d/" + host), refused::toString);
    trust(told);
    var deployed = deploy.run();
    assertTrue(
        deployed.succeeded().stdout().startsWith(host + "/library/app:1@sha256:"),
        deployed::toString);
  }
}
