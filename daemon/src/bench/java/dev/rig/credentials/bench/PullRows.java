package dev.rig.credentials.bench;

import dev.rig.credentials.testing.GoModule;
import dev.rig.credentials.testing.Tool;
import dev.rig.credentials.testing.daemon.Command;
import dev.rig.credentials.testing.daemon.NativeClient;
import dev.rig.credentials.testing.machine.PrivateFile;
import dev.rig.credentials.testing.registry.DockerEngine;
import dev.rig.credentials.testing.registry.RegistryServer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.opentest4j.TestAbortedException;

/** Pulls with our helper, and with the credential in config.json. */
final class PullRows implements Rows {
  private static final int ROUNDS = 40;
  private static final int WARM_UP = 3;
  private static final String USER = "bot";
  private static final String PASSWORD = "of-the-registry";
  private static final double MOST_MILLIS = 5;

  @Override
  public String title() {
    return "A small image of a registry on loopback, whole commands, median of " + ROUNDS;
  }

  @Override
  public List<Row> measure(Workbench bench) throws Exception {
    var engine = DockerEngine.start(bench.reaper(), bench.folder().resolve("e"));
    var registry =
        RegistryServer.start(bench.reaper(), bench.folder().resolve("r"), Map.of(USER, PASSWORD));
    var daemon =
        bench
            .daemon("d")
            .configured(
                "values.yaml",
                "rig: {dockerRegistries: {\"%s\": {script: \"echo '%s:%s'\"}}}\n"
                    .formatted(registry.host(), USER, PASSWORD));
    daemon.start();
    var client = daemon.client();
    var image = registry.host() + "/acme/hello:1";
    var helper =
        config(bench, "helper", "{\"credHelpers\":{\"%s\":\"rig\"}}".formatted(registry.host()));
    var auth =
        Base64.getEncoder()
            .encodeToString((USER + ":" + PASSWORD).getBytes(StandardCharsets.UTF_8));
    var fixed =
        config(
            bench,
            "fixed",
            "{\"auths\":{\"%s\":{\"auth\":\"%s\"}}}".formatted(registry.host(), auth));
    push(bench, engine, client, fixed, image);
    var podman = bench.home("podman");
    var rows = new ArrayList<Row>();
    add(
        rows,
        "`docker pull` with our helper",
        helper,
        fixed,
        config -> pull(engine, client, config, image));
    add(
        rows,
        "`podman pull` with our helper",
        helper,
        fixed,
        config -> podmanPull(podman, client, config, image));
    add(
        rows,
        "`crane digest` with our helper",
        helper,
        fixed,
        config -> digest(client, config, image));
    return rows;
  }

  /** One run of a client with a configuration, in milliseconds. */
  private interface Timed {
    double millis(Path config);
  }

  private static void add(List<Row> rows, String measured, Path helper, Path fixed, Timed timed) {
    try {
      var ours = new Sample();
      var theirs = new Sample();
      for (int round = -WARM_UP; round < ROUNDS; round++) {
        boolean first = round % 2 == 0; // each goes first equally often
        double one = timed.millis(first ? helper : fixed);
        double other = timed.millis(first ? fixed : helper);
        if (round >= 0) {
          ours.add(first ? one : other);
          theirs.add(first ? other : one);
        }
      }
      rows.add(
          Row.beside(
              measured,
              Unit.MILLIS,
              ours.median(),
              "the credential in config.json",
              theirs.median(),
              new Aim.More(MOST_MILLIS)));
    } catch (TestAbortedException e) {
      rows.add(Row.missing(measured, String.valueOf(e.getMessage())));
    }
  }

  private static void push(
      Workbench bench, DockerEngine engine, NativeClient client, Path config, String image)
      throws Exception {
    Files.writeString(bench.folder().resolve("hello"), "hello\n");
    var tar = bench.folder().resolve("image.tar");
    Command.of("/bin/tar", "-C", bench.folder(), "-cf", tar, "hello").run().succeeded();
    client.usedBy(engine.docker(config, "import", tar, image)).run().succeeded();
    client.usedBy(engine.docker(config, "push", image)).run().succeeded();
  }

  private static double pull(DockerEngine engine, NativeClient client, Path config, String image) {
    engine.docker(config, "rmi", "--force", image).run().succeeded();
    return millis(client.usedBy(engine.docker(config, "pull", "--quiet", image)));
  }

  private static double podmanPull(Path home, NativeClient client, Path config, String image) {
    Tool.needRoot("podman's storage");
    podman(home, "rmi", "--ignore", image).run().succeeded();
    return millis(
        client
            .usedBy(podman(home, "pull", "--quiet", "--tls-verify=false", image))
            .with("REGISTRY_AUTH_FILE", config.resolve("config.json")));
  }

  private static Command podman(Path home, Object... words) {
    var all = new ArrayList<Object>(List.of(Tool.PODMAN.path()));
    all.add("--root=" + home.resolve("root"));
    all.add("--runroot=" + home.resolve("run"));
    all.add("--tmpdir=" + home.resolve("tmp"));
    all.addAll(List.of("--storage-driver=vfs", "--cgroup-manager=cgroupfs"));
    all.addAll(List.of(words));
    return Command.of(all.toArray()).with("HOME", home).with("XDG_RUNTIME_DIR", home);
  }

  private static double digest(NativeClient client, Path config, String image) {
    return millis(
        client
            .usedBy(Command.of(GoModule.PEERS.program("crane"), "digest", "--insecure", image))
            .with("DOCKER_CONFIG", config));
  }

  private static double millis(Command command) {
    long began = System.nanoTime();
    command.run().succeeded();
    return (System.nanoTime() - began) / 1e6;
  }

  private static Path config(Workbench bench, String name, String json) {
    return PrivateFile.write(bench.folder().resolve(name).resolve("config.json"), json).getParent();
  }
}
