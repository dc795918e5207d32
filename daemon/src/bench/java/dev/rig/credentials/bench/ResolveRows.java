package dev.rig.credentials.bench;

import dev.rig.credentials.testing.Tool;
import dev.rig.credentials.testing.daemon.Command;
import dev.rig.credentials.testing.daemon.HttpOverUnix;
import dev.rig.credentials.testing.machine.PrivateFile;
import dev.rig.credentials.testing.registry.ImageLayout;
import dev.rig.credentials.testing.registry.RegistryServer;
import dev.rig.credentials.testing.registry.TokenServer;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** Resolving a tag through the warm daemon, and by a whole process of skopeo. */
final class ResolveRows implements Rows {
  private static final int ROUNDS = 40;
  private static final int MANY_ROUNDS = 5;
  private static final int IMAGES = 100;

  /** How often both clients resolve as many other images first: a daemon runs for weeks. */
  private static final int WARM_UP = 20;

  private static final int AT_A_TIME = 8;
  private static final double MOST = 0.2;
  private static final double MOST_OF_BARE = 1.15;
  private static final String USER = "bot";
  private static final String PASSWORD = "of-the-registry";

  @Override
  public String title() {
    return "Resolving an image of a registry on loopback, whole process against the warm daemon";
  }

  @Override
  public List<Row> measure(Workbench bench) throws Exception {
    var rows = new ArrayList<Row>();
    var bcrypt =
        RegistryServer.start(bench.reaper(), bench.folder().resolve("r"), Map.of(USER, PASSWORD));
    rows.addAll(measure(bench, bcrypt, null));
    var tokens = bench.reaper().own(TokenServer.start(USER, PASSWORD));
    var byToken = RegistryServer.start(bench.reaper(), bench.folder().resolve("t"), tokens);
    rows.addAll(measure(bench, byToken, tokens));
    return rows;
  }

  /**
   * The rows of one registry.
   *
   * @param tokens its token service; null if it checks passwords itself, with bcrypt
   */
  private static List<Row> measure(
      Workbench bench, RegistryServer registry, @Nullable TokenServer tokens) throws Exception {
    var skopeo = Tool.SKOPEO.path();
    var repository = registry.host() + "/acme/app";
    var name = tokens == null ? "p" : "t";
    var auth =
        Base64.getEncoder()
            .encodeToString((USER + ":" + PASSWORD).getBytes(StandardCharsets.UTF_8));
    var config =
        PrivateFile.write(
            bench.folder().resolve(name + ".json"),
            "{\"auths\":{\"%s\":{\"auth\":\"%s\"}}}".formatted(registry.host(), auth));
    push(bench, skopeo, repository, name);
    var realms =
        tokens == null
            ? ""
            : "daemon: {registryClient: {realms: {'%s': ['%s']}}}\n"
                .formatted(registry.host(), tokens.host());
    var daemon =
        bench
            .daemon("d" + name)
            .configured(
                "values.yaml",
                "rig: {dockerRegistries: {'%s': {username: %s, password: %s}}}\n"
                        .formatted(registry.host(), USER, PASSWORD)
                    + realms);
    daemon.start();
    var socket = daemon.socket().resolveSibling("platform.sock");
    var platform = HttpOverUnix.listening(socket);
    var first = new Sample();
    var again = new Sample();
    var oneOfSkopeo = new Sample();
    var bareFirst = new Sample();
    var bareAgain = new Sample();
    try (var questions = new BareClient(registry.host(), auth, tokens)) {
      for (int turn = 0; turn < WARM_UP * IMAGES; turn++) {
        int other = IMAGES + turn % IMAGES;
        resolve(platform, repository + ":" + other);
        questions.ask(other, true);
      }
      for (int turn = ROUNDS - IMAGES; turn < ROUNDS; turn++) {
        int tag = Math.floorMod(turn, IMAGES);
        var image = repository + ":" + tag;
        double ours = millis(() -> resolve(platform, image));
        double theirs = millis(() -> inspect(bench, skopeo, config, image));
        double both = millis(() -> questions.ask(tag, true));
        double oursAgain = millis(() -> resolve(platform, image));
        double one = millis(() -> questions.ask(tag, false));
        if (turn >= 0) {
          first.add(ours);
          again.add(oursAgain);
          oneOfSkopeo.add(theirs);
          bareFirst.add(both);
          bareAgain.add(one);
        }
      }
    }
    var many = new Sample();
    var manyOfSkopeo = new Sample();
    for (int round = -1; round < MANY_ROUNDS; round++) {
      double ours = millis(() -> each(IMAGES, i -> resolve(platform, repository + ":" + i)));
      double theirs =
          millis(() -> each(IMAGES, i -> inspect(bench, skopeo, config, repository + ":" + i)));
      if (round >= 0) {
        many.add(ours);
        manyOfSkopeo.add(theirs);
      }
    }
    var where = tokens == null ? " (registry with bcrypt)" : " (registry with a token service)";
    // A registry that checks bcrypt at each request spends most of the time on that.
    Aim besideSkopeo = tokens == null ? new Aim.None() : new Aim.Ratio(MOST);
    return List.of(
        Row.beside(
            "1 image that was resolved before, median of " + ROUNDS + where,
            Unit.MILLIS,
            again.median(),
            "a bare HTTP client asks the registry the same",
            bareAgain.median(),
            new Aim.Ratio(MOST_OF_BARE)),
        Row.beside(
            "1 image for the first time, median of " + ROUNDS + where,
            Unit.MILLIS,
            first.median(),
            "a bare HTTP client asks the registry the same",
            bareFirst.median(),
            new Aim.Ratio(MOST_OF_BARE)),
        Row.beside(
            "1 image that was resolved before, median of " + ROUNDS + where,
            Unit.MILLIS,
            again.median(),
            "`skopeo inspect --no-tags`",
            oneOfSkopeo.median(),
            besideSkopeo),
        Row.beside(
            "1 image for the first time, median of " + ROUNDS + where,
            Unit.MILLIS,
            first.median(),
            "`skopeo inspect --no-tags`",
            oneOfSkopeo.median(),
            besideSkopeo),
        Row.beside(
            "100 images that were resolved before, 8 at a time, median of " + MANY_ROUNDS + where,
            Unit.MILLIS,
            many.median(),
            "`skopeo inspect --no-tags`, 8 at a time",
            manyOfSkopeo.median(),
            new Aim.Ratio(MOST)));
  }

