package dev.rig.credentials.bench;

import dev.rig.credentials.testing.Eventually;
import dev.rig.credentials.testing.Tool;
import dev.rig.credentials.testing.daemon.Command;
import dev.rig.credentials.testing.daemon.HttpOverUnix;
import dev.rig.credentials.testing.machine.PrivateFile;
import dev.rig.credentials.testing.registry.ImageLayout;
import dev.rig.credentials.testing.registry.RegistryServer;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.regex.Pattern;
import java.util.stream.IntStream;

/** What a tag of an image stands for, asked of the warm daemon, beside skopeo's whole process. */
final class ResolveRows implements Rows {
  private static final int ROUNDS = 40;
  private static final int MANY_ROUNDS = 5;
  private static final int IMAGES = 100;
  private static final int AT_A_TIME = 8;
  private static final double MOST = 0.2;
  private static final String USER = "bot";
  private static final String PASSWORD = "of-the-registry";

  @Override
  public String title() {
    return "Resolving an image of a registry on loopback, whole process against the warm daemon";
  }

  @Override
  public List<Row> measure(Workbench bench) throws Exception {
    var skopeo = Tool.SKOPEO.path();
    var registry =
        RegistryServer.start(bench.reaper(), bench.folder().resolve("r"), Map.of(USER, PASSWORD));
    var repository = registry.host() + "/acme/app";
    var auth =
        Base64.getEncoder()
            .encodeToString((USER + ":" + PASSWORD).getBytes(StandardCharsets.UTF_8));
    var config =
        PrivateFile.write(
            bench.folder().resolve("auth.json"),
            "{\"auths\":{\"%s\":{\"auth\":\"%s\"}}}".formatted(registry.host(), auth));
    push(bench, skopeo, repository);
    var daemon =
        bench
            .daemon("d")
            .configured(
                "values.yaml",
                "rig: {dockerRegistries: {'%s': {username: %s, password: %s}}}\n"
                    .formatted(registry.host(), USER, PASSWORD));
    daemon.start();
    var socket = daemon.socket().resolveSibling("platform.sock");
    Eventually.within(Duration.ofSeconds(20), () -> Files.exists(socket), socket::toString);
    var platform = new HttpOverUnix(socket);
    var first = new Sample();
    var again = new Sample();
    var oneOfSkopeo = new Sample();
    var bare = new Sample();
    var questions = new BareClient(registry.host(), auth);
    for (int turn = ROUNDS - IMAGES; turn < ROUNDS; turn++) {
      int tag = Math.floorMod(turn, IMAGES);
      var image = repository + ":" + tag;
      double ours = millis(() -> resolve(platform, image));
      double theirs = millis(() -> inspect(bench, skopeo, config, image));
      double registrys = millis(() -> questions.ask(tag));
      double oursAgain = millis(() -> resolve(platform, image));
      if (turn >= 0) {
        first.add(ours);
        again.add(oursAgain);
        oneOfSkopeo.add(theirs);
        bare.add(registrys);
      }
    }
    var many = new Sample();
    var manyOfSkopeo = new Sample();
    for (int round = -1; round < MANY_ROUNDS; round++) {
      double ours = millis(() -> each(i -> resolve(platform, repository + ":" + i)));
      double theirs = millis(() -> each(i -> inspect(bench, skopeo, config, repository + ":" + i)));
      if (round >= 0) {
        many.add(ours);
        manyOfSkopeo.add(theirs);
      }
    }
    return List.of(
        Row.beside(
            "1 image that was resolved before, median of " + ROUNDS,
            Unit.MILLIS,
            again.median(),
            "`skopeo inspect --no-tags`",
            oneOfSkopeo.median(),
            new Aim.Ratio(MOST)),
        Row.beside(
            "1 image for the first time, median of " + ROUNDS,
            Unit.MILLIS,
            first.median(),
            "`skopeo inspect --no-tags`",
            oneOfSkopeo.median(),
            new Aim.Ratio(MOST)),
        Row.beside(
            "1 image for the first time, median of " + ROUNDS,
            Unit.MILLIS,
            first.median(),
            "the registry's own time: a bare HTTP client asks it the same two things",
            bare.median(),
            new Aim.None()),
        Row.beside(
            "100 images that were resolved before, 8 at a time, median of " + MANY_ROUNDS,
            Unit.MILLIS,
            many.median(),
            "`skopeo inspect --no-tags`, 8 at a time",
            manyOfSkopeo.median(),
            new Aim.Ratio(MOST)));
  }

  /** Each tag is an image of its own. */
  private static void push(Workbench bench, Path skopeo, String repository)
      throws InterruptedException, ExecutionException {
    var created = Instant.parse("2026-01-02T03:04:05Z");
    each(i -> {
      var layout =
          ImageLayout.write(
              bench.folder().resolve("image-" + i), created.plusSeconds(i).toString(), "amd64");
      Command.of(
              skopeo,
              "--insecure-policy",
              "copy",
              "--dest-tls-verify=false",
              "--dest-creds",
              USER + ":" + PASSWORD,
              "oci:" + layout,
              "docker://" + repository + ":" + i)
          .with("TMPDIR", bench.folder())
          .run()
          .succeeded();
    });
  }

  private static void resolve(HttpOverUnix platform, String image) {
    var reply = platform.get("/v1/images?image=" + image);
    if (reply.status() != 200) {
      throw new IllegalStateException(reply.toString());
    }
  }

  private static void inspect(Workbench bench, Path skopeo, Path config, String image) {
    Command.of(skopeo, "inspect", "--no-tags", "--tls-verify=false", "docker://" + image)
        .with("TMPDIR", bench.folder())
        .with("HOME", bench.folder())
        .with("REGISTRY_AUTH_FILE", config)
        .run()
        .succeeded();
  }

  /** The least that has to be asked of the registry: the manifest, then the configuration. */
  private static final class BareClient {
    private static final Pattern DIGEST = Pattern.compile("\"config\":.*?(sha256:[0-9a-f]{64})");

    private final HttpClient http = HttpClient.newHttpClient();
    private final String base;
    private final String auth;

    BareClient(String host, String auth) {
      this.base = "http://" + host + "/v2/acme/app/";
      this.auth = auth;
    }

    void ask(int tag) throws IOException, InterruptedException {
      var found = DIGEST.matcher(get("manifests/" + tag));
      if (!found.find()) {
        throw new IllegalStateException("a manifest without a configuration");
      }
      get("blobs/" + found.group(1));
    }

    private String get(String path) throws IOException, InterruptedException {
      var request =
          HttpRequest.newBuilder(URI.create(base + path))
              .header("Authorization", "Basic " + auth)
              .header("Accept", "application/vnd.oci.image.manifest.v1+json")
              .build();
      var response = http.send(request, BodyHandlers.ofString());
      if (response.statusCode() != 200) {
        throw new IllegalStateException(path + ": " + response.statusCode());
      }
      return response.body();
    }
  }

  private interface Work {
    void on(int image);
  }

  /** Does it for all images, eight at a time. */
  private static void each(Work work) throws InterruptedException, ExecutionException {
    try (var threads = Executors.newFixedThreadPool(AT_A_TIME)) {
      List<Callable<Object>> tasks =
          IntStream.range(0, IMAGES).mapToObj(i -> Executors.callable(() -> work.on(i))).toList();
      for (Future<?> done : threads.invokeAll(tasks)) {
        done.get();
      }
    }
  }

  private interface Timed {
    void run() throws Exception;
  }

  private static double millis(Timed work) throws Exception {
    long began = System.nanoTime();
    work.run();
    return (System.nanoTime() - began) / 1e6;
  }
}
