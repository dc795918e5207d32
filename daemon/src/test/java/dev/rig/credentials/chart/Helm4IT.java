package dev.rig.credentials.chart;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.rig.credentials.testing.GoModule;
import dev.rig.credentials.testing.daemon.Command;
import dev.rig.credentials.testing.daemon.Distribution;
import dev.rig.credentials.testing.daemon.ProgramResult;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The chart with Helm 4; all other tests use the engine of Helm 3.
 *
 * <p>Building it takes minutes, so this runs with {@code -Phelm4} only.
 */
@Tag("helm4")
class Helm4IT {
  private static final Chart CHART = Chart.ours();
  private static final String REPOSITORY = "registry.acme.example/rig-credentials";
  private static final String IMAGE = "--set=container.image.repository=" + REPOSITORY;

  @TempDir private static Path home;

  static List<Path> examples() {
    return Chart.examples();
  }

  private static Path target() {
    return Distribution.daemon().resolve("../../..").normalize();
  }

  private static ProgramResult helm(Object... words) {
    var all = new ArrayList<Object>(List.of(words));
    all.addFirst(GoModule.HELM4.program("helm"));
    return Command.of(all.toArray()).with("HOME", home).run();
  }

  @BeforeAll
  static void isHelm4() {
    assertTrue(helm("version", "--short").succeeded().stdout().startsWith("v4."));
  }

  @ParameterizedTest
  @MethodSource("examples")
  void documentedValuesAreCleanToLint(Path values) {
    var outcome = helm("lint", "--strict", CHART.folder(), "--values", values, IMAGE).succeeded();
    assertTrue(
        outcome.stdout().contains("1 chart(s) linted, 0 chart(s) failed"), outcome::toString);
    assertTrue(!outcome.output().contains("WARN"), outcome::toString);
  }

  @ParameterizedTest
  @MethodSource("examples")
  void documentedValuesRenderTheSameAsWithHelm3(Path values) {
    var with3 = CHART.render(Map.of("container.image.repository", REPOSITORY), values);
    assertEquals(objects(with3), objects(rendered(CHART.folder(), values)));
  }

  /** Shows that the comparison can fail. */
  @Test
  void otherValuesRenderSomethingElse() {
    assertNotEquals(
        objects(rendered(CHART.folder(), CHART.example("aws"))),
        objects(rendered(CHART.folder(), CHART.example("google"))));
  }

  private static Chart.Rendered rendered(Path chart, Path values) {
    var outcome =
        helm(
            "template",
            "rig-credentials",
            chart,
            "--namespace=rig-system",
            "--kube-version=1.34.0",
            "--values",
            values,
            IMAGE);
    return Chart.Rendered.of(outcome.succeeded().stdout());
  }

  /** Returns the objects without an order, because Helm sorts them for the installation. */
  private static Set<JsonNode> objects(Chart.Rendered rendered) {
    var objects = new HashSet<>(rendered.objects());
    assertEquals(rendered.objects().size(), objects.size());
    return objects;
  }

  @Test
  void mistakenValuesAreRefused() {
    var outcome =
        helm(
            "template",
            CHART.folder(),
            "--set=nodes.tolerationz=x",
            "--set=nodes.enabled=true",
            IMAGE);
    assertNotEquals(0, outcome.status());
    assertTrue(outcome.stderr().contains("tolerationz"), outcome::toString);
  }

  @Test
  void notesAreTheSameAsWithHelm3() {
    var values = CHART.example("nodes");
    var outcome =
        helm(
            "install",
            "rig-credentials",
            CHART.folder(),
            "--namespace=rig-system",
            "--dry-run=client",
            "--values",
            values);
    assertEquals(notes(CHART.notes(values)), notes(outcome.succeeded().stdout()));
  }

  private static String notes(String output) {
    int start = output.indexOf("NOTES:\n");
    assertTrue(start >= 0, output);
    return output.substring(start).strip();
  }

  @Test
  void packageRendersTheSameAsTheBuilds(@TempDir Path folder) throws IOException {
    helm("package", CHART.folder(), "--destination", folder).succeeded();
    try (Stream<Path> files = Files.list(folder)) {
      var made = files.toList();
      assertEquals(1, made.size(), made::toString);
      var built = target().resolve(made.getFirst().getFileName());
      assertTrue(Files.exists(built), () -> built + " is the name that the build gives");
      for (var values : examples()) {
        var expected = objects(rendered(CHART.folder(), values));
        assertEquals(expected, objects(rendered(made.getFirst(), values)));
        assertEquals(expected, objects(rendered(built, values)));
      }
    }
  }
}
