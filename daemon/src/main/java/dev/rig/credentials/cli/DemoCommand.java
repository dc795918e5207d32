package dev.rig.credentials.cli;

import static dev.rig.credentials.config.DaemonSettings.ADMIN;
import static dev.rig.credentials.config.DaemonSettings.LOG_AUDIT;
import static dev.rig.credentials.config.DaemonSettings.SEALING_KEY_FILE;
import static dev.rig.credentials.config.DaemonSettings.SOCKET;
import static dev.rig.credentials.config.DaemonSettings.STATE_DIR;
import static dev.rig.credentials.config.DaemonSettings.UNSET;
import static dev.rig.credentials.config.DaemonSettings.WARM_RESTART;

import dev.rig.credentials.app.Daemon;
import dev.rig.credentials.app.EffectiveSettings;
import dev.rig.credentials.app.logging.Logging;
import dev.rig.credentials.cli.client.DaemonClient;
import dev.rig.credentials.cli.output.CommandException;
import dev.rig.credentials.cli.output.Console;
import dev.rig.credentials.cli.output.Durations;
import dev.rig.credentials.cli.output.ExitStatus;
import dev.rig.credentials.cli.output.TextTable;
import dev.rig.credentials.cli.output.Version;
import dev.rig.credentials.config.AdminAddress;
import dev.rig.credentials.config.LogFormat;
import dev.rig.credentials.config.LogLevel;
import dev.rig.credentials.config.files.ConfigWatch;
import dev.rig.credentials.config.reader.ConfigLoader;
import dev.rig.credentials.files.AtomicFile;
import dev.rig.credentials.json.JsonObject;
import dev.rig.credentials.source.process.ProcessOutcome;
import dev.rig.credentials.source.process.ProcessSpec;
import dev.rig.credentials.store.SealingKey;
import dev.rig.credentials.time.Ticker;
import dev.rig.credentials.wire.Action;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.stream.LongStream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Demonstrates the daemon on an embedded example. */
@Command(
    name = "demo",
    mixinStandardHelpOptions = true,
    description = {
      "Run the daemon on a built-in example, show what it answers, and exit.",
      "Starts a daemon in a private folder, asks it through docker-credential-rig and as a kubelet"
          + " would, and prints what it answers."
    })
final class DemoCommand implements Callable<Integer> {
  private static final String HELPER = "docker-credential-rig";
  private static final String PROVIDER = "rig-credential-provider";
  private static final int TIMED_ASKS = 50;

  /** So many that the first compiler takes what runs once in each round. */
  private static final int TRAINING_ROUNDS = 260;

  /** The limit on a slow machine; a quarter of the rounds is enough. */
  private static final Duration TRAINING = Duration.ofSeconds(20);

  @Option(names = "--keep", description = "Keep serving after the demo, and print commands to try.")
  private boolean keep;

  @Option(
      names = "--training",
      hidden = true,
      description =
          "Also run the start of serve, and start twice; the build records the AOT cache with"
              + " this.")
  private boolean training;

  private final Console console;
  private final Ticker ticker = Ticker.system();
  private final InstantSource clock = InstantSource.system();

  DemoCommand(Console console) {
    this.console = console;
  }

  private record HelperCall(String program, String action, String key, String payload) {
    static HelperCall helper(String key) {
      return new HelperCall(HELPER, "get", key, key);
    }

    static HelperCall kubelet(String image) {
      return new HelperCall(
          PROVIDER,
          "",
          image,
          """
          {"apiVersion":"credentialprovider.kubelet.k8s.io/v1",\
          "kind":"CredentialProviderRequest","image":"%s"}\
          """
              .formatted(image));
    }
  }

  private static final List<HelperCall> QUESTIONS =
      List.of(
          HelperCall.helper("https://index.docker.io/v1/"),
          HelperCall.helper("registry.gitlab.com"),
          HelperCall.helper("registry.gitlab.com/rigdev/foobar"),
          HelperCall.helper("1234.dkr.ecr.eu-west-1.amazonaws.com"),
          HelperCall.helper("example.org"),
          HelperCall.kubelet("docker.io/library/nginx"),
          HelperCall.kubelet("registry.gitlab.com/rigdev/foobar"));

