package dev.rig.credentials.chart;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.rig.credentials.testing.Eventually;
import dev.rig.credentials.testing.Tool;
import dev.rig.credentials.testing.daemon.Command;
import dev.rig.credentials.testing.daemon.Distribution;
import dev.rig.credentials.testing.daemon.ProgramResult;
import dev.rig.credentials.testing.daemon.Running;
import dev.rig.credentials.testing.machine.Reaper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The effect of the DaemonSet's containers and the Job on a node: their rendered commands run on
 * the built distribution, with their users and capabilities.
 */
class NodeIT {
  private static final Duration START = Duration.ofSeconds(20);
  private static final String QUESTION =
      """
      {"apiVersion":"credentialprovider.kubelet.k8s.io/v1","kind":"CredentialProviderRequest",\
      "image":"registry.gitlab.com/acme/app"}
      """;

  @TempDir private Path folder;
  @AutoClose private final Reaper reaper = new Reaper();
  private Path programs;
  private Path mounts;
  private Path host;
  private JsonNode pod;

  @BeforeEach
  void prepare() throws IOException {
    Tool.needRoot("what is a node's");
    Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwx--x--x"));
    programs = programs();
    mounts = Files.createDirectory(folder.resolve("m"));
    host = Files.createDirectory(folder.resolve("h"));
    // As the kubelet creates the folders of a hostPath.
    for (var name : List.of("install", "run", "state")) {
      Files.createDirectory(host.resolve(name));
    }
    mountKey();
    var rendered = Chart.ours().render(settings(), Chart.ours().example("nodes"));
    mount(rendered.one("Secret", "rig-credentials-nodes"), "..1");
    pod = rendered.one("DaemonSet", "rig-credentials-nodes").at("/spec/template/spec");
  }

  /** Returns the distribution at a path that other users can reach. */
  private Path programs() {
    var bin = Distribution.daemon().getParent();
    var tried =
        Command.of(
                Tool.SETPRIV.path(),
                "--reuid=65532",
                "--clear-groups",
                "/usr/bin/test",
                "-x",
                bin.resolve("rig-credentials"))
            .run();
    if (tried.status() == 0) {
      return bin;
    }
    Command.of("/bin/cp", "-a", bin.getParent(), folder.resolve("d")).run().succeeded();
    return folder.resolve("d/bin");
  }

  private Map<String, String> settings() {
    return Map.of(
        "nodes.installDir", host.resolve("install").toString(),
        "nodes.runDir", host.resolve("run").toString(),
        "nodes.stateDir", host.resolve("state").toString());
  }

  private void mountKey() throws IOException {
    var key = Files.createDirectory(mounts.resolve("key")).resolve("sealing.key");
    Files.writeString(key, "0123456789abcdef0123456789abcdef");
  }

  /** Mounts a Secret as the kubelet does: each generation whole, by renaming {@code ..data}. */
  private void mount(JsonNode secret, String generation) throws IOException {
    var config = Files.createDirectories(mounts.resolve("config"));
    var text = Base64.getDecoder().decode(secret.at("/data/config.yaml").asText());
    Files.write(Files.createDirectory(config.resolve(generation)).resolve("config.yaml"), text);
    var link = Files.createSymbolicLink(config.resolve("..new"), Path.of(generation));
    Files.move(link, config.resolve("..data"), StandardCopyOption.ATOMIC_MOVE);
    if (!Files.isSymbolicLink(config.resolve("config.yaml"))) {
      Files.createSymbolicLink(config.resolve("config.yaml"), Path.of("..data/config.yaml"));
    }
  }

  /** Returns a container's command, environment and rights. */
  private Command container(JsonNode container) {
    var context = container.get("securityContext");
    var words = new ArrayList<Object>();
    words.addAll(
        List.of(
            Tool.SETPRIV.path(),
            "--reuid=" + context.get("runAsUser").asInt(),
            "--regid=" + context.get("runAsGroup").asInt(),
            "--clear-groups",
            "--no-new-privs",
            "--inh-caps=-all",
            "--bounding-set=-all" + (context.at("/capabilities/add").isEmpty() ? "" : ",+chown")));
    if (!container.has("command")) {
      words.add("rig-credentials"); // the image's entry point
    }
    for (var list : List.of("command", "args")) {
      for (var word : container.path(list)) {
        words.add(word.asText().replace("/etc/rig-credentials/", mounts + "/"));
      }
    }
    var admin = words.indexOf("--admin");
    if (admin >= 0) {
      words.set(admin + 1, "off"); // its port is this whole machine's
    }
    var environment = new TreeMap<String, String>();
    container
        .path("env")
        .forEach(entry -> environment.put(entry.get("name").asText(), entry.get("value").asText()));
    var command = Command.of(words.toArray()).withFirstOnPath(programs);
    for (var variable : environment.entrySet()) {
      command = command.with(variable.getKey(), variable.getValue());
    }
    return command;
  }

