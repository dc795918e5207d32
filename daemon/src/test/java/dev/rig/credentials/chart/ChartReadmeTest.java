package dev.rig.credentials.chart;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import org.junit.jupiter.api.Test;

class ChartReadmeTest {
  @Test
  void commentsBecomeRows() {
    assertEquals(
        """

        ### `top`

        What it is.

        | Value | Default | |
        |---|---|---|
        | `top.plain` | `1` | One \\| two. |
        | `top.group` |  | A group. |
        | `top.group.inner` | `""` |  |
        | `top.other.list` | `[{a: b}]` |  |
        | `top.selector` | `{x/y: z}` | Many. |

        """,
        ChartReadme.tables(
            """
            # What
            # it is.
            top:
              # One | two.
              plain: 1
              # A group.
              group:
                inner: ""
              other:
                list:
                  - a: b
              # Many.
              selector:
                x/y: z
            """));
  }

  @Test
  void readmeWithoutAPlaceForTablesIsNotTouched() {
    assertThrows(IllegalArgumentException.class, () -> ChartReadme.updated("# Chart\n", "a: 1\n"));
  }

  /** {@code -Dchart.readme=write} updates it. */
  @Test
  void readmeAgreesWithTheValues() throws IOException {
    boolean write = "write".equals(System.getProperty("chart.readme"));
    assertTrue(
        ChartReadme.isCurrent(write) || write,
        "sidecar-chart/README.md: mvn test -pl daemon -am -Dtest=ChartReadmeTest"
            + " -Dsurefire.failIfNoSpecifiedTests=false -Dchart.readme=write");
  }

  @Test
  void everyExampleIsInTheReadme() throws IOException {
    var readme = Files.readString(Chart.ours().folder().resolve("README.md"));
    for (var example : Chart.examples()) {
      assertTrue(readme.contains("examples/" + example.getFileName()), example::toString);
    }
  }
}
