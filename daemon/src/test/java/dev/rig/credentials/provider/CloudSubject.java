package dev.rig.credentials.provider;

import dev.rig.credentials.credential.CredentialSource;
import dev.rig.credentials.credential.ProviderKind;
import dev.rig.credentials.credential.SourceRequest;
import dev.rig.credentials.json.JsonForm;
import dev.rig.credentials.json.JsonWriter;
import dev.rig.credentials.source.EntryProgram;
import dev.rig.credentials.source.HeldSecrets;
import dev.rig.credentials.source.HelperSource;
import dev.rig.credentials.source.process.ProcessRunner;
import dev.rig.credentials.source.process.Shell;
import dev.rig.credentials.testing.FakeTime;
import dev.rig.credentials.testing.cloud.FakeCloud;
import dev.rig.credentials.testing.cloud.FakeCloud.CloudReply;
import dev.rig.credentials.testing.cloud.FakeCloud.CloudRequest;
import dev.rig.credentials.testing.machine.SpecialFile;
import dev.rig.credentials.testing.registry.TestAuthority;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** A source of credentials outside this process, whose service can fail. */
abstract class CloudSubject implements AutoCloseable {
  /** The source, and the failing one of its services. */
  enum CloudService {
    ECR,
    ECR_BY_STS,
    GOOGLE,
    GOOGLE_BY_STS,
    AZURE,
    AZURE_BY_ENTRA,
    GITHUB_APP,
    HELPER
  }

  /** The kind of failure. */
  enum CloudFault {
    FAILS,
    DENIES,
    THROTTLES,
    GARBAGE,
    NOTHING,
    ENDLESS,
    CLOSES,
    NOT_TLS,
    FOREIGN,
    REDIRECTS,
    /** An expired credential. */
    OVER,
    /** A credential with NUL in it. */
    CONTROL,
    HANGS
  }

  static final String SECRET = "s3cret-of-the-first-answer";
  private static final Duration LIFE = Duration.ofMinutes(1);
  private static final Duration TIMEOUT = Duration.ofSeconds(30);

  final FakeTime time;
  private final AtomicReference<@Nullable CloudFault> fault = new AtomicReference<>();
  private final CountDownLatch hanging = new CountDownLatch(1);
  private final CountDownLatch end = new CountDownLatch(1);
  final AtomicInteger asked = new AtomicInteger();

  private CloudSubject(FakeTime time) {
    this.time = time;
    time.jump(Duration.between(time.now(), Instant.now())); // the libraries use the real clock
  }

  static CloudSubject of(CloudService service, Path folder, FakeTime time) throws Exception {
    return service == CloudService.HELPER
        ? new HelperSubject(folder, time)
        : new ProviderSubject(service, folder, time);
  }

  abstract CredentialSource source();

  abstract SourceRequest request();

  /** Makes the service fail in this way; null restores it. */
  void become(@Nullable CloudFault next) throws Exception {
    fault.set(next);
  }

  @Nullable CloudFault fault() {
    return fault.get();
  }

  Instant expiry() {
    return time.now().plus(LIFE);
  }

  /** Blocks until the end of the test. */
  void hang() throws InterruptedException {
    hanging.countDown();
    end.await();
  }

  /** Waits until a request hangs. */
  void awaitHanging() throws Exception {
    if (!hanging.await(60, TimeUnit.SECONDS)) {
      throw new AssertionError("it was not asked");
    }
  }

  @Override
  public void close() {
    end.countDown();
  }

  private static String encoded(String text) {
    return Base64.getUrlEncoder()
        .withoutPadding()
        .encodeToString(text.getBytes(StandardCharsets.UTF_8));
  }

  /** Returns an unsigned token that contains only its expiry. */
  private static String token(String id, Instant end) {
    return "%s.%s.%s"
        .formatted(
            encoded("{\"alg\":\"none\"}"),
            encoded("{\"exp\":%d}".formatted(end.getEpochSecond())),
            id);
  }