  private ProgramResult install() {
    return container(pod.at("/initContainers/0")).run();
  }

  private Running serve() {
    var daemon = reaper.own(container(pod.at("/containers/0")).start());
    Eventually.within(
        START, () -> daemon.stderr().contains("serving at"), () -> "it serves: " + daemon.stderr());
    return daemon;
  }

  /** Calls the provider as the kubelet does. */
  private ProgramResult ask() {
    return Command.of(host.resolve("install/bin/rig-credential-provider"))
        .with("RIG_CREDENTIALS_SOCKET", host.resolve("run/credentials.sock"))
        .reading(QUESTION)
        .run();
  }

  private static String access(Path path) throws IOException {
    var attributes = Files.readAttributes(path, "unix:mode,uid,gid");
    int mode = attributes.get("mode") instanceof Integer bits ? bits & 0777 : 0;
    return "%o %s:%s".formatted(mode, attributes.get("uid"), attributes.get("gid"));
  }

  @Test
  void installedProgramIsAnsweredByADaemonWithoutRights() throws IOException {
    var installed = install().succeeded().stdout();
    assertTrue(
        installed.contains("--image-credential-provider-bin-dir=" + host.resolve("install/bin")),
        installed);
    assertEquals("755 0:0", access(host.resolve("install/bin/rig-credential-provider")));
    assertEquals("644 0:0", access(host.resolve("install/credential-provider.yaml")));
    assertEquals("711 65532:65532", access(host.resolve("run")));
    assertEquals("700 65532:65532", access(host.resolve("state")));

    var daemon = serve();
    assertEquals("600 65532:65532", access(host.resolve("run/credentials.sock")));
    var answer = ask().succeeded().stdout();
    assertTrue(answer.contains("\"password\":\"gldt-example\""), answer);
    assertFalse(daemon.stderr().contains("is stored next to them"), "the key is the Secret's");

    // A changed password is applied; the kubelet's files stay unchanged.
    var changed =
        Chart.ours()
            .render(
                Map.of("rig.dockerRegistries.registry\\.gitlab\\.com/acme.password", "another"),
                Chart.ours().example("nodes"));
    mount(changed.one("Secret", "rig-credentials-nodes"), "..2");
    Eventually.within(
        START,
        () -> ask().stdout().contains("\"password\":\"another\""),
        () -> ask() + daemon.stderr());
    assertTrue(daemon.isAlive());
  }

  @Test
  void upgradeReplacesInstalledFiles() throws IOException {
    install().succeeded();
    var daemon = serve();
    daemon.kill(); // which leaves a private folder in the socket's
    daemon.finish(START);
    var again = install().succeeded();
    assertFalse(again.stdout().contains("installed "), again::toString);
    serve();
    ask().succeeded();
  }

  @Test
  void jobRemovesEverythingOnceNoKubeletNeedsIt() throws IOException {
    install().succeeded();
    var daemon = serve();
    daemon.terminate();
    daemon.finish(START).succeeded();
    var job = Chart.ours().render(settings(), Chart.ours().example("remove")).all("Job").getFirst();
    var remove = container(job.at("/spec/template/spec/containers/0"));
    var config = host.resolve("install/credential-provider.yaml");
    // The shell keeps its arguments on its command line, as a kubelet keeps its flags.
    var kubelet =
        new ProcessBuilder(
                "/bin/sh",
                "-c",
                "read line; exit",
                "kubelet",
                "--image-credential-provider-config=" + config)
            .start();
    try {
      var refused = remove.run();
      assertEquals(1, refused.status(), refused::toString);
      assertTrue(refused.stderr().contains("process " + kubelet.pid()), refused::toString);
      assertTrue(Files.exists(config));
    } finally {
      kubelet.destroyForcibly().onExit().join();
    }
    remove.run().succeeded();
    assertEquals(List.of(), files(host.resolve("run")));
    assertEquals(List.of(), files(host.resolve("state")));
    assertFalse(Files.exists(config));
    assertFalse(Files.exists(host.resolve("install/bin")));
  }

  private static List<Path> files(Path folder) throws IOException {
    try (var files = Files.list(folder)) {
      return files.toList();
    }
  }
}
