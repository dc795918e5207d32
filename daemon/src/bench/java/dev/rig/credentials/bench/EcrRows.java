package dev.rig.credentials.bench;

import dev.rig.credentials.testing.GoModule;
import dev.rig.credentials.testing.Tool;
import dev.rig.credentials.testing.cloud.MotoServer;
import dev.rig.credentials.testing.daemon.Command;
import dev.rig.credentials.testing.daemon.DaemonUnderTest;
import dev.rig.credentials.testing.machine.PrivateFile;
import dev.rig.credentials.testing.machine.ProcFiles;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;
import org.opentest4j.AssertionFailedError;
import org.opentest4j.TestAbortedException;

/** Tokens of ECR, compared with Amazon's own programs; all use the same moto. */
final class EcrRows implements Rows {
  private static final int ROUNDS = 100;
  private static final int COLD = 7;
  private static final String REGION = "eu-west-1";
  private static final String HOST = "%012d.dkr.ecr." + REGION + ".amazonaws.com";
  private static final String GLOB = "\"*.dkr.ecr.*.amazonaws.com\"";
  private static final double RESIDENT_MIB = 130;
  private static final double LIBRARIES_MIB = 25;
  private static final String ROLE = "arn:aws:iam::123456789012:role/pull";
  private static final String FETCHED = "`docker-credential-rig get`, a token that is fetched";
  private static final String FIRST = "`docker-credential-rig get`, the first token after a start";
  private static final String CACHED =
      "`docker-credential-rig get` through `helper: ecr-login`, cached";
  private static final String HELPER = "`docker-credential-ecr-login get`";

  private static final String OF_A_POD =
      "`rig-credential-provider` with a pod's token, cached, median of " + ROUNDS;

  /** An unsigned token of the service account {@code a} in the namespace {@code t}. */
  private static final String POD_TOKEN =
      "e30."
          + Base64.getUrlEncoder()
              .withoutPadding()
              .encodeToString(
                  """
                  {"exp":9999999999,"sub":"system:serviceaccount:t:a","kubernetes.io":\
                  {"namespace":"t","serviceaccount":{"name":"a","uid":"1"}}}\
                  """
                      .getBytes(StandardCharsets.UTF_8))
          + ".c2ln";

  /** The libraries of the clouds, and those that only they need. */
  private static final Pattern LIBRARIES =
      Pattern.compile(
          "(annotations|auth|aws-.*|checksums.*|ecr.*|endpoints-spi|eventstream|http-auth.*"
              + "|http-client-spi|identity-spi|json-utils|metrics-spi|profiles|protocol-core"
              + "|reactive-streams|regions|retries.*|sdk-core|sso.*|sts|third-party-.*|utils.*"
              + "|google-.*|api-common|gson|grpc-.*|guava|failureaccess|listenablefuture"
              + "|j2objc-annotations|error_prone_annotations|opencensus-.*|msal4j|azure-json)"
              + "-[0-9].*\\.jar");

  private static final double MIB = 1024 * 1024;

  @Override
  public String title() {
    return "Tokens of ECR, from moto";
  }

  @Override
  public List<Row> measure(Workbench bench) throws Exception {
    var moto = bench.reaper().own(new MotoServer());
    var rows = new ArrayList<Row>();
    rows.addAll(orMissing(FETCHED, () -> fetched(bench, moto)));
    rows.addAll(orMissing(FIRST, () -> cold(bench, moto)));
    rows.addAll(orMissing(CACHED, () -> cached(bench, moto)));
    rows.addAll(orMissing(OF_A_POD, () -> ofAPod(bench, moto)));
    rows.add(libraries());
    return rows;
  }

  private static List<Row> orMissing(String measured, Callable<List<Row>> rows) throws Exception {
    try {
      return rows.call();
    } catch (TestAbortedException | AssertionFailedError e) {
      return List.of(Row.missing(measured, String.valueOf(e.getMessage())));
    }
  }

  private static DaemonUnderTest daemon(Workbench bench, String name, String source) {
    return bench
        .daemon(name)
        .configured("values.yaml", "rig:\n  dockerRegistries:\n    " + GLOB + ": " + source + "\n");
  }

  private static DaemonUnderTest provider(Workbench bench, String name, MotoServer moto) {
    return daemon(bench, name, "{provider: ecr}")
        .with("AWS_ENDPOINT_URL", moto.now())
        .with("AWS_ACCESS_KEY_ID", "AKIAIOSFODNN7EXAMPLE")
        .with("AWS_SECRET_ACCESS_KEY", "not-a-key");
  }

  private static Path rig() {
    return Workbench.distribution().resolve("bin/docker-credential-rig");
  }

  private static Path ecrLogin() {
    return GoModule.ECR_LOGIN.program("docker-credential-ecr-login");
  }

  private static Peers peers(Workbench bench, Path stdin, DaemonUnderTest daemon, MotoServer moto) {
    return new Peers(stdin)
        .with("RIG_CREDENTIALS_SOCKET", daemon.socket())
        .with("HOME", bench.home("home"))
        .with("AWS_ENDPOINT_URL", moto.now())
        .with("AWS_ACCESS_KEY_ID", "AKIAIOSFODNN7EXAMPLE")
        .with("AWS_SECRET_ACCESS_KEY", "not-a-key")
        .ours(rig(), "get");
  }

