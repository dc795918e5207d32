package dev.rig.credentials.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.rig.credentials.testing.Eventually;
import dev.rig.credentials.testing.Tool;
import dev.rig.credentials.testing.daemon.Command;
import dev.rig.credentials.testing.daemon.DaemonUnderTest;
import dev.rig.credentials.testing.daemon.Distribution;
import dev.rig.credentials.testing.daemon.NativeClient;
import dev.rig.credentials.testing.daemon.ProgramResult;
import dev.rig.credentials.testing.machine.PrivateFile;
import dev.rig.credentials.testing.machine.Reaper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Base64;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A Docker configuration is migrated to the built daemon and back; a password is in a file. */
class AdoptIT {
  private static final String LOGIN =
      Base64.getEncoder().encodeToString("person:pl4in-login".getBytes(StandardCharsets.UTF_8));
  private static final String DOCKER =
      """
      {
      \t"auths": {"quay.io": {"auth": "%s"}},
      \t"credHelpers": {"gcr.io": "fake"},
      \t"psFormat": "table"
      }
      """
          .formatted(LOGIN);

  @TempDir private Path folder;
  @AutoClose private final Reaper reaper = new Reaper();
  private Path docker;
  private DaemonUnderTest daemon;

  @BeforeEach
  void layOut() throws IOException {
    Tool.needRoot("a place of its own for /var/lib/rig-credentials");
    docker = PrivateFile.write(folder.resolve("home/.docker/config.json"), DOCKER);
    PrivateFile.folder(folder.resolve("lib"));
    var helper =
        Files.writeString(
            PrivateFile.folder(folder.resolve("bin")).resolve("docker-credential-fake"),
            "#!/bin/sh\necho '{\"Username\":\"u\",\"Secret\":\"of-the-helper\"}'\n");
    Files.setPosixFilePermissions(helper, PosixFilePermissions.fromString("rwxr-xr-x"));
    daemon =
        new DaemonUnderTest(reaper, folder.resolve("d"))
            .configuredFrom(folder.resolve("conf"))
            .with("PATH", folder.resolve("bin") + ":/usr/bin:/bin");
  }

  /** Runs as root, whose record is the machine's, with a separate view of the file system. */
  private ProgramResult adopt(String options, String answer) {
    var adopt =
        "%s adopt --file %s --values %s %s"
            .formatted(Distribution.daemon(), docker, folder.resolve("conf/adopted.yaml"), options);
    var words =
        answer.isEmpty()
            ? adopt
            : "echo %s | %s --quiet --return --command '%s' /dev/null"
                .formatted(answer, Tool.SCRIPT.path(), adopt);
    return Command.of(
            Tool.UNSHARE.path(),
            "--mount",
            "/bin/sh",
            "-c",
            "mount --bind %s /var/lib && %s".formatted(folder.resolve("lib"), words))
        .with("HOME", folder.resolve("home"))
        .with("TERM", "xterm")
        .with("PATH", folder.resolve("bin") + ":/usr/sbin:/usr/bin:/bin")
        .with("RIG_CREDENTIALS_SOCKET", daemon.socket())
        .run();
  }

  private void configure(String entry) {
    PrivateFile.write(
        folder.resolve("conf/values.yaml"),
        "rig: {dockerRegistries: {a.example: {%s}}}".formatted(entry));
  }

  private String answer(String key) {
    return daemon.client().get(key).stdout();
  }

  private void assertUnchanged() throws IOException {
    assertEquals(DOCKER, Files.readString(docker));
    assertFalse(Files.exists(folder.resolve("conf/adopted.yaml")));
    assertEquals(1, daemon.client().get("quay.io").status());
  }

  @Test
  void adoptShowsConfirmsMovesAndRestoresTheConfiguration() throws IOException {
    configure("username: u, password: p");
    daemon.start();

    var shown = adopt("", "").succeeded().stdout();
    assertTrue(shown.contains("  + gcr.io: {helper: fake}"), shown);
    assertTrue(shown.endsWith("Nothing was changed; --yes does it.\n"), shown);
    assertUnchanged();

    var refused = adopt("", "n").stdout();
    assertTrue(refused.contains("Do it? [y/N] "), refused);
    assertTrue(refused.contains("Nothing was changed."), refused);
    assertUnchanged();

    var done = adopt("", "y").stdout();
    assertTrue(done.contains("Done; "), done);
    var moved = Files.readString(docker);
    assertFalse(moved.contains(LOGIN), moved);
    assertTrue(
        moved.contains("\"quay.io\": \"rig\"") && moved.contains("\"gcr.io\": \"rig\""), moved);
    assertEquals(NativeClient.answer("quay.io", "person", "pl4in-login"), answer("quay.io"));
    assertEquals(NativeClient.answer("gcr.io", "u", "of-the-helper"), answer("gcr.io"));

    adopt("--undo", "").succeeded();
    assertUnchanged();
  }

  @Test
  void passwordFileIsWatched() {
    var password = PrivateFile.write(folder.resolve("password"), "first\n");
    configure("username: u, passwordFile: " + password);
    daemon.start();
    assertEquals(NativeClient.answer("a.example", "u", "first"), answer("a.example"));
    PrivateFile.replace(password, "second\n");
    Eventually.within(
        Duration.ofSeconds(20),
        () -> answer("a.example").contains("second"),
        () -> "the new password is served: " + answer("a.example"));
  }
}
