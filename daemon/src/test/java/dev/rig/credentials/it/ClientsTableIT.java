package dev.rig.credentials.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.rig.credentials.testing.GoModule;
import dev.rig.credentials.testing.Tool;
import dev.rig.credentials.testing.daemon.Command;
import dev.rig.credentials.testing.daemon.DaemonUnderTest;
import dev.rig.credentials.testing.daemon.ProgramResult;
import dev.rig.credentials.testing.daemon.Running;
import dev.rig.credentials.testing.machine.PrivateFile;
import dev.rig.credentials.testing.machine.Reaper;
import dev.rig.credentials.testing.registry.DockerEngine;
import dev.rig.credentials.testing.registry.RegistryServer;
import dev.rig.credentials.testing.registry.TestImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Real clients pull with each setting and through each fault; writes the table of {@code
 * docs/clients.md}. Go builds some of the clients, so this runs with {@code -Pclients} only.
 */
@Tag("clients")
class ClientsTableIT {
  private static final String PASSWORD = "p:ss/w0rd+\"quoted\"&<more>";
  private static final String STORE = "{\"credsStore\":\"rig\"}";
  private static final String NONE = "–";
  private static final String PULLS = "pulls";
  private static final String SAYS_WHY = "says why";
  private static final String FAILS = "fails";
  private static final Duration LIMIT = Duration.ofSeconds(60);
  private static final Duration DOWN = Duration.ofMillis(500);
  private static final Pattern REFUSED = Pattern.compile("401|(?i:unauthorized|denied)");
  private static final Pattern VERSION = Pattern.compile("\\d+\\.\\d+[.\\d]*");
  private static final Path PAGE =
      Path.of(System.getProperty("basedir", ""), "docs", "clients.md").toAbsolutePath();
  private static final List<String> HEAD =
      List.of(
          "Client",
          "Version",
          "`credsStore`",
          "`credHelpers`",
          "Alias",
          "Wrong credential",
          "No entry",
          "Failing script",
          "Daemon killed");

  /** How a client pulls: its command for a folder with {@code config.json}, and an image. */
  private interface Pull extends BiFunction<Path, String, Command> {}

  /**
   * A client.
   *
   * @param hasStore whether it reads {@code credsStore}
   */
  private record Client(String name, String version, boolean hasStore, Pull pull) {}

  @TempDir private Path folder;
  @AutoClose private final Reaper reaper = new Reaper();
  private final List<String> wrong = new ArrayList<>();
  private DockerEngine engine;
  private TestImage testImage;
  private DaemonUnderTest daemon;
  private Running running;
  private RegistryServer scripted;
  private RegistryServer aliased;
  private RegistryServer denied;
  private RegistryServer failing;
  private RegistryServer open;

  @Test
  void everyClientPullsAndFailsAsItShould() throws IOException {
    engine = DockerEngine.start(reaper, folder.resolve("e"));
    testImage = new TestImage(engine, folder);
    startRegistries();
    startDaemon();
    var clients = clients();
    pushImages();
    var rows = new ArrayList<List<String>>(List.of(HEAD, HEAD.stream().map(_ -> "---").toList()));
    for (var client : clients) {
      var row = new ArrayList<>(List.of(client.name(), client.version()));
      row.addAll(outcomes(client));
      rows.add(row);
    }
    assertEquals(List.of(), wrong);
    write(rows);
  }

  private void startRegistries() {
    var users = Map.of("bot", PASSWORD);
    scripted = RegistryServer.start(reaper, folder.resolve("scripted"), users);
    aliased = RegistryServer.start(reaper, folder.resolve("aliased"), users);
    denied = RegistryServer.start(reaper, folder.resolve("denied"), users);
    failing = RegistryServer.start(reaper, folder.resolve("failing"), users);
    open = RegistryServer.start(reaper, folder.resolve("open"), Map.of());
  }

  private void startDaemon() {
    var password = PrivateFile.write(folder.resolve("password"), "bot:" + PASSWORD);
    daemon =
        new DaemonUnderTest(reaper, folder.resolve("d"))
            .logging("info")
            .configured(
                "values.yaml",
                """
                rig:
                  dockerRegistries:
                    "%s": {script: "cat '%s'"}
                    "%s/acme": {username: bot, password: '%s', alias: team}
                    "%s": {username: bot, password: wrong}
                    "%s": {script: "echo the token service is closed >&2; exit 7"}
                """
                    .formatted(
                        scripted.host(),
                        password,
                        aliased.host(),
                        PASSWORD,
                        denied.host(),
                        failing.host()));
    running = daemon.start();
    daemon.client().askAs("team", "version", "").succeeded();
  }