  /** Every round has its own registry, for which the daemon has no token. */
  private static List<Row> fetched(Workbench bench, MotoServer moto) throws Exception {
    var daemon = provider(bench, "w", moto);
    var registries = bench.home("registries");
    for (int i = 0; i < ROUNDS + Peers.WARM_UP; i++) {
      Files.writeString(registries.resolve(Integer.toString(i)), HOST.formatted(i));
    }
    try (var _ = daemon.start()) {
      return peers(bench, registries, daemon, moto)
          .with("AWS_ECR_DISABLE_CACHE", "true")
          .beside(
              HELPER + " without its cache",
              new Aim.Ratio(1.5),
              () -> new Object[] {ecrLogin(), "get"})
          .measure(bench.compiled("spawn"), ROUNDS, FETCHED + ", median of " + ROUNDS);
    }
  }

  private static List<Row> cold(Workbench bench, MotoServer moto) throws Exception {
    var ours = new Sample();
    var theirs = new Sample();
    var resident = new Sample();
    var aws =
        Command.of(
                Tool.AWS.path(),
                "ecr",
                "get-login-password",
                "--region",
                REGION,
                "--endpoint-url",
                moto.now())
            .with("AWS_ACCESS_KEY_ID", "AKIAIOSFODNN7EXAMPLE")
            .with("AWS_SECRET_ACCESS_KEY", "not-a-key");
    aws.run().succeeded();
    for (int i = 0; i < COLD; i++) {
      var daemon = provider(bench, "c" + i, moto);
      var get =
          Command.of(rig(), "get")
              .with("RIG_CREDENTIALS_SOCKET", daemon.socket())
              .reading(HOST.formatted(1));
      try (var running = daemon.start()) {
        ours.add(millis(get));
        resident.add(ProcFiles.residentKib(running.pid()) / 1024.0);
      }
      theirs.add(millis(aws));
    }
    return List.of(
        Row.beside(
            FIRST + ", median of " + COLD,
            Unit.MILLIS,
            ours.median(),
            "`aws ecr get-login-password`",
            theirs.median(),
            new Aim.Ratio(1)),
        Row.alone(
            "resident memory with one entry after its first token, median of " + COLD,
            Unit.MIB,
            resident.median(),
            new Aim.Most(RESIDENT_MIB)));
  }

  private static double millis(Command command) {
    long start = System.nanoTime();
    command.run().succeeded();
    return (System.nanoTime() - start) / 1e6;
  }

  /** Amazon's helper as an entry; when called directly, it uses its own cache of files. */
  private static List<Row> cached(Workbench bench, MotoServer moto) throws Exception {
    var daemon =
        daemon(bench, "h", "{helper: ecr-login, expire: 1h}")
            .with("PATH", ecrLogin().getParent() + ":/usr/bin:/bin")
            .with("AWS_ENDPOINT_URL", moto.now())
            .with("AWS_ACCESS_KEY_ID", "AKIAIOSFODNN7EXAMPLE")
            .with("AWS_SECRET_ACCESS_KEY", "not-a-key");
    var key = PrivateFile.write(bench.folder().resolve("key"), HOST.formatted(1));
    try (var _ = daemon.start()) {
      return peers(bench, key, daemon, moto)
          .beside(HELPER, new Aim.Ratio(0.15), () -> new Object[] {ecrLogin(), "get"})
          .measure(bench.compiled("spawn"), ROUNDS, CACHED + ", median of " + ROUNDS);
    }
  }

  /** The kubelet runs a plugin for each image; Kubernetes' own has no cache. */
  private static List<Row> ofAPod(Workbench bench, MotoServer moto) throws Exception {
    var daemon =
        daemon(bench, "p", "{provider: ecr, serviceAccount: required}")
            .with("AWS_ENDPOINT_URL", moto.now());
    var request =
        Files.writeString(
            bench.folder().resolve("of-a-pod"),
            """
            {"apiVersion":"credentialprovider.kubelet.k8s.io/v1","kind":"CredentialProviderRequest",\
            "image":"%s/app:1","serviceAccountToken":"%s","serviceAccountAnnotations":\
            {"eks.amazonaws.com/role-arn":"%s","eks.amazonaws.com/ecr-role-arn":"%s"}}
            """
                .formatted(HOST.formatted(1), POD_TOKEN, ROLE, ROLE));
    try (var _ = daemon.start()) {
      return new Peers(request)
          .with("RIG_CREDENTIALS_SOCKET", daemon.socket())
          .with("AWS_ENDPOINT_URL", moto.now())
          .ours(Workbench.distribution().resolve("bin/rig-credential-provider"))
          .beside(
              "`ecr-credential-provider` of Kubernetes, which asks moto",
              new Aim.Ratio(0.2),
              () -> new Object[] {GoModule.ECR_PLUGIN.program("ecr-credential-provider")})
          .measure(bench.compiled("spawn"), ROUNDS, OF_A_POD);
    }
  }

  private static Row libraries() throws IOException {
    try (var files = Files.list(Workbench.distribution().resolve("lib"))) {
      double bytes =
          files
              .filter(file -> LIBRARIES.matcher(file.getFileName().toString()).matches())
              .mapToLong(file -> file.toFile().length())
              .sum();
      return Row.alone(
          "libraries of the clouds in the distribution",
          Unit.MIB,
          bytes / MIB,
          new Aim.Most(LIBRARIES_MIB));
    }
  }
}
