package dev.rig.credentials.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.rig.credentials.cli.output.Console;
import dev.rig.credentials.cli.output.ExitStatus;
import dev.rig.credentials.cli.output.YamlOutput;
import dev.rig.credentials.json.JsonObject;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The command's own checks of {@code pull-secret}, and its YAML; PullSecretsIT runs it. */
class PullSecretCommandTest {
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();

  private int run(String arguments) {
    var console =
        new Console(
            new PrintStream(out, true, StandardCharsets.UTF_8),
            new PrintStream(err, true, StandardCharsets.UTF_8),
            Map.of("RIG_CREDENTIALS_SOCKET", "/nonexistent/credentials.sock"),
            false,
            false);
    return Main.run(console, ("pull-secret " + arguments).split(" ", -1));
  }

  @ParameterizedTest
  @CsvSource({
    "quay.io/a --namespace team, --cluster",
    "quay.io/a --cluster prod, --namespace",
    "--cluster prod --namespace team, IMAGE",
    "quay.io/a --cluster prod -n team --apply -o yaml, pass only one",
    "quay.io/a --cluster prod -n team -o table, 'expected one of'"
  })
  void incompleteOrContradictoryCommandLineIsNotSent(String arguments, String told) {
    assertEquals(ExitStatus.USAGE, run(arguments));
    assertTrue(err.toString(StandardCharsets.UTF_8).contains(told), err::toString);
    assertEquals("", out.toString(StandardCharsets.UTF_8));
  }

  @Test
  void missingDaemonIsReportedWithTheNextStep() {
    assertEquals(ExitStatus.FAILED, run("quay.io/a --cluster prod -n team -o YAML"));
    assertTrue(err.toString(StandardCharsets.UTF_8).contains("--platform-socket"), err::toString);
  }

  @Test
  void textsThatYamlReadsAsAnotherTypeAreQuoted() {
    var labels = new LinkedHashMap<String, Object>();
    labels.put("app.kubernetes.io/managed-by", "rig-credentials");
    labels.put("yes", "No");
    var document = new LinkedHashMap<String, Object>();
    document.put("kind", "Secret");
    document.put("labels", JsonObject.of(labels));
    document.put(".dockerconfigjson", "e30=");
    document.put("number", "12");
    document.put("text", "a: \"b\" #c\n");
    document.put("none", JsonObject.EMPTY);
    assertEquals(
        """
        kind: Secret
        labels:
          app.kubernetes.io/managed-by: rig-credentials
          "yes": "No"
        .dockerconfigjson: "e30="
        number: "12"
        text: "a: \\"b\\" #c\\n"
        none: {}
        """,
        YamlOutput.print(JsonObject.of(document)));
  }
}
