package dev.rig.credentials.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.rig.credentials.cli.output.Console;
import dev.rig.credentials.cli.output.ExitStatus;
import dev.rig.credentials.config.reader.ConfigLoader;
import dev.rig.credentials.problem.ProblemsException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.yaml.snakeyaml.Yaml;

class PlatformValuesCommandTest {
  @TempDir private Path folder;

  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();

  private int run(String values, String... more) {
    var words = new ArrayList<>(List.of("platform-values", "-c", write(values).toString()));
    words.addAll(List.of(more));
    var console = new Console(stream(out), stream(err), Map.of(), false, false);
    return Main.run(console, words.toArray(String[]::new));
  }

  private Path write(String values) {
    try {
      return Files.writeString(folder.resolve("values.yaml"), values);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private static PrintStream stream(ByteArrayOutputStream bytes) {
    return new PrintStream(bytes, true, StandardCharsets.UTF_8);
  }

  private static String text(ByteArrayOutputStream bytes) {
    return bytes.toString(StandardCharsets.UTF_8);
  }

  @Test
  void everyEntryBecomesACallOfTheHelper() {
    assertEquals(
        0,
        run(
            """
            rig:
              dockerRegistries:
                docker.io: {username: bot, password: CANARY}
                ghcr.io/acme: {script: "echo u:CANARY", expire: 60s}
            """));
    assertEquals(
        """
        # For the values of rig-platform, in place of its rig.dockerRegistries. Not for those of rig-credentials.
        rig:
          dockerRegistries:
            "index.docker.io":
              script: |
                RIG_CREDENTIALS_SOCKET=/run/rig-credentials/pod/credentials.sock /run/rig-credentials/bin/docker-credential-rig userpass index.docker.io
              expire: 60s
            "ghcr.io/acme":
              script: |
                RIG_CREDENTIALS_SOCKET=/run/rig-credentials/pod/credentials.sock /run/rig-credentials/bin/docker-credential-rig userpass ghcr.io/acme
              expire: 12s
        """,
        text(out));
    assertEquals("", text(err));
  }

  @Test
  void pathsOfThePlatformsContainerAreQuotedForItsShell() {
    assertEquals(
        0,
        run(
            "rig: {dockerRegistries: {'[::1]:5000': {username: u, password: p}}}",
            "--helper",
            "/a b/it's",
            "--socket",
            "/s$(id)"));
    assertTrue(
        text(out)
            .contains("RIG_CREDENTIALS_SOCKET='/s$(id)' '/a b/it'\\''s' userpass '[::1]:5000'\n"),
        text(out));
  }

  @Test
  void entriesThatCannotBePassedOnAreLeftOutAndNamed() {
    assertEquals(
        0,
        run(
            """
            rig:
              dockerRegistries:
                "*.dkr.ecr.*.amazonaws.com": {script: "echo AWS:CANARY"}
                token.example: {username: <token>, password: CANARY}
                lines.example: {username: _json_key, password: "CANARY\\nCANARY"}
                pods.example: {script: "echo u:p", serviceAccount: required}
                some.example: {script: "echo u:p", serviceAccount: optional}
            """));
    assertEquals(1, registries().size(), text(out));
    assertTrue(registries().has("some.example"), text(out));
    for (var stream : List.of(text(out), text(err))) {
      assertTrue(
          stream.contains(
              "eft out: *.dkr.ecr.*.amazonaws.com: the platform does not support globs"));
      assertTrue(stream.contains("eft out: token.example: the credential is an identity token"));
      assertTrue(stream.contains("eft out: lines.example: the password contains a line break"));
      assertTrue(stream.contains("eft out: pods.example: it needs the service account token"));
      assertFalse(stream.contains("CANARY"), stream);
    }
  }

  private JsonNode registries() {
    return new ObjectMapper().valueToTree(new Yaml().load(text(out))).at("/rig/dockerRegistries");
  }

  @Test
  void pullSecretsThatTheDaemonKeepsAreTurnedOffForThePlatform() {
    assertEquals(
        0,
        run(
            """
            rig:
              clusters:
                prod: {type: k8s, url: "https://k8s.example", token: CANARY, createPullSecrets: true}
                dev: {type: k8s}
            """));
    assertTrue(
        text(out)
            .endsWith(
                """
                  dockerRegistries: {}
                  clusters:
                    "prod":
                      createPullSecrets: false
                """),
        text(out));
  }

  @Test
  void daemonRejectsTheBlockBecauseItWouldCallItself() throws IOException {
    run("rig: {dockerRegistries: {ghcr.io: {username: u, password: p}}}");
    var block = text(out);
    out.reset();
    assertEquals(ExitStatus.CONFIGURATION, run(block));
    assertTrue(text(err).contains("values.yaml:5:15: the script asks this daemon"), text(err));
    assertEquals("", text(out));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "docker-credential-rig userpass ghcr.io",
        "echo x; /opt/bin/docker-credential-rig-acme userpass ghcr.io",
        "\"/opt/bin/docker-credential-rig\" get",
        "printf ghcr.io | docker-credential-rig get | jq -r .Secret",
        "x=$(rig-credentials get ghcr.io)"
      })
  void scriptThatAsksThisDaemonIsRefused(String script) {
    var file = write("rig: {dockerRegistries: {ghcr.io: {script: '" + script + "'}}}");
    var problems =
        Assertions.assertThrows(ProblemsException.class, () -> ConfigLoader.load(List.of(file)));
    assertTrue(problems.problems().getFirst().message().contains("asks this daemon"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "# as docker-credential-rig get does\necho u:p",
        "my-docker-credential-rig get",
        "docker-credential-rigid get",
        "docker-credential-rig-credentials-other version",
        "docker-credential-gcloud get"
      })
  void similarScriptIsAccepted(String script) {
    var file =
        write(
            "rig: {dockerRegistries: {ghcr.io: {script: \""
                + script.replace("\n", "\\n")
                + "\"}}}");
    assertEquals(1, ConfigLoader.load(List.of(file)).registries().size());
  }
}
