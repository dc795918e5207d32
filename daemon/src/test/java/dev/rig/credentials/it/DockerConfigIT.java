package dev.rig.credentials.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.rig.credentials.testing.Tool;
import dev.rig.credentials.testing.daemon.Command;
import dev.rig.credentials.testing.daemon.DaemonUnderTest;
import dev.rig.credentials.testing.daemon.Distribution;
import dev.rig.credentials.testing.daemon.NativeClient;
import dev.rig.credentials.testing.daemon.ProgramResult;
import dev.rig.credentials.testing.machine.PrivateFile;
import dev.rig.credentials.testing.machine.Reaper;
import dev.rig.credentials.testing.registry.DockerEngine;
import dev.rig.credentials.testing.registry.RegistryServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The first steps on a workstation, from an empty home. */
class DockerConfigIT {
  @TempDir private Path folder;
  @AutoClose private final Reaper reaper = new Reaper();
  private Path home;
  private DaemonUnderTest daemon;
  private NativeClient client;

  /** Runs {@code rig-credentials} as the user of that home. */
  private ProgramResult rig(Object... words) {
    var all = new ArrayList<Object>(List.of(Distribution.daemon()));
    all.addAll(List.of(words));
    return client.usedBy(Command.of(all.toArray())).with("HOME", home).run();
  }

  @Test
  void dockerAndSkopeoPullAfterOneCommandEach() throws IOException {
    var registry =
        RegistryServer.start(reaper, folder.resolve("registry"), Map.of("bot", "secret"));
    var engine = DockerEngine.start(reaper, folder.resolve("e"));
    home = PrivateFile.folder(folder.resolve("home"));
    daemon =
        new DaemonUnderTest(reaper, folder.resolve("d"))
            .configured(
                "values.yaml",
                "rig: {dockerRegistries: {'%s': {username: bot, password: secret}}}\n"
                    .formatted(registry.host()));
    daemon.start();
    client = daemon.client();
    var docker = home.resolve(".docker");
    var image = registry.host() + "/acme/hello:1";
    Files.writeString(folder.resolve("hello"), "hello\n");
    var tar = folder.resolve("image.tar");
    Command.of("/bin/tar", "-C", folder, "-cf", tar, "hello").run().succeeded();
    client.usedBy(engine.docker(docker, "import", tar, image)).run().succeeded();
    var push = client.usedBy(engine.docker(docker, "push", image));
    assertNotEquals(0, push.run().status());

    var shown = rig("docker-config").succeeded().stdout();
    assertTrue(shown.contains("+ credHelpers: \"" + registry.host() + "\": \"rig\""), shown);
    assertTrue(rig("doctor").succeeded().stdout().contains("docker-config"));
    rig("docker-config", "--write").succeeded();
    rig("docker-config", "--podman", "--write").succeeded();
    push.run().succeeded();
    client.usedBy(engine.docker(docker, "rmi", image)).run().succeeded();
    client.usedBy(engine.docker(docker, "pull", image)).run().succeeded();
    var inspect =
        client
            .usedBy(
                Command.of(
                    Tool.SKOPEO.path(), "inspect", "--tls-verify=false", "docker://" + image))
            .with("HOME", home);
    inspect.run().succeeded();
    var doctor = rig("doctor").succeeded().stdout();
    assertTrue(doctor.contains("config.json uses this daemon"), doctor);
    assertTrue(doctor.contains("auth.json uses this daemon"), doctor);

    rig("docker-config", "--remove", "--write").succeeded();
    rig("docker-config", "--podman", "--remove", "--write").succeeded();
    assertFalse(Files.exists(docker.resolve("config.json")), "there was none before");
    assertNotEquals(0, push.run().status());
    assertNotEquals(0, inspect.run().status());
  }

  /** C12: as in a container in which only the file is mounted. */
  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "rw;0;{\"credHelpers\": {\"ghcr.io\": \"gh-login\"}}",
        "ro;1;{\"credHelpers\": {\"ghcr.io\": \"gh-login\"}}",
        "rw;0;''",
        "ro;1;''",
        "rw;0;{\"credsStore\": \"rig\"}"
      })
  void c12_fileThatIsABindMountIsWrittenInPlaceOrRefused(String mode, int status, String original)
      throws IOException {
    Tool.needRoot("a bind mount");
    var docker = PrivateFile.folder(folder.resolve("docker"));
    var outside = PrivateFile.write(folder.resolve("outside.json"), original);
    PrivateFile.write(docker.resolve("config.json"), "");
    var values =
        PrivateFile.write(
            folder.resolve("values.yaml"),
            "rig: {dockerRegistries: {ghcr.io: {username: bot, password: secret}}}\n");
    var script =
        """
        mount --bind "$1" "$2" && mount -o "remount,bind,$3" "$2" || exit 9
        "$0" docker-config --file "$2" --write --replace --config "$4" && cat "$2"
        status=$?
        ls -A "${2%/*}"
        [ $status = 0 ] && "$0" docker-config --file "$2" --write --remove && ls -A "${2%/*}"
        exit $status
        """;
    var outcome =
        Command.of(
                Tool.UNSHARE.path(),
                "--mount",
                "sh",
                "-c",
                script,
                Distribution.daemon(),
                outside,
                docker.resolve("config.json"),
                mode,
                values)
            .run();
    assertEquals(status, outcome.status(), outcome::toString);
    assertEquals(original, Files.readString(outside));
    assertTrue(outcome.stdout().endsWith("\nconfig.json\n") || status != 0, outcome::toString);
    assertEquals(status == 0, outcome.stdout().contains("\"ghcr.io\": \"rig\""), outcome::toString);
    try (var files = Files.list(docker)) {
      assertEquals(List.of(docker.resolve("config.json")), files.toList());
    }
  }
}