  /** Pushes an image and a chart to each registry, with the credential in the configuration. */
  private void pushImages() throws IOException {
    var helm = GoModule.HELM4.program("helm");
    var chart = PrivateFile.folder(folder.resolve("chart"));
    Files.writeString(chart.resolve("Chart.yaml"), "apiVersion: v2\nname: hello\nversion: 0.1.0\n");
    Command.of(helm, "package", chart, "--destination", folder).run().succeeded();
    for (var registry : List.of(scripted, aliased, denied, failing, open)) {
      var config = testImage.push(registry, "bot", PASSWORD);
      Command.of(
              helm,
              "push",
              folder.resolve("hello-0.1.0.tgz"),
              "oci://" + registry.host() + "/acme/charts",
              "--plain-http",
              "--registry-config=" + config.resolve("config.json"))
          .with("HOME", config)
          .run()
          .succeeded();
    }
  }

  private List<Client> clients() throws IOException {
    Tool.needPythonModule("docker", "python3-docker");
    var go = GoModule.CLIENTS;
    return List.of(
        new Client(
            "docker",
            version(engine.docker(testImage.withoutCredentials(), "--version")),
            true,
            (config, image) -> engine.docker(config, "pull", image)),
        new Client(
            "classic builder",
            version(engine.docker(testImage.withoutCredentials(), "--version")),
            true,
            (config, image) ->
                engine
                    .docker(config, "build", "--pull", "--no-cache", testImage.context(image))
                    .with("DOCKER_BUILDKIT", "0")),
        new Client(
            "buildx",
            go.version("github.com/docker/buildx"),
            true,
            (config, image) ->
                engines(config, go.program("buildx"), "build", "--pull", testImage.context(image))),
        new Client(
            "compose",
            go.version("github.com/docker/compose/v5"),
            true,
            (config, image) ->
                engines(config, go.program("cmd"), "--file", composition(image), "pull")),
        new Client(
            "docker-py",
            version(
                Command.of(Tool.PYTHON3.path(), "-c", "import docker; print(docker.__version__)")),
            true,
            (config, image) ->
                Command.of(
                        Tool.PYTHON3.path(),
                        "-c",
                        "import sys, docker\n"
                            + "docker.DockerClient(base_url=sys.argv[1]).images.pull(sys.argv[2])",
                        engine.host(),
                        image)
                    .with("DOCKER_CONFIG", config)),
        containers("podman", Tool.PODMAN, "pull", "--tls-verify=false"),
        containers("buildah", Tool.BUILDAH, "pull", "--policy=always", "--tls-verify=false"),
        containers("skopeo", Tool.SKOPEO, "inspect", "--tls-verify=false"),
        new Client(
            "crane",
            go.version("github.com/google/go-containerregistry"),
            true,
            (config, image) ->
                Command.of(go.program("crane"), "digest", image).with("DOCKER_CONFIG", config)),
        new Client(
            "cosign",
            go.version("github.com/sigstore/cosign/v3"),
            true,
            (config, image) ->
                Command.of(go.program("cosign"), "triangulate", "--allow-http-registry", image)
                    .with("DOCKER_CONFIG", config)
                    .with("HOME", config)),
        new Client(
            "oras",
            go.version("oras.land/oras"),
            true,
            (config, image) ->
                Command.of(go.program("oras"), "manifest", "fetch", "--plain-http", image)
                    .with("DOCKER_CONFIG", config)),
        new Client(
            "regctl",
            go.version("github.com/regclient/regclient"),
            true,
            (config, image) ->
                Command.of(
                        go.program("regctl"),
                        "--host=reg=" + image.split("/", -1)[0] + ",tls=disabled",
                        "manifest",
                        "get",
                        image)
                    .with("DOCKER_CONFIG", config)
                    .with("HOME", config)),
        new Client(
            "helm",
            GoModule.HELM4.version("helm.sh/helm/v4"),
            true,
            (config, image) ->
                Command.of(
                        GoModule.HELM4.program("helm"),
                        "show",
                        "chart",
                        "oci://" + image.replaceFirst("/hello:.*", "/charts/hello"),
                        "--plain-http",
                        "--registry-config=" + config.resolve("config.json"))
                    .with("HOME", config)));
  }