  /** A provider with a fake cloud. */
  private static final class ProviderSubject extends CloudSubject {
    private static final String KEY = TestAuthority.pem(TestAuthority.sharedRsa().own().key());

    private static final String STS = "POST sts.eu-west-1.amazonaws.com/";
    private static final String ROLE = "arn:aws:iam::123456789012:role/pull";
    private static final String ENTRA = "POST login.microsoftonline.com/tenant/oauth2/v2.0/token";

    private final FakeCloud cloud =
        new FakeCloud(
            "api.ecr.eu-west-1.amazonaws.com",
            "sts.eu-west-1.amazonaws.com",
            "oauth2.googleapis.com",
            "sts.googleapis.com",
            "login.microsoftonline.com",
            "acme.azurecr.io",
            "api.github.com");

    private final Path folder;
    private final ProviderFixture fixture;
    private final CredentialSource source;
    private final SourceRequest request;
    private volatile String served = SECRET;

    ProviderSubject(CloudService service, Path folder, FakeTime time) throws Exception {
      super(time);
      this.folder = folder;
      fixture = new ProviderFixture(folder, cloud).in(time).timeout(TIMEOUT);
      cloud.at(STS, asked -> CloudReply.ok(assumed()));
      cloud.at(ENTRA, asked -> CloudReply.ok("{\"access_token\":\"entra\",\"expires_in\":3599}"));
      switch (service) {
        case ECR -> failing("POST api.ecr.eu-west-1.amazonaws.com/", this::ecr);
        case ECR_BY_STS -> {
          cloud.at(
              "POST api.ecr.eu-west-1.amazonaws.com/",
              asked -> CloudReply.ok(ecr(SECRET, expiry())));
          failing(STS, (secret, end) -> assumed());
        }
        case GOOGLE -> failing("POST oauth2.googleapis.com/token", this::google);
        case GOOGLE_BY_STS -> failing("POST sts.googleapis.com/v1/token", this::google);
        case AZURE -> failing("POST acme.azurecr.io/oauth2/exchange", this::azure);
        case AZURE_BY_ENTRA -> {
          cloud.at(
              "POST acme.azurecr.io/oauth2/exchange",
              asked -> CloudReply.ok(azure(SECRET, expiry())));
          failing(ENTRA, (secret, end) -> "{\"access_token\":\"entra\",\"expires_in\":3599}");
        }
        case GITHUB_APP ->
            failing("POST api.github.com/app/installations/2/access_tokens", this::github);
        case HELPER -> throw new IllegalArgumentException();
      }
      request =
          switch (service) {
            case ECR, ECR_BY_STS ->
                pod("123456789012.dkr.ecr.eu-west-1.amazonaws.com", "eks.amazonaws.com/role-arn");
            case GOOGLE_BY_STS -> pod("gcr.io", "unused");
            case GOOGLE -> new SourceRequest("gcr.io");
            case AZURE, AZURE_BY_ENTRA -> new SourceRequest("acme.azurecr.io");
            case GITHUB_APP, HELPER -> new SourceRequest("ghcr.io");
          };
      source =
          switch (service) {
            case ECR, ECR_BY_STS -> fixture.source(ProviderKind.ECR, Map.of());
            case GOOGLE -> fixture.source(ProviderKind.GOOGLE, Map.of("keyFile", serviceAccount()));
            case GOOGLE_BY_STS -> fixture.source(ProviderKind.GOOGLE, Map.of("audience", "//pool"));
            case AZURE, AZURE_BY_ENTRA ->
                fixture
                    .with("AZURE_CLIENT_ID", "client")
                    .with("AZURE_TENANT_ID", "tenant")
                    .with("AZURE_CLIENT_SECRET", "s3cret-of-the-client")
                    .source(ProviderKind.AZURE, Map.of());
            case GITHUB_APP, HELPER ->
                fixture.source(
                    ProviderKind.GITHUB_APP,
                    Map.of("appId", "1", "installationId", "2", "privateKeyFile", key("app.pem")));
          };
    }

