package dev.rig.credentials.it;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.rig.credentials.testing.Eventually;
import dev.rig.credentials.testing.daemon.DaemonUnderTest;
import dev.rig.credentials.testing.daemon.Distribution;
import dev.rig.credentials.testing.daemon.HttpOverUnix;
import dev.rig.credentials.testing.machine.PrivateFile;
import dev.rig.credentials.testing.machine.Reaper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Most daemons query no registry, and do not load an HTTP client. */
class LazyHttpClientIT {
  private static final Duration SOON = Duration.ofSeconds(20);

  @TempDir private Path folder;
  @AutoClose private final Reaper reaper = new Reaper();

  private static List<String> loaded(Path log) {
    try {
      return Files.readAllLines(log).stream()
          .filter(line -> line.contains(" org.apache.hc."))
          .toList();
    } catch (IOException e) {
      return List.of();
    }
  }

  @Test
  void aDaemonThatAsksNoRegistryLoadsNoClassOfTheHttpClient() throws Exception {
    var log = folder.resolve("classes.log");
    var home = Distribution.daemon().getParent().getParent();
    var options =
        PrivateFile.write(
            folder.resolve("options"),
            "-XX:AOTCache=%s\n-Xlog:class+load=info:file=%s\n"
                .formatted(home.resolve("lib/rig-credentials.aot"), log));
    var daemon =
        new DaemonUnderTest(reaper, folder.resolve("d"))
            .configured(
                "values.yaml",
                """
                rig:
                  dockerRegistries:
                    example.org: {username: bot, password: of-it}
                    scripted.example: {script: 'echo bot:from-a-script', expire: 10m}
                """)
            .admin("127.0.0.1:0")
            .with("RIG_CREDENTIALS_AOT", "@" + options);
    daemon.start();
    var socket = daemon.socket().resolveSibling("platform.sock");
    var http = HttpOverUnix.listening(socket);
    assertEquals(200, http.get("/v1/credentials?image=scripted.example/app").status());
    assertEquals(200, http.get("/v1/registries").status());
    daemon.client().get("example.org").succeeded();
    daemon.status();
    assertEquals(List.of(), loaded(log));
    http.get("/v1/images?image=127.0.0.1:1/acme/app:1");
    Eventually.within(SOON, () -> !loaded(log).isEmpty(), () -> "it is loaded for a registry");
  }
}
