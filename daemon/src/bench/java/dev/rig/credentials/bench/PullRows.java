package dev.rig.credentials.bench;

import dev.rig.credentials.testing.daemon.Command;
import dev.rig.credentials.testing.daemon.NativeClient;
import dev.rig.credentials.testing.machine.PrivateFile;
import dev.rig.credentials.testing.registry.DockerEngine;
import dev.rig.credentials.testing.registry.RegistryServer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Map;

/** {@code docker pull} with our helper, beside the same with the credential in config.json. */
final class PullRows implements Rows {
  private static final int ROUNDS = 40;
  private static final int WARM_UP = 3;
  private static final String USER = "bot";
  private static final String PASSWORD = "of-the-registry";
  private static final double MOST_MILLIS = 10;

  @Override
  public String title() {
    return "`docker pull` of a small image from a registry on loopback, median of " + ROUNDS;
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
    var ours = new Sample();
    var theirs = new Sample();
    for (int round = -WARM_UP; round < ROUNDS; round++) {
      boolean first = round % 2 == 0; // each goes first as often as the other
      double one = pull(engine, client, first ? helper : fixed, image);
      double other = pull(engine, client, first ? fixed : helper, image);
      if (round >= 0) {
        ours.add(first ? one : other);
        theirs.add(first ? other : one);
      }
    }
    return List.of(
        Row.beside(
            "with our helper",
            Unit.MILLIS,
            ours.median(),
            "the credential in config.json",
            theirs.median(),
            new Aim.More(MOST_MILLIS)));
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

  /** Milliseconds. */
  private static double pull(DockerEngine engine, NativeClient client, Path config, String image) {
    engine.docker(config, "rmi", "--force", image).run().succeeded();
    var pull = client.usedBy(engine.docker(config, "pull", "--quiet", image));
    long began = System.nanoTime();
    pull.run().succeeded();
    return (System.nanoTime() - began) / 1e6;
  }

  private static Path config(Workbench bench, String name, String json) {
    return PrivateFile.write(bench.folder().resolve(name).resolve("config.json"), json).getParent();
  }
}