    private static SourceRequest pod(String registry, String annotation) {
      return ProviderFixture.ofPod(registry, "s3cret-of-the-pod", Map.of(annotation, ROLE));
    }

    private String key(String name) throws Exception {
      return Files.writeString(folder.resolve(name), KEY).toString();
    }

    private String serviceAccount() throws Exception {
      var account = new HashMap<String, String>();
      account.put("type", "service_account");
      account.put("private_key_id", "k1");
      account.put("private_key", KEY);
      account.put("client_email", "node@acme.iam.gserviceaccount.com");
      account.put("client_id", "1");
      account.put("token_uri", "https://oauth2.googleapis.com/token");
      return Files.writeString(folder.resolve("key.json"), JsonWriter.text(JsonForm.ASCII, account))
          .toString();
    }

    /** A service's answer with a secret and its expiry. */
    @FunctionalInterface
    private interface Form {
      String of(String secret, Instant end);
    }

    private void failing(String endpoint, Form form) {
      int good = endpoint.endsWith("/access_tokens") ? 201 : 200;
      cloud.at(endpoint, request -> answer(request, form, good));
    }

    private CloudReply answer(CloudRequest request, Form form, int good) throws Exception {
      asked.incrementAndGet();
      var chosen = fault();
      return switch (chosen) {
        case FAILS -> new CloudReply(500, refusal(request));
        case DENIES -> new CloudReply(403, refusal(request));
        case THROTTLES -> new CloudReply(429, refusal(request));
        case GARBAGE -> new CloudReply(good, "[" + SECRET);
        case NOTHING -> new CloudReply(good, "{}");
        case ENDLESS -> new CloudReply(good, " ".repeat(1 << 16), true);
        case REDIRECTS -> new CloudReply(307, "{}");
        case OVER -> new CloudReply(good, form.of(SECRET, Instant.parse("2015-01-01T00:00:00Z")));
        case CONTROL -> new CloudReply(good, form.of("nul-\0-in-it", expiry()));
        case HANGS -> {
          hang();
          yield new CloudReply(500, "{}");
        }
        case null, default -> new CloudReply(good, form.of(SECRET, expiry()));
      };
    }

    /** Returns a rejection in each service's format, which repeats all that it received. */
    private String refusal(CloudRequest request) {
      var sent = new StringBuilder("denied " + served + " " + request.header("Authorization"));
      for (var field :
          new String[] {
            "assertion", "client_secret", "access_token", "subject_token", "WebIdentityToken"
          }) {
        sent.append(' ').append(request.field(field));
      }
      return request.host().startsWith("sts.eu")
          ? "<ErrorResponse><Error><Code>AccessDenied</Code><Message>%s</Message></Error></ErrorResponse>"
              .formatted(sent)
          : """
          {"__type":"Denied","message":"%1$s","errors":[{"message":"%1$s"}],"error":"denied",
          "error_description":"%1$s"}
          """
              .formatted(sent);
    }

    private static String assumed() {
      return """
      <AssumeRoleWithWebIdentityResponse><AssumeRoleWithWebIdentityResult><Credentials>
      <AccessKeyId>ASIAPOD</AccessKeyId><SecretAccessKey>k3y</SecretAccessKey>
      <SessionToken>s3ssion</SessionToken><Expiration>2099-01-01T00:00:00Z</Expiration>
      </Credentials></AssumeRoleWithWebIdentityResult></AssumeRoleWithWebIdentityResponse>
      """;
    }

    private String ecr(String secret, Instant end) {
      var login = "AWS:" + secret;
      return "{\"authorizationData\":[{\"authorizationToken\":\"%s\",\"expiresAt\":%d}]}"
          .formatted(
              Base64.getEncoder().encodeToString(login.getBytes(StandardCharsets.UTF_8)),
              end.getEpochSecond());
    }

    private String google(String secret, Instant end) {
      return "{\"access_token\":\"%s\",\"expires_in\":%d,\"token_type\":\"Bearer\",\"issued_token_type\":\"t\"}"
          .formatted(
              secret.replace("\0", "\\u0000"), Duration.between(Instant.now(), end).toSeconds());
    }

