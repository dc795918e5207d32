package dev.rig.credentials.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.rig.credentials.testing.Eventually;
import dev.rig.credentials.testing.FreePort;
import dev.rig.credentials.testing.Tool;
import dev.rig.credentials.testing.daemon.Command;
import dev.rig.credentials.testing.daemon.DaemonUnderTest;
import dev.rig.credentials.testing.daemon.DevCommands;
import dev.rig.credentials.testing.daemon.Distribution;
import dev.rig.credentials.testing.daemon.ProgramResult;
import dev.rig.credentials.testing.machine.PrivateFile;
import dev.rig.credentials.testing.machine.Reaper;
import dev.rig.credentials.testing.registry.ImageLayout;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;

/**
 * The output of {@code dev manifests} is consistent: a registry started like the Deployment accepts
 * the login in the printed values.
 */
class DevManifestsIT {
  /** The defaults of the image registry:2. */
  private static final String OF_THE_IMAGE =
      """
      version: 0.1
      storage: {filesystem: {rootdirectory: /var/lib/registry}}
      http: {addr: ":5000"}
      """;

  @TempDir private Path folder;
  @AutoClose private final Reaper reaper = new Reaper();
  private DevCommands dev;
  private String host;

  @BeforeEach
  void developer() {
    dev = new DevCommands(reaper, folder.resolve("u"), Map.of());
    host = "127.0.0.1:" + FreePort.next();
  }

  private Map<String, JsonNode> manifests() {
    var text = dev.run("dev", "manifests", "--host", host).succeeded().stdout();
    var byKind = new HashMap<String, JsonNode>();
    for (var document : new Yaml(new SafeConstructor(new LoaderOptions())).loadAll(text)) {
      JsonNode node = new ObjectMapper().valueToTree(document);
      byKind.put(node.path("kind").asText(), node);
    }
    return byKind;
  }

  private void startAsTheDeploymentDoes(Map<String, JsonNode> manifests) {
    var data = manifests.get("Secret").path("stringData");
    var passwords =
        PrivateFile.write(folder.resolve("r/htpasswd"), data.path("htpasswd").asText() + "\n");
    var config = PrivateFile.write(folder.resolve("r/config.yml"), OF_THE_IMAGE);
    var command = Command.of(Tool.DOCKER_REGISTRY.path(), "serve", config);
    for (var variable : manifests.get("Deployment").at("/spec/template/spec/containers/0/env")) {
      var key = variable.at("/valueFrom/secretKeyRef/key").asText();
      command =
          command.with(
              variable.path("name").asText(),
              key.isEmpty() ? variable.path("value").asText() : data.path(key).asText());
    }
    var running =
        reaper.own(
            command
                .with("REGISTRY_AUTH_HTPASSWD_PATH", passwords)
                .with("REGISTRY_HTTP_ADDR", host)
                .with("REGISTRY_STORAGE_FILESYSTEM_ROOTDIRECTORY", folder.resolve("r/data"))
                .start());
    var ask = Command.of(Tool.WGET.path(), "-qO-", "--server-response", "http://" + host + "/v2/");
    Eventually.within(
        Duration.ofSeconds(20),
        () -> ask.run().stderr().contains("401 Unauthorized"),
        () -> running.stderr());
  }

  private ProgramResult push(Command skopeo, String config) {
    return skopeo
        .with("REGISTRY_AUTH_FILE", PrivateFile.write(folder.resolve("auth.json"), config))
        .run();
  }

  @Test
  void registryOfTheDeploymentAcceptsTheLoginOfTheValues() {
    startAsTheDeploymentDoes(manifests());
    var printed = dev.run("dev", "manifests", "--host", host, "--values").succeeded().stdout();
    var values = PrivateFile.write(folder.resolve("values.yaml"), printed);
    var checked = Command.of(Distribution.daemon(), "check", "--config", values).run().succeeded();
    assertTrue(checked.stdout().contains("registry.rig-system.svc:5000"), checked::toString);

    var daemon = new DaemonUnderTest(reaper, folder.resolve("d")).configuredFrom(values);
    daemon.start();
    var layout = ImageLayout.write(folder.resolve("layout"), "2026-01-01T00:00:00Z", "amd64");
    var skopeo =
        daemon
            .client()
            .usedBy(
                Command.of(
                    Tool.SKOPEO.path(),
                    "copy",
                    "--dest-tls-verify=false",
                    "oci:" + layout,
                    "docker://" + host + "/app:1"));
    assertNotEquals(0, push(skopeo, "{}").status());
    push(skopeo, "{\"credHelpers\":{\"%s\":\"rig\"}}".formatted(host)).succeeded();

    var deployed =
        Command.of(
                Distribution.daemon(),
                "deploy",
                "web",
                host + "/app:1",
                "--yes",
                "--push-only",
                "--config",
                values,
                "--socket",
                daemon.socket())
            .with("DOCKER_HOST", "unix:///nonexistent/docker.sock")
            .with("HOME", folder)
            .run()
            .succeeded();
    assertTrue(
        deployed.stdout().startsWith("registry.rig-system.svc:5000/app:1@sha256:"),
        deployed::toString);
  }

  @Test
  void printingThemAgainChangesNothing() {
    var first = dev.run("dev", "manifests").succeeded();
    assertEquals(first.stdout(), dev.run("dev", "manifests").succeeded().stdout());
    var wrong = dev.run("dev", "manifests", "--cluster-host", "registry");
    assertEquals(1, wrong.status(), wrong::toString);
    assertTrue(wrong.stderr().contains("the name of a Service"), wrong::toString);
  }
}
