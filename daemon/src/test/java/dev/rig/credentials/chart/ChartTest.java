package dev.rig.credentials.chart;

import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.rig.credentials.config.Configuration;
import dev.rig.credentials.config.EntrySource;
import dev.rig.credentials.config.RegistryEntry;
import dev.rig.credentials.config.reader.ConfigLoader;
import dev.rig.credentials.credential.Credential;
import dev.rig.credentials.credential.Secret;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class ChartTest {
  private static final Chart CHART = Chart.ours();
  private static final KubernetesSchemas SCHEMAS = new KubernetesSchemas();

  /** For a set of values without an image, such as the platform's own. */
  private static final Map<String, String> IMAGE =
      Map.of("container.image.repository", "registry.acme.example/rig-credentials");

  @TempDir private Path folder;

  static List<Path> examples() {
    return Chart.examples();
  }

  @Test
  void chartIsCleanToLint() {
    var result = CHART.lint();
    assertFalse(result.isFailed(), () -> result.getMessages().toString());
    assertEquals(
        List.of("[INFO] Chart.yaml: icon is recommended"), List.copyOf(result.getMessages()));
  }

  @ParameterizedTest
  @MethodSource("examples")
  void documentedValuesAreCleanToLint(Path values) throws IOException {
    var result = CHART.withDefaults(values, folder.resolve("chart")).lint();
    assertFalse(result.isFailed(), () -> result.getMessages().toString());
  }

  @ParameterizedTest
  @MethodSource("examples")
  void documentedValuesRenderObjectsThatKubernetesAccepts(Path values) {
    var objects = CHART.render(IMAGE, values).objects();
    assertFalse(objects.isEmpty());
    var problems = new ArrayList<String>();
    for (var object : objects) {
      problems.addAll(SCHEMAS.problems(object));
      if (!object.path("kind").asText().startsWith("Cluster")
          && object.at("/metadata/namespace").isMissingNode()) {
        problems.add("no namespace: " + object.at("/metadata/name"));
      }
    }
    assertEquals(List.of(), problems);
  }

  @ParameterizedTest
  @MethodSource("examples")
  void configurationOfDocumentedValuesIsLoaded(Path values) throws IOException {
    var rendered = CHART.render(IMAGE, values);
    for (var secret : rendered.all("Secret")) {
      assertFalse(configuration(secret).registries().isEmpty() && !isMonitoring(values));
    }
    boolean removes = !rendered.all("Job").isEmpty();
    assertEquals(removes, rendered.all("Secret").isEmpty());
  }

  /** Its entries are in the platform's own ConfigMap and Secret. */
  private static boolean isMonitoring(Path values) {
    return values.endsWith("monitoring.yaml");
  }

  @Test
  void platformsOwnValuesBecomeItsEntriesUnchanged() throws IOException {
    var rendered = CHART.render(IMAGE, CHART.example("platform"));
    var configuration = configuration(rendered.one("Secret", "rig-credentials-sidecar"));
    Map<String, RegistryEntry> entries =
        configuration.registries().stream()
            .collect(Collectors.toMap(entry -> entry.prefix().toString(), Function.identity()));

    assertEquals(3, entries.size());
    assertEquals(
        new EntrySource.StaticLogin(new Credential("bot", Secret.of("dckr_pat_example"))),
        entries.get("index.docker.io").source());
    var gitlab = entries.get("registry.gitlab.com/acme");
    assertEquals(Duration.ofHours(1), gitlab.expire());
    assertTrue(
        gitlab.source() instanceof EntrySource.Script script
            && script
                .text()
                .reveal()
                .equals("echo \"oauth2accesstoken:$(cat /etc/gitlab/token)\"\n"));
    assertEquals(Duration.ofHours(12), entries.get("ghcr.io/acme").expire());
    assertEquals(
        List.of("dev", "prod"), configuration.clusters().keySet().stream().sorted().toList());
    assertFalse(rendered.text().contains("postgres.rig-system"));
    assertTrue(
        rendered.text().contains("image: \"registry.acme.example/rig-credentials:"),
        "the platform's own image is not taken");
    assertFalse(CHART.notes(CHART.example("nodes")).contains("NOT USED"));
  }

  @Test
  void onlySecretsContainASecret() {
    for (var values : Chart.examples()) {
      for (var object : CHART.render(IMAGE, values).objects()) {
        if (!object.path("kind").asText().equals("Secret")) {
          var text = object.toString();
          for (var canary :
              List.of("dckr_pat_example", "ghp_example", "gldt-example", "metadata.google")) {
            assertFalse(text.contains(canary), () -> canary + " in " + text);
          }
        }
      }
    }
  }

  @Test
  void nodesGetNoClusters() throws IOException {
    var rendered =
        CHART.render(
            Map.of("container.image.repository", "x", "nodes.enabled", "true"),
            CHART.example("platform"));
    assertEquals(
        2, configuration(rendered.one("Secret", "rig-credentials-sidecar")).clusters().size());
    assertEquals(
        0, configuration(rendered.one("Secret", "rig-credentials-nodes")).clusters().size());
  }

  @Test
  void missingImageIsReported() {
    var failure =
        assertThrows(RuntimeException.class, () -> CHART.render(CHART.example("platform")));
    assertTrue(
        String.valueOf(failure.getMessage()).contains("container.image.repository: say where"),
        failure::toString);
  }

  @Test
  void mistakenValuesAreRefused() {
    assertAll(
        () -> refused("rig.dockerRegistries.ghcr\\.io.usrname=bot", "usrname"),
        // As a number with a fraction, or a large one, its text would change.
        () -> refused("rig.dockerRegistries.ghcr\\.io.password=1234567890123456789", "password"),
        () -> refused("rig.dockerRegistries.ghcr\\.io.expire=1 hour", "expire"),
        () -> refused("rig.dockerRegistries.ghcr\\.io.timeout=30 s", "timeout"),
        () -> refused("nodes.tolerationz=x", "tolerationz"),
        () -> refused("container.user=0", "user"),
        () -> refused("container.image.digest=sha256:abc", "digest"),
        () -> refused("sidecar.socketMode=rw", "socketMode"),
        () -> refused("nodes.runDir=run", "runDir"),
        () -> refused("daemon.log.level=loud", "level"));
  }

  /** C38: the chart accepts the same passwords as the daemon, and passes them on unchanged. */
  @ParameterizedTest
  @ValueSource(strings = {"12345", "0", "-7", "12345678", "9007199254740991"})
  void c38_numberIsAPassword(String number) throws IOException {
    var values =
        Files.writeString(
            folder.resolve("values.yaml"),
            """
            rig:
              dockerRegistries:
                ghcr.io: {username: %1$s, password: %1$s}
                quay.io: {script: "echo u:p", env: {PIN: %1$s}}
            """
                .formatted(number));
    var rendered = CHART.render(IMAGE, values);
    var registries = configuration(rendered.one("Secret", "rig-credentials-sidecar")).registries();
    assertEquals(
        new EntrySource.StaticLogin(new Credential(number, Secret.of(number))),
        registries.getFirst().source());
    assertTrue(
        registries.getLast().source() instanceof EntrySource.Script script
            && script.env().equals(Map.of("PIN", number)));
  }

  @Test
  void scriptThatWouldAskItsOwnDaemonIsRefused() {
    for (var call : List.of("/run/docker-credential-rig userpass", "docker-credential-rig-x get")) {
      var setting = "rig.dockerRegistries.ghcr\\.io.script=echo x; " + call + " ghcr.io";
      refused(setting, "the script asks the daemon for the credential that it must print");
    }
  }

  /** The block in the notes equals the output of {@code rig-credentials platform-values}. */
  @Test
  void notesPrintTheValuesForThePlatform() throws IOException {
    var values =
        Files.writeString(
            folder.resolve("values.yaml"),
            """
            container: {image: {repository: x}}
            rig:
              clusters:
                prod: {type: k8s, createPullSecrets: true}
                dev: {type: k8s}
              dockerRegistries:
                ghcr.io/acme: {script: "echo u:p", expire: 30s}
                quay.io: {username: u, password: 7}
                "*.dkr.ecr.*.amazonaws.com": {script: "echo u:p"}
                pods.example: {script: "echo u:p", serviceAccount: required}
                lines.example: {username: u, password: "a\\nb"}
            """);
    var notes = CHART.notes(values);
    int start = notes.indexOf("\nrig:\n  dockerRegistries:");
    var block = notes.substring(start, notes.indexOf("\n\n", start + 1));
    var rig = Chart.json(block).path("rig");
    assertEquals(2, rig.path("dockerRegistries").size(), block);
    assertEquals(
        "RIG_CREDENTIALS_SOCKET=/run/rig-credentials/pod/credentials.sock"
            + " /run/rig-credentials/bin/docker-credential-rig userpass 'ghcr.io/acme'\n",
        rig.path("dockerRegistries").path("ghcr.io/acme").path("script").asText());
    assertEquals("1s", rig.at("/dockerRegistries/ghcr.io~1acme/expire").asText());
    assertEquals("60s", rig.at("/dockerRegistries/quay.io/expire").asText());
    assertEquals(Chart.json("{prod: {createPullSecrets: false}}"), rig.path("clusters"));
    for (var omitted : List.of("*.dkr.ecr.*.amazonaws.com", "pods.example", "lines.example")) {
      assertTrue(block.contains("# Left out: " + omitted + ": "), block);
    }
  }

  @Test
  void notesWithoutARegistryAreValues() throws IOException {
    var values =
        Files.writeString(folder.resolve("values.yaml"), "container: {image: {repository: x}}\n");
    assertTrue(CHART.notes(values).contains("  dockerRegistries: {}\n"), CHART.notes(values));
  }

  @Test
  void durationsOfGoAreAccepted() {
    for (var duration : List.of("12h", "1h30m", "1.5h", ".5m", "90s500ms")) {
      CHART.render(
          Map.of("rig.dockerRegistries.index\\.docker\\.io.expire", duration),
          CHART.example("nodes"));
    }
  }

  private static void refused(String setting, String named) {
    int equals = setting.indexOf('=');
    var settings = Map.of(setting.substring(0, equals), setting.substring(equals + 1));
    var failure =
        assertThrows(
            RuntimeException.class,
            () -> CHART.render(settings, CHART.example("nodes")),
            () -> setting + " is taken");
    assertTrue(String.valueOf(failure.getMessage()).contains(named), failure::toString);
  }

  @Test
  void unknownKeyIsNamedInTheNotes() throws IOException {
    var values =
        Files.writeString(
            folder.resolve("values.yaml"),
            Files.readString(CHART.example("nodes")) + "node:\n  enabled: true\n");
    assertTrue(CHART.notes(values).contains("NOT USED: node is"), () -> CHART.notes(values));
  }

  @Test
  void versionIsThatOfTheBuild() throws IOException {
    var chart = Chart.json(Files.readString(CHART.folder().resolve("Chart.yaml")));
    var pom = Files.readString(CHART.folder().resolve("../pom.xml"));
    assertEquals(chart.get("version"), chart.get("appVersion"));
    assertTrue(
        pom.contains("<version>%s</version>".formatted(chart.get("version").asText())),
        chart::toString);
  }

  /** Returns the daemon's configuration from a rendered Secret; mounted, each key is a file. */
  private Configuration configuration(JsonNode secret) throws IOException {
    var mounted = Files.createTempDirectory(folder, "mounted");
    for (var field : secret.get("data").properties()) {
      var text = Base64.getDecoder().decode(field.getValue().asText());
      Files.writeString(mounted.resolve(field.getKey()), new String(text, StandardCharsets.UTF_8));
    }
    return ConfigLoader.load(List.of(mounted));
  }
}
