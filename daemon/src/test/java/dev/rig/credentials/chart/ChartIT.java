package dev.rig.credentials.chart;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.rig.credentials.testing.daemon.Command;
import dev.rig.credentials.testing.daemon.Distribution;
import dev.rig.credentials.testing.daemon.ProgramResult;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Runs the built program's {@code check} on the Secrets of the chart. */
class ChartIT {
  private static final Chart CHART = Chart.ours();
  private static final Map<String, String> IMAGE =
      Map.of("container.image.repository", "registry.acme.example/rig-credentials");

  @TempDir private Path folder;

  /** Returns all sets of values except the one that only removes. */
  static List<Path> configured() {
    return Chart.examples().stream().filter(values -> !values.endsWith("remove.yaml")).toList();
  }

  @ParameterizedTest
  @MethodSource("configured")
  void entriesOfDocumentedValuesAreThoseThatCheckLists(Path values) throws IOException {
    var wanted = new TreeSet<String>();
    Chart.json(Files.readString(values))
        .at("/rig/dockerRegistries")
        .fieldNames()
        .forEachRemaining(wanted::add);
    for (var secret : CHART.render(IMAGE, values).all("Secret")) {
      var outcome = check(secret.at("/data/config.yaml").asText()).succeeded();
      var listed =
          outcome
              .stdout()
              .lines()
              .skip(1)
              .map(line -> line.split(" ", 2)[0])
              .collect(Collectors.toSet());
      assertEquals(wanted, listed);
      // The rendered pod runs in a cluster; this test does not.
      assertEquals(
          List.of(),
          outcome
              .stderr()
              .lines()
              .filter(line -> !line.contains("KUBERNETES_SERVICE_HOST"))
              .toList());
    }
  }

  /** The schema accepts this value, so check must find it in a Secret. */
  @Test
  void scriptWithAMistakenTimeIsFound() throws IOException {
    var rendered =
        CHART.render(
            Map.of("rig.dockerRegistries.index\\.docker\\.io.expire", "0s"),
            CHART.example("nodes"));
    var secret = rendered.one("Secret", "rig-credentials-nodes");
    assertEquals(78, check(secret.at("/data/config.yaml").asText()).status());
  }

  /** Mounted as the kubelet does: a folder with a file for each key. */
  private ProgramResult check(String data) throws IOException {
    var mounted = Files.createTempDirectory(folder, "mounted");
    Files.write(mounted.resolve("config.yaml"), Base64.getDecoder().decode(data));
    return Command.of(Distribution.daemon(), "check", "--config", mounted).run();
  }
}