  @Override
  public Integer call() throws InterruptedException {
    var folder = privateFolder();
    if (training) {
      train(folder);
    }
    Logging.configure(LogLevel.WARN, LogFormat.TEXT, console.err());
    try (var daemon = start(folder)) {
      // Ctrl-C stops the scripts' processes too; closing twice has no effect.
      Runnable stop = daemon::close;
      Runtime.getRuntime()
          .addShutdownHook(
              Thread.ofPlatform()
                  .unstarted(() -> {
                    stop.run();
                    delete(folder);
                  }));
      int status = show(daemon, !training);
      if (keep) {
        hints(daemon.socket());
        daemon
            .admin()
            .ifPresent(admin ->
                console.out().println("  a browser at http://127.0.0.1:" + admin.getPort() + "/"));
        console.out().flush();
        new CountDownLatch(1).await();
      }
      return status;
    } finally {
      delete(folder);
    }
  }

  /**
   * Runs a daemon as on a machine that ran one before, with its log, for the AOT cache. The HTTP
   * client is not used, because most daemons query no registry.
   */
  private void train(Path folder) throws InterruptedException {
    var nobody = new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8);
    var silent = new Console(nobody, nobody, console.environment(), false, console.root());
    ServeCommand.rehearse(
        silent,
        "serve",
        "--config",
        values(folder).toString(),
        "--socket",
        socket(folder).toString(),
        "--state-dir",
        folder.resolve("state").toString(),
        "--admin",
        "127.0.0.1:0",
        "--log-level",
        "info");
    try (var daemon = start(folder)) {
      int _ = new DemoCommand(silent).show(daemon, false);
      long end = ticker.nanos() + TRAINING.toNanos();
      for (int round = 0; round < TRAINING_ROUNDS && ticker.nanos() < end; round++) {
        repeat(daemon, folder, round);
      }
    }
  }

  /** Does what a daemon does for as long as it runs: each host is a new lease of the script. */
  private static void repeat(Daemon daemon, Path folder, int round) {
    var client = new DaemonClient(daemon.socket());
    client.ask(Action.GET, round + ".dkr.ecr.eu-west-1.amazonaws.com");
    client.ask(Action.LIST, "");
    values(folder, "# " + round + "\n");
    daemon.reload();
  }

  private static Path socket(Path folder) {
    return folder.resolve("credentials.sock");
  }

  private static Path values(Path folder) {
    return values(folder, "");
  }

  private static Path values(Path folder, String comment) {
    var values = folder.resolve("values.yaml");
    try (var example = DemoCommand.class.getResourceAsStream("demo.yaml")) {
      if (example == null) {
        throw new CommandException(
            ExitStatus.FAILED, "the built-in example is missing from this build");
      }
      var text = new String(example.readAllBytes(), StandardCharsets.UTF_8) + comment;
      AtomicFile.replace(values, text.getBytes(StandardCharsets.UTF_8));
      return values;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private Daemon start(Path folder) {
    var values = values(folder);
    var configuration = ConfigLoader.load(List.of(values));
    var flags =
        UNSET
            .with(SOCKET, socket(folder))
            .with(ADMIN, new AdminAddress.Tcp("127.0.0.1", 0))
            .with(STATE_DIR, folder.resolve("state"))
            .with(WARM_RESTART, true)
            .with(SEALING_KEY_FILE, sealingKey(folder))
            .with(LOG_AUDIT, false);
    var settings =
        EffectiveSettings.resolve(
            configuration.daemon(), flags, console.environment(), console.root());
    return Daemon.start(
        configuration,
        new ConfigWatch(List.of(values)),
        settings,
        console.environment(),
        Version.text());
  }

  /** Creates a key of its own, as production daemons should have. */
  private static Path sealingKey(Path folder) {
    var file = folder.resolve("sealing-key");
    if (Files.exists(file)) {
      return file;
    }
    var bytes = new byte[SealingKey.SHORTEST];
    new SecureRandom().nextBytes(bytes);
    try {
      AtomicFile.create(file, bytes);
      return file;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private int show(Daemon daemon, boolean overHttp) throws InterruptedException {
    var client = new DaemonClient(daemon.socket());
    var table =
        new TextTable(
            "ASKED BY", "QUESTION", "PREFIX", "SOURCE", "EXPIRES IN", "USERNAME", "MICROS");
    boolean right = true;
    for (var question : QUESTIONS) {
      var answer = ask(daemon, question);
      boolean miss = question.key().equals("example.org");
      right &= answer.username().isEmpty() == miss;
      var explained = DaemonClient.parse(client.ask(Action.EXPLAIN, question.key()).body());
      var entry = explained.object("answering");
      table.row(
          question.program(),
          question.key(),
          entry.display("prefix"),
          entry.display("source"),
          explained.has("answering") ? expiry(entry) : "-",
          answer.username().isEmpty() ? answer.text() : answer.username(),
          Long.toString(micros(client, question)));
    }
    table.print(console.out());
    console.out().println();
    console.out().println("$ rig-credentials explain registry.gitlab.com/rigdev/foobar");
    var image = "registry.gitlab.com/rigdev/foobar";
    var explained = DaemonClient.parse(client.ask(Action.EXPLAIN, image).body());
    ExplainCommand.print(console, image, explained, clock);
    if (overHttp) {
      right &= new DemoHttp(console).show(daemon, image);
    } else {
      DemoHttp.rehearse(daemon, image);
    }
    return right ? ExitStatus.OK : ExitStatus.FAILED;
  }

  /** What a helper printed; the user name is empty if the text is not a credential. */
  private record HelperOutput(String text, String username) {}

  /** Runs the native helper as a client does: the payload on stdin, the answer on stdout. */
  private HelperOutput ask(Daemon daemon, HelperCall question) {
    var helper = helperFolder().resolve(question.program());
    var outcome =
        daemon
            .processes()
            .run(
                ProcessSpec.script(
                    "printf %s \"$PAYLOAD\" | \"$PROGRAM\" $ACTION\n",
                    Map.of(
                        "PAYLOAD", question.payload(),
                        "PROGRAM", helper.toString(),
                        "ACTION", question.action(),
                        "RIG_CREDENTIALS_SOCKET", daemon.socket().toString()),
                    Duration.ofSeconds(30)))
            .join();
    var text = new String(outcome.stdout(), StandardCharsets.UTF_8).strip();
    boolean answered = outcome.ending() instanceof ProcessOutcome.Exited(var status) && status == 0;
    if (!answered) {
      return new HelperOutput(text.isEmpty() ? String.join(" ", outcome.stderr()) : text, "");
    }
    var json = DaemonClient.parse(outcome.stdout());
    var auth = json.object("auth");
    var login = auth.fields().keySet().stream().findFirst().map(auth::object).orElse(auth);
    return new HelperOutput(text, json.textOrEmpty("Username") + login.textOrEmpty("username"));
  }

  private Path helperFolder() {
    var home = System.getProperty("rig.home");
    var bin = home == null ? Path.of("/usr/bin") : Path.of(home, "bin");
    if (!Files.isExecutable(bin.resolve(HELPER))) {
      throw new CommandException(
          ExitStatus.FAILED,
          "there is no " + HELPER + " in " + bin + "; run the demo of a built distribution");
    }
    return bin;
  }

  /**
   * Returns the median duration of an answer over the socket, including the connect, in
   * microseconds.
   */
  private long micros(DaemonClient client, HelperCall question) {
    var action = question.program().equals(HELPER) ? Action.GET : Action.KUBELET;
    long[] sorted =
        LongStream.generate(
                () -> {
                  long began = ticker.nanos();
                  client.ask(action, question.payload());
                  return ticker.nanos() - began;
                })
            .limit(TIMED_ASKS)
            .sorted()
            .toArray();
    return sorted[TIMED_ASKS / 2] / 1000;
  }

  private String expiry(JsonObject entry) {
    return entry.has("expiresAt")
        ? Durations.text(
            Duration.between(clock.instant(), Instant.parse(entry.display("expiresAt"))))
        : "never";
  }

  private void hints(Path socket) {
    var home = System.getProperty("rig.home", "");
    var bin = home.isEmpty() ? "" : home + "/bin/";
    console.out().println();
    console.out().println("The daemon keeps serving until Ctrl-C. In another shell:");
    console.out().println("  export RIG_CREDENTIALS_SOCKET=" + socket);
    console.out().println("  echo registry.gitlab.com/rigdev/foobar | " + bin + HELPER + " get");
    console.out().println("  " + bin + "rig-credentials list");
    console.out().println("  " + bin + "rig-credentials explain nginx");
    console.out().println("  printf 'get\\nnginx' | socat - UNIX:" + socket);
    console.out().flush();
  }

  private static Path privateFolder() {
    try {
      return Files.createTempDirectory("rig-credentials-demo-"); // created with mode 0700
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void delete(Path folder) {
    if (!Files.exists(folder)) {
      return;
    }
    try (var files = Files.walk(folder)) {
      for (var file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
    } catch (IOException | UncheckedIOException e) {
      // The folder is private and in the system's folder for temporary files.
      System.getLogger(DemoCommand.class.getName())
          .log(System.Logger.Level.WARNING, "cannot delete " + folder);
    }
  }
}
