package dev.rig.credentials.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.rig.credentials.testing.Eventually;
import dev.rig.credentials.testing.daemon.Command;
import dev.rig.credentials.testing.daemon.Distribution;
import dev.rig.credentials.testing.machine.PrivateFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The demo of the built distribution, which a new user runs first. */
class DemoIT {
  @TempDir private Path folder = Path.of("");

  @Test
  void demoShowsEveryKindOfAnswerAndLeavesNothing() throws Exception {
    Path temporary = PrivateFile.folder(folder.resolve("tmp"));
    var outcome =
        Command.of(Distribution.daemon(), "demo")
            .with("JDK_JAVA_OPTIONS", "-Djava.io.tmpdir=" + temporary)
            .run()
            .succeeded();
    for (var expected :
        new String[] {
          "docker-credential-rig    https://index.docker.io/v1/",
          "registry.gitlab.com/rigdev  static  never",
          "*.dkr.ecr.*.amazonaws.com   script  11h 59m",
          "credentials not found in native keychain",
          "rig-credential-provider  docker.io/library/nginx",
          "Outcome:     found",
        }) {
      assertTrue(outcome.stdout().contains(expected), () -> expected + " in " + outcome);
    }
    try (var left = Files.list(temporary)) {
      assertEquals(0, left.count());
    }
  }

  @Test
  void keptDemoServesUntilItIsStopped() throws Exception {
    Path temporary = PrivateFile.folder(folder.resolve("tmp"));
    var demo =
        Command.of(Distribution.daemon(), "demo", "--keep")
            .with("JDK_JAVA_OPTIONS", "-Djava.io.tmpdir=" + temporary)
            .start();
    try (demo) {
      Eventually.within(
          Duration.ofSeconds(30),
          () -> demo.stdout().contains("The daemon keeps serving until Ctrl-C"),
          () -> "the hints are printed: " + demo.stdout() + demo.stderr());
      var socket =
          demo.stdout()
              .lines()
              .filter(line -> line.contains("export RIG_CREDENTIALS_SOCKET="))
              .map(line -> line.substring(line.indexOf('=') + 1))
              .findFirst()
              .orElseThrow();
      Command.of(Distribution.client(), "get")
          .with("RIG_CREDENTIALS_SOCKET", socket)
          .reading("registry.gitlab.com/rigdev/foobar")
          .run()
          .succeeded();
    }
    Eventually.within(
        Duration.ofSeconds(10),
        () -> Objects.requireNonNull(temporary.toFile().list()).length == 0,
        () -> "its folder is gone");
  }
}