  private static String version(Command command) {
    var printed = command.run().succeeded().stdout();
    var version = VERSION.matcher(printed);
    assertTrue(version.find(), printed);
    return version.group();
  }

  private Command engines(Path config, Object... words) {
    return Command.of(words)
        .with("DOCKER_HOST", engine.host())
        .with("DOCKER_CONFIG", config)
        .with("HOME", config);
  }

  /** Clients that share containers/image, which reads {@code credHelpers} only. */
  private Client containers(String name, Tool tool, Object... arguments) {
    Pull pull =
        (config, image) -> {
          var words = new ArrayList<>(List.of(arguments));
          words.add(tool == Tool.SKOPEO ? "docker://" + image : image);
          return testImage.containers(tool, config, words.toArray());
        };
    return new Client(name, version(Command.of(tool.path(), "--version")), false, pull);
  }

  private List<String> outcomes(Client client) {
    return List.of(
        client.hasStore() ? pulls(client, testImage.config(STORE), scripted) : NONE,
        pulls(client, helper(scripted, "rig"), scripted),
        pulls(client, helper(aliased, "rig-team"), aliased),
        isRefused(client, usual(client, denied)),
        pulls(client, usual(client, scripted), open),
        failsByItsScript(client, usual(client, failing)),
        pullsAcrossARestart(client, usual(client, scripted)));
  }

  /** Returns the setting that serves most registries. */
  private Path usual(Client client, RegistryServer registry) {
    return client.hasStore() ? testImage.config(STORE) : helper(registry, "rig");
  }

  /** One registry alone: the classic builder asks for all, and one failure leaves it with none. */
  private Path helper(RegistryServer registry, String name) {
    return testImage.config("{\"credHelpers\":{\"%s\":\"%s\"}}".formatted(registry.host(), name));
  }

  private ProgramResult run(Client client, Path config, RegistryServer registry) {
    return daemon.client().usedBy(client.pull().apply(config, TestImage.in(registry))).run();
  }

  private String pulls(Client client, Path config, RegistryServer registry) {
    var outcome = run(client, config, registry);
    return expect(outcome.status() == 0, PULLS, client, outcome);
  }

  private String isRefused(Client client, Path config) {
    var outcome = run(client, config, denied);
    return expect(
        outcome.status() != 0 && REFUSED.matcher(outcome.stdout() + outcome.stderr()).find(),
        "refused",
        client,
        outcome);
  }

  /** Some clients show the helper's message, others the registry's answer without a credential. */
  private String failsByItsScript(Client client, Path config) {
    var outcome = run(client, config, failing);
    boolean isTold = (outcome.stdout() + outcome.stderr()).contains("the token service is closed");
    return expect(outcome.status() != 0, isTold ? SAYS_WHY : FAILS, client, outcome);
  }

  /** The client starts while no daemon is there. */
  private String pullsAcrossARestart(Client client, Path config) {
    running.kill();
    running.finish(LIMIT);
    try (var pull =
        daemon.client().usedBy(client.pull().apply(config, TestImage.in(scripted))).start()) {
      try {
        Thread.sleep(DOWN);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
      running = daemon.start();
      var first = pull.finish(LIMIT);
      if (first.status() == 0) {
        return PULLS;
      }
    }
    return pulls(client, config, scripted).equals(PULLS) ? "pulls again" : "no";
  }

  private String expect(boolean holds, String cell, Client client, ProgramResult outcome) {
    if (!holds) {
      wrong.add(client.name() + ", not " + cell + ": " + outcome);
    }
    return holds ? cell : "no";
  }

  private Path composition(String image) {
    return PrivateFile.write(
        folder.resolve("composition-" + image.hashCode()).resolve("compose.yaml"),
        "services: {hello: {image: '%s'}}\n".formatted(image));
  }

  /** Replaces the table that starts with this heading. */
  private static void write(List<List<String>> rows) throws IOException {
    var table =
        rows.stream()
            .map(row -> row.stream().collect(Collectors.joining(" | ", "| ", " |")))
            .toList();
    var lines = new ArrayList<>(Files.readAllLines(PAGE));
    int first = lines.indexOf(table.getFirst());
    assertTrue(first >= 0, "the page has the table");
    while (first < lines.size() && lines.get(first).startsWith("|")) {
      lines.remove(first);
    }
    lines.addAll(first, table);
    Files.writeString(PAGE, String.join("\n", lines) + "\n");
  }
}