    private String azure(String secret, Instant end) {
      served = token(secret, end);
      return "{\"refresh_token\":\"%s\"}".formatted(served.replace("\0", "\\u0000"));
    }

    private String github(String secret, Instant end) {
      return "{\"token\":\"%s\",\"expires_at\":\"%s\"}"
          .formatted(secret.replace("\0", "\\u0000"), end);
    }

    @Override
    void become(@Nullable CloudFault next) throws Exception {
      super.become(next);
      cloud.connect(
          switch (next) {
            case CLOSES -> FakeCloud.Way.CLOSED;
            case NOT_TLS -> FakeCloud.Way.NOT_TLS;
            case FOREIGN -> FakeCloud.Way.FOREIGN;
            case null, default -> FakeCloud.Way.OPEN;
          });
    }

    @Override
    CredentialSource source() {
      return source;
    }

    @Override
    SourceRequest request() {
      return request;
    }

    @Override
    public void close() {
      super.close();
      if (cloud.sought().contains(FakeCloud.ELSEWHERE)) {
        throw new AssertionError("a redirect was followed");
      }
      fixture.close();
      cloud.close();
    }
  }

  /** Another credential helper. */
  private static final class HelperSubject extends CloudSubject {
    private static final String GOOD = "printf '{\"Username\":\"u\",\"Secret\":\"%s\"}'";

    private final Path folder;
    private final Path hangs;
    private final ProcessRunner runner;
    private final CredentialSource source;

    HelperSubject(Path folder, FakeTime time) throws Exception {
      super(time);
      this.folder = folder;
      hangs = SpecialFile.FIFO.make(folder.resolve("hangs"));
      runner =
          ProcessRunner.open(
              folder.resolve("scripts"), Map.of(), Shell.ofThisMachine(), time.time());
      source =
          new HelperSource(
              "fake",
              new EntryProgram(
                  "ghcr.io",
                  Map.of("PATH", folder + ":/usr/bin:/bin"),
                  TIMEOUT,
                  LIFE,
                  new HeldSecrets(Map.of()).of("registry.example.com"),
                  runner,
                  time.time()));
      become(null);
    }

    @Override
    void become(@Nullable CloudFault next) throws Exception {
      super.become(next);
      var script =
          switch (next) {
            case FAILS, NOT_TLS -> "echo denied %s >&2; exit 1".formatted(SECRET);
            case DENIES, FOREIGN, REDIRECTS -> "echo denied %s; exit 1".formatted(SECRET);
            case THROTTLES -> "printf '{\"Username\":\"u\",\"Secret\":\"x\"}'; exit 1";
            case GARBAGE -> "echo [%s".formatted(SECRET);
            case NOTHING -> "echo {}";
            case ENDLESS -> "exec yes";
            case CLOSES -> "kill -9 $$";
            case OVER -> GOOD.formatted(token(SECRET, Instant.EPOCH));
            case CONTROL -> GOOD.formatted("nul-\\\\u0000-in-it");
            case HANGS -> "echo >%s; exec sleep 600".formatted(hangs);
            case null -> GOOD.formatted(SECRET);
          };
      var written = Files.writeString(folder.resolve("next"), "#!/bin/sh\n" + script + "\n");
      Files.setPosixFilePermissions(written, PosixFilePermissions.fromString("rwxr-xr-x"));
      Files.move(written, folder.resolve("docker-credential-fake"), StandardCopyOption.ATOMIC_MOVE);
    }

    @Override
    void awaitHanging() throws Exception {
      Files.readString(hangs);
      while (time.pending() == 0) { // its deadline, which is set next to its start
        Thread.onSpinWait();
      }
    }

    @Override
    CredentialSource source() {
      asked.incrementAndGet();
      return source;
    }

    @Override
    SourceRequest request() {
      return new SourceRequest("ghcr.io");
    }

    @Override
    public void close() {
      super.close();
      runner.close();
    }
  }
}