  /** Pushes an image of its own for each tag; the upper half is for the warm-up. */
  private static void push(Workbench bench, Path skopeo, String repository, String name)
      throws InterruptedException, ExecutionException {
    var created = Instant.parse("2026-01-02T03:04:05Z");
    each(
        2 * IMAGES,
        i -> {
          var layout =
              ImageLayout.write(
                  bench.folder().resolve(name + "-image-" + i),
                  created.plusSeconds(i).toString(),
                  "amd64");
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

  /**
   * A client with the fewest possible requests: a token while none is valid, the manifest, the
   * configuration.
   */
  private static final class BareClient implements AutoCloseable {
    private static final Pattern DIGEST = Pattern.compile("\"config\":.*?(sha256:[0-9a-f]{64})");
    private static final Pattern TOKEN = Pattern.compile("\"token\":\"([^\"]+)\"");

    /** As the daemon does: a minute, which is the standard, without a margin. */
    private static final Duration TOKEN_LIFE = Duration.ofSeconds(45);

    private final HttpClient http = HttpClient.newHttpClient();
    private final String base;
    private final String basic;
    private final @Nullable String realm;
    private String authorization = "";
    private long until;

    BareClient(String host, String auth, @Nullable TokenServer tokens) {
      this.base = "http://" + host + "/v2/acme/app/";
      this.basic = "Basic " + auth;
      this.realm =
          tokens == null
              ? null
              : tokens.realm()
                  + "?service="
                  + TokenServer.SERVICE.replace(" ", "+")
                  + "&scope=repository%3Aacme%2Fapp%3Apull";
    }

    void ask(int tag, boolean configuration) throws IOException, InterruptedException {
      if (realm == null) {
        authorization = basic;
      } else if (authorization.isEmpty() || until - System.nanoTime() < 0) {
        authorization = "Bearer " + found(TOKEN, get(realm, basic), "a token");
        until = System.nanoTime() + TOKEN_LIFE.toNanos();
      }
      var manifest = get(base + "manifests/" + tag, authorization);
      if (configuration) {
        get(base + "blobs/" + found(DIGEST, manifest, "a configuration"), authorization);
      }
    }

    private static String found(Pattern pattern, String text, String what) {
      var matcher = pattern.matcher(text);
      if (!matcher.find()) {
        throw new IllegalStateException("an answer without " + what);
      }
      return matcher.group(1);
    }

    private String get(String address, String authorization)
        throws IOException, InterruptedException {
      var request =
          HttpRequest.newBuilder(URI.create(address))
              .header("Authorization", authorization)
              .header("Accept", "application/vnd.oci.image.manifest.v1+json")
              .build();
      var response = http.send(request, BodyHandlers.ofString());
      if (response.statusCode() != 200) {
        throw new IllegalStateException(address + ": " + response.statusCode());
      }
      return response.body();
    }

    @Override
    public void close() {
      http.close();
    }
  }

  private interface Work {
    void on(int image);
  }

  /** Runs the work for that many images, eight at a time. */
  private static void each(int images, Work work) throws InterruptedException, ExecutionException {
    try (var threads = Executors.newFixedThreadPool(AT_A_TIME)) {
      List<Callable<Object>> tasks =
          IntStream.range(0, images).mapToObj(i -> Executors.callable(() -> work.on(i))).toList();
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
