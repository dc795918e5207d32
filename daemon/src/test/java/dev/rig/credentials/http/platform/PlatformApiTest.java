package dev.rig.credentials.http.platform;

import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.rig.credentials.access.PeerRights;
import dev.rig.credentials.credential.Lease;
import dev.rig.credentials.http.FakeKeeper;
import dev.rig.credentials.image.Digest;
import dev.rig.credentials.image.ImageReference;
import dev.rig.credentials.kube.PullSecretException;
import dev.rig.credentials.kube.secret.PruneRequest;
import dev.rig.credentials.kube.secret.PullSecretRequest;
import dev.rig.credentials.linux.Peer;
import dev.rig.credentials.registry.ImageOrigin;
import dev.rig.credentials.registry.ImagePlatform;
import dev.rig.credentials.registry.ImageTag;
import dev.rig.credentials.registry.RegistryFailure;
import dev.rig.credentials.registry.Resolution;
import dev.rig.credentials.registry.ResolvedImage;
import dev.rig.credentials.registry.TagListing;
import dev.rig.credentials.registry.TagPage;
import dev.rig.credentials.socket.bind.SocketOptions;
import dev.rig.credentials.testing.Canary;
import dev.rig.credentials.testing.FakeSource;
import dev.rig.credentials.testing.LogRecords;
import dev.rig.credentials.testing.daemon.AccessFixture;
import dev.rig.credentials.testing.daemon.BrokerFixture;
import dev.rig.credentials.testing.daemon.HttpOverUnix;
import dev.rig.credentials.testing.daemon.HttpReply;
import dev.rig.credentials.testing.machine.PrivateFile;
import dev.rig.credentials.testing.machine.ProcFiles;
import dev.rig.credentials.time.SystemScheduler;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The platform's API over its real socket, with a broker in fake time and a fake registry. */
class PlatformApiTest {
  private static final OpenApiSchemas SCHEMAS = new OpenApiSchemas();
  private static final String SECRET = "s3cret-of-the-registry";
  private static final Digest DIGEST = digest("a");

  private final BrokerFixture fixture = new BrokerFixture();
  private final SystemScheduler scheduler = new SystemScheduler();
  private final List<String> observed = new ArrayList<>();
  private Resolution resolution = new RegistryFailure.Unreachable("no answer yet");
  private TagListing listing = new RegistryFailure.Unreachable("no answer yet");
  private final List<String> asked = new ArrayList<>();
  private boolean mayAsk = true;
  private String hidden = "";
  @TempDir private Path folder;
  private PlatformSocket socket;
  private HttpOverUnix http;

  private static Digest digest(String digit) {
    return new Digest("sha256", digit.repeat(64));
  }

  private final class FakeImages implements ImageLookup {
    @Override
    public Resolution resolve(ImageReference image) {
      asked.add(image.toString());
      return resolution;
    }

    @Override
    public TagListing tags(ImageReference repository, int limit, @Nullable String after) {
      asked.add(repository + " " + limit + " " + after);
      return listing;
    }
  }

  private PeerRights rights(Peer peer) {
    if (!mayAsk || peer.uid() != ProcFiles.ownUid()) {
      return AccessFixture.ofAStranger();
    }
    return hidden.isEmpty() ? PeerRights.ALL : AccessFixture.of(peer, "not-" + hidden);
  }

  private final FakeKeeper keeper = new FakeKeeper();

  @BeforeEach
  void open() {
    fixture.fixed("static.org", "bot", SECRET);
    fixture.entry(
        "script.org/team", FakeSource.script(fixture.time(), "oauth", SECRET, Duration.ofHours(1)));
    fixture.entry(
        "broken.org",
        FakeSource.script(fixture.time(), "u", "p", Duration.ofHours(1)).failing("script failed"));
    var options =
        SocketOptions.at(PrivateFile.folder(folder.resolve("s")).resolve("platform.sock"));
    socket =
        PlatformSocket.open(
            options,
            fixture.broker(),
            new FakeImages(),
            host -> host.equals("localhost:30000") ? "registry:5000" : host,
            keeper,
            this::rights,
            answered -> {
              synchronized (observed) {
                observed.add(answered.prefix() + " " + answered.outcome());
              }
            },
            new dev.rig.credentials.time.Time(fixture.time()::now, System::nanoTime, scheduler));
    http = new HttpOverUnix(socket.path());
  }

  @AfterEach
  void close() {
    socket.close();
    scheduler.close();
  }

  /** T17: before all other checks, also before the check of the path. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "/v1/registries",
        "/v1/credentials?image=static.org/x",
        "/v1/images?image=static.org/x",
        "/openapi.json",
        "/nowhere"
      })
  void t17_withoutTheHeaderNothingIsAnswered(String target) {
    for (var headers :
        List.of(
            "",
            "Rig-Credentials: 2\r\n",
            "Rig-Credentials: \r\n",
            "Rig-Credentials: 1\r\nRig-Credentials: 1\r\n",
            "X-Rig-Credentials: 1\r\n")) {
      var reply = http.get(target, headers);
      assertEquals(412, reply.status(), reply::toString);
      assertEquals("headerMissing", reply.reason());
      assertEquals(List.of(), new Canary(SECRET).foundIn(reply.toString()));
    }
    assertTrue(asked.isEmpty(), "no registry was asked");
  }

  @Test
  void t17_withTheHeaderItIsAnswered() {
    assertEquals(200, http.get("/v1/registries").status());
  }

  @Test
  void credentialOfTheLongestPrefixIsAnsweredWithItsTimes() {
    var reply = http.get("/v1/credentials?image=script.org%2Fteam%2Fapp:1.2");
    assertEquals(200, reply.status(), reply::toString);
    assertEquals(
        Map.of(
            "prefix", "script.org/team",
            "username", "oauth",
            "password", SECRET,
            "issuedAt", "2026-01-01T00:00:00Z",
            "expiresAt", "2026-01-01T01:00:00Z"),
        reply.json());
    var endless = http.get("/v1/credentials?image=static.org/app").json();
    assertFalse(endless.containsKey("expiresAt"), endless::toString);
    assertEquals("no-store", reply.header("cache-control"));
    assertEquals(List.of("script.org/team FOUND", "static.org FOUND"), observed());
  }

  @Test
  void missAndFailureAreDifferentAnswers() {
    var miss = http.get("/v1/credentials?image=nobody.org/app");
    assertEquals(404, miss.status());
    assertEquals("noEntry", miss.reason());
    assertEquals("no entry matches nobody.org/app", miss.json().get("detail"));
    var failed = http.get("/v1/credentials?image=broken.org/app");
    assertEquals(503, failed.status());
    assertEquals("noCredential", failed.reason());
    var next = Instant.parse(String.valueOf(failed.json().get("nextAttempt")));
    long wait = Long.parseLong(failed.header("retry-after"));
    assertTrue(wait >= 1 && wait <= 10, failed::toString);
    assertFalse(next.isBefore(fixture.time().now()), failed::toString);
    assertEquals(List.of("null NOT_FOUND", "broken.org FAILED"), observed());
  }

  @Test
  void rejectedLeaseIsDroppedAndFetchedAgain() {
    http.get("/v1/credentials?image=script.org/team/app");
    fixture.time().advance(Duration.ofMinutes(1));
    var reply =
        http.post(
            "/v1/credentials/reject", "application/json", "{\"image\":\"script.org/team/app\"}");
    assertEquals(Map.of("prefix", "script.org/team", "dropped", true), reply.json());
    assertEquals(
        "2026-01-01T00:01:00Z",
        http.get("/v1/credentials?image=script.org/team/app").json().get("issuedAt"));
    assertEquals(
        404,
        http.post("/v1/credentials/reject", "application/json", "{\"image\":\"nobody.org/x\"}")
            .status());
  }

  @Test
  void malformedBodiesAreRefusedWithoutBeingRepeated() {
    var canary = "{\"image\": CANARY-7531";
    var broken = http.post("/v1/credentials/reject", "application/json", canary);
    assertAll(
        () -> assertEquals(400, broken.status()),
        () -> assertFalse(broken.toString().contains("CANARY"), broken::toString),
        () ->
            assertEquals(
                400, http.post("/v1/credentials/reject", "application/json", "{}").status()),
        () ->
            assertEquals(
                415,
                http.post("/v1/credentials/reject", "text/plain", "{\"image\":\"a.org\"}")
                    .status()));
  }

  @Test
  void imageIsAnsweredWithAllDataUnderTheNameInTheCluster() {
    resolution =
        new ResolvedImage(
            "localhost:30000",
            "team/app",
            "1.2",
            DIGEST,
            "application/vnd.oci.image.index.v1+json",
            512,
            7_000_000_000L,
            Instant.parse("2026-01-02T03:04:05Z"),
            new TreeMap<>(Map.of("org.opencontainers.image.source", "https://git.example/app")),
            new ImageOrigin("https://git.example/app", "abc"),
            List.of(new ImagePlatform("linux", "arm64", "v8", digest("b"), 3)));
    var reply = http.get("/v1/images?image=localhost:30000/team/app:1.2");
    assertEquals(200, reply.status(), reply::toString);
    valid("Image", reply);
    assertEquals("registry:5000/team/app@" + DIGEST, reply.json().get("pinned"));
    assertEquals("localhost:30000", reply.json().get("registry"));
    assertEquals(List.of("localhost:30000/team/app:1.2"), asked);
  }

  @Test
  void unknownDataOfAnImageIsLeftOut() {
    resolution =
        new ResolvedImage(
            "a.org",
            "x",
            null,
            DIGEST,
            "t",
            1,
            null,
            null,
            new TreeMap<>(),
            ImageOrigin.UNKNOWN,
            List.of());
    var reply = http.get("/v1/images?image=a.org/x");
    valid("Image", reply);
    assertEquals(
        new TreeSet<>(
            List.of(
                "image",
                "registry",
                "repository",
                "digest",
                "mediaType",
                "size",
                "labels",
                "pinned")),
        new TreeSet<>(reply.json().keySet()));
  }

  @Test
  void everyFailureOfARegistryHasItsOwnProblem() {
    var later = fixture.time().now().plusSeconds(90);
    var failures = new TreeMap<String, Integer>();
    for (var failure :
        List.<RegistryFailure>of(
            new RegistryFailure.NoSuchTag("a"),
            new RegistryFailure.NoSuchRepository("b"),
            new RegistryFailure.Unauthorised("c"),
            new RegistryFailure.NoCredential("d", later),
            new RegistryFailure.NoCredential("d", Lease.NEVER),
            new RegistryFailure.RateLimited("e", later),
            new RegistryFailure.Unreachable("f"),
            new RegistryFailure.Refused("g"),
            new RegistryFailure.BadAnswer("h"))) {
      resolution = failure;
      listing = failure;
      for (var target : List.of("/v1/images?image=a.org/x", "/v1/tags?repository=a.org/x")) {
        var reply = http.get(target);
        valid("Problem", reply);
        assertEquals(failure.reason(), reply.reason());
        assertEquals("urn:rig-credentials:" + failure.reason(), reply.json().get("type"));
        assertEquals(failure.message(), reply.json().get("detail"));
        assertEquals(reply.status(), reply.json().get("status"));
        failures.put(failure.reason(), reply.status());
        boolean waits =
            failure instanceof RegistryFailure.RateLimited
                || (failure instanceof RegistryFailure.NoCredential(var _, var next)
                    && !next.equals(Lease.NEVER));
        assertEquals(waits ? "90" : "", reply.header("retry-after"), reply::toString);
      }
    }
    assertEquals(
        Map.of(
            "noSuchTag", 404,
            "noSuchRepository", 404,
            "unauthorised", 401,
            "noCredential", 503,
            "rateLimited", 429,
            "unreachable", 502,
            "refused", 502,
            "badAnswer", 502),
        failures);
  }

  @Test
  void tagsArePagedWithALinkToTheNext() {
    listing =
        new TagPage(
            "a.org",
            "x",
            List.of(
                new ImageTag("1.2", DIGEST, Instant.parse("2026-01-02T03:04:05Z")),
                new ImageTag("odd", null, null)),
            "b c&d",
            false);
    var reply = http.get("/v1/tags?repository=a.org/x&limit=2&after=z");
    valid("Tags", reply);
    assertEquals(
        "</v1/tags?repository=a.org%2Fx&limit=2&after=b+c%26d>; rel=\"next\"",
        reply.header("link"));
    listing = new TagPage("a.org", "x", List.of(), null, true);
    var last = http.get("/v1/tags?repository=a.org/x");
    valid("Tags", last);
    assertEquals("", last.header("link"));
    assertEquals(List.of("a.org/x 2 z", "a.org/x 100 null"), asked);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/v1/credentials",
        "/v1/credentials?image=",
        "/v1/credentials?image=a.org/x&image=b.org/x",
        "/v1/credentials?image=a.org/UPPER%20CASE",
        "/v1/credentials?image=%0d%0a",
        "/v1/images",
        "/v1/images?image=https://a.org",
        "/v1/tags?repository=a.org/x:tag",
        "/v1/tags?repository=a.org/x&limit=0",
        "/v1/tags?repository=a.org/x&limit=1001",
        "/v1/tags?repository=a.org/x&limit=many",
        "/v1/credentials?image=%zz"
      })
  void invalidRequestIsRejectedBeforeAnyLookup(String target) {
    assertEquals(400, http.get(target).status());
    assertTrue(asked.isEmpty(), asked::toString);
  }

  @Test
  void unknownPathsAndMethodsAreReported() {
    assertEquals("noSuchPath", http.get("/v2/").reason());
    var reply = http.post("/v1/registries", "application/json", "{}");
    assertEquals(405, reply.status());
    assertEquals("GET", reply.header("allow"));
  }

  @Test
  void t17_accessRulesApplyToEveryRequest() {
    hidden = "static.org";
    var denied = http.get("/v1/credentials?image=static.org/x");
    assertEquals(403, denied.status());
    assertEquals("denied", denied.reason());
    assertFalse(http.get("/v1/registries").body().contains("static.org"), "a hidden entry");
    mayAsk = false;
    assertEquals(403, http.get("/v1/registries").status());
    assertEquals(403, http.get("/openapi.json").status());
  }

  @Test
  void entriesAreShownWithoutASecret() {
    http.get("/v1/credentials?image=script.org/team/x");
    http.get("/v1/credentials?image=broken.org/x");
    var reply = http.get("/v1/registries");
    valid("Registries", reply);
    assertEquals(List.of(), new Canary(SECRET).foundIn(reply.body()));
    var states =
        new ObjectMapper().valueToTree(reply.json()).at("/registries").findValuesAsText("state");
    assertEquals(List.of("live", "live", "failed"), states);
  }

  @Test
  void pullSecretRequestIsPassedOnCompletelyAndUnknownFieldsAreLeftOut() {
    var body =
        """
        {"cluster":"prod","namespace":"team","images":["quay.io/a"],"capsule":"x","force":true}
        """;
    var reply = http.post("/v1/pull-secrets", "application/json", body);
    valid("PullSecret", reply);
    assertEquals(
        Map.of(
            "cluster", "prod",
            "namespace", "team",
            "name", "rig-pull-x",
            "outcome", "created",
            "entries", List.of(Map.of("key", "quay.io", "prefix", "quay.io")),
            "unmatched", List.of("ghcr.io/public"),
            "notes", List.of("a note")),
        reply.json());
    assertEquals(
        new PullSecretRequest("prod", "team", null, List.of("quay.io/a"), "x", true, false),
        keeper.asked);
    hidden = "quay.io";
    assertEquals(403, http.post("/v1/pull-secrets", "application/json", body).status());
  }

  @Test
  void pullSecretsFailWithTheStatusOfTheirReason() {
    var body = "{\"cluster\":\"prod\",\"namespace\":\"team\",\"images\":[\"quay.io/a\"]}";
    var statuses =
        Map.of(
            PullSecretException.Reason.INVALID, 400,
            PullSecretException.Reason.DENIED, 403,
            PullSecretException.Reason.NOT_FOUND, 404,
            PullSecretException.Reason.REFUSED, 409,
            PullSecretException.Reason.NO_CREDENTIAL, 503,
            PullSecretException.Reason.CLUSTER, 502);
    assertEquals(PullSecretException.Reason.values().length, statuses.size());
    statuses.forEach((reason, status) -> {
      keeper.failure = new PullSecretException(reason, "because");
      var reply = http.post("/v1/pull-secrets", "application/json", body);
      assertEquals(status, reply.status(), reason::toString);
      assertEquals("because", reply.json().get("detail"));
      valid("Problem", reply);
    });
    for (var wrong :
        List.of(
            "{\"cluster\":\"prod\"}",
            "{\"cluster\":1,\"namespace\":\"team\"}",
            "{\"cluster\":\"prod\",\"namespace\":\"team\",\"images\":\"a\"}",
            "{\"cluster\":\"prod\",\"namespace\":\"team\",\"force\":\"yes\"}")) {
      assertEquals(400, http.post("/v1/pull-secrets", "application/json", wrong).status());
    }
  }

  /** C20. */
  @ParameterizedTest
  @ValueSource(strings = {"/v1/pull-secrets", "/v1/pull-secrets/prune", "/v1/credentials/reject"})
  void bodyThatIsNestedDeeplyIsABadRequest(String path) {
    var body = "{\"images\":" + "[".repeat(900) + "]".repeat(900) + "}";
    var reply = http.post(path, "application/json", body);
    assertEquals(400, reply.status());
    assertEquals("badRequest", reply.reason());
    valid("Problem", reply);
  }

  @Test
  void bodyWithADuplicateKeyOrTrailingBytesIsABadRequest() {
    for (var body : List.of("{\"image\":\"a.org/x\",\"image\":\"b.org/x\"}", "{} {}", "[]", "")) {
      assertEquals(
          400, http.post("/v1/credentials/reject", "application/json", body).status(), body);
    }
  }

  private HttpReply chunked(String body) {
    return http.ask(
        "POST /v1/credentials/reject HTTP/1.1\r\nHost: localhost\r\nRig-Credentials: 1\r\n"
            + "Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n"
            + body);
  }

  @Test
  void chunkedBodyIsRead() {
    assertEquals(
        200, chunked("9\r\n{\"image\":\r\nE\r\n\"static.org/x\"\r\n1\r\n}\r\n0\r\n\r\n").status());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "zz\r\n{}\r\n0\r\n\r\n",
        "-1\r\n{}\r\n0\r\n\r\n",
        "fffffffffffffffff\r\n{}\r\n0\r\n\r\n",
        "7fffffff\r\n{}\r\n0\r\n\r\n",
        "2\r\n{}0\r\n\r\n",
        "2\n{}\n0\n\n",
        "2;x=y\r\n{}\r\n0\r\n\r\n",
        "2\r\n{}\r\n0\r\nT: 1\r\n\r\n",
        "2\r\n{}\r\n0\r\n\n",
      })
  void malformedChunkIsABadRequestAndNoFailure(String body) {
    try (var log = LogRecords.of("io.helidon");
        var own = LogRecords.of("dev.rig.credentials.http")) {
      assertEquals(400, chunked(body).status());
      assertEquals(List.of(), log.warnings());
      assertEquals(List.of(), own.warnings());
    }
  }

  @Test
  void endlessSizeLineIsABadRequest() {
    assertEquals(400, chunked("1".repeat(10_000)).status());
  }

  @Test
  void bodyLargerThanTheLimitIsReportedAsSuch() {
    var one = "10001\r\n" + " ".repeat(0x10001) + "\r\n0\r\n\r\n";
    var many = ("1000\r\n" + " ".repeat(0x1000) + "\r\n").repeat(17) + "0\r\n\r\n";
    for (var body : List.of(one, many)) {
      var reply = chunked(body);
      assertEquals(413, reply.status());
      assertEquals("tooLarge", reply.reason());
      assertEquals("the body is larger than the limit of 65536 bytes", reply.json().get("detail"));
    }
  }

  /** Before, the answer had no body. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "GET /v1/registries HTTP/9.9\r\n",
        "GET /v1/registries HTTP/1.1\r\nContent-Length: 1000000000000\r\n",
        "GET /v1/registries HTTP/1.1\r\nContent-Length: -1\r\n",
        "GET /v1/registries HTTP/1.1\r\nno colon\r\n",
        "GET /%zz HTTP/1.1\r\n",
        "GET /v1/registries HTTP/1.1\r\nA: \u0001\r\n",
        "PRI * HTTP/2.0\r\n",
        "LONG HEADER",
        "LONG TARGET",
      })
  void requestThatTheEngineRejectsGetsAProblem(String head) {
    var request =
        switch (head) {
          case "LONG HEADER" ->
              "GET /v1/registries HTTP/1.1\r\nA: %s\r\n".formatted("a".repeat(20_000));
          case "LONG TARGET" -> "GET /%s HTTP/1.1\r\n".formatted("a".repeat(20_000));
          default -> head;
        };
    var reply = http.ask(request + "Host: localhost\r\nRig-Credentials: 1\r\n\r\n");
    assertTrue(reply.status() >= 400 && reply.status() < 500, reply::toString);
    valid("Problem", reply);
    assertEquals(Integer.toString(reply.status()), String.valueOf(reply.json().get("status")));
  }

  /** Before, the answer said that the daemon failed. */
  @Test
  void requestInAnUnsupportedFormIsRejectedWithWhatIsSupported() {
    var reply =
        http.ask("GET /v1/registries HTTP/1.0\r\nHost: localhost\r\nRig-Credentials: 1\r\n\r\n");
    assertEquals(505, reply.status());
    valid("Problem", reply);
    assertEquals("badRequest", reply.reason());
    assertTrue(reply.toString().contains("only HTTP/1.1 is supported"), reply::toString);
  }

  @Test
  void methodThatIsNoTokenIsABadRequest() {
    for (var method : List.of("G(T", "GET\t/", "G\u0001T", "G\u00c9T")) {
      assertEquals(400, http.ask(method + " / HTTP/1.1\r\n\r\n").status(), method);
    }
  }

  @Test
  void pruningIsADryRunUnlessApplied() {
    var reply = http.post("/v1/pull-secrets/prune", "application/json", "{\"cluster\":\"prod\"}");
    valid("Pruned", reply);
    assertEquals(new PruneRequest("prod", null, false), keeper.pruned);
    assertEquals(false, reply.json().get("removed"));
    var applied =
        http.post(
            "/v1/pull-secrets/prune",
            "application/json",
            "{\"cluster\":\"prod\",\"namespace\":\"team\",\"apply\":true}");
    assertEquals(new PruneRequest("prod", "team", true), keeper.pruned);
    assertEquals(true, applied.json().get("removed"));
  }

  /** 400, 408 and 413 are answered before the path is known. */
  @Test
  void documentDescribesWhatEveryRequestMayGet() {
    SCHEMAS
        .document()
        .get("paths")
        .valueStream()
        .flatMap(JsonNode::valueStream)
        .map(operation -> operation.get("responses"))
        .forEach(responses -> {
          for (var status : List.of("400", "408", "413", "500")) {
            assertTrue(responses.has(status), () -> status + " of " + responses);
          }
        });
  }

  @Test
  void documentDescribesExactlyTheRoutesAndParameters() {
    var described = new TreeMap<String, Object>();
    SCHEMAS
        .document()
        .get("paths")
        .properties()
        .forEach(path ->
            path.getValue()
                .properties()
                .forEach(method ->
                    described.put(
                        method.getKey().toUpperCase(java.util.Locale.ROOT) + " " + path.getKey(),
                        queries(method.getValue()))));
    var there =
        PlatformSocket.resources(
                fixture.broker(), new FakeImages(), host -> host, keeper, fixture.time().time())
            .stream()
            .flatMap(resource -> resource.operations().stream())
            .collect(
                Collectors.toMap(
                    one -> one.method() + " " + one.path(),
                    one -> (Object) one.parameters(),
                    (one, other) -> one,
                    TreeMap::new));
    assertEquals(there, described);
    assertEquals("3.1.0", SCHEMAS.document().get("openapi").asText());
  }

  private static List<String> queries(JsonNode operation) {
    return operation
        .get("parameters")
        .valueStream()
        .map(SCHEMAS::resolve)
        .filter(one -> one.get("in").asText().equals("query"))
        .map(one -> one.get("name").asText())
        .toList();
  }

  @Test
  void answersConformToTheDocument() {
    valid("Credential", http.get("/v1/credentials?image=script.org/team/x"));
    valid("Credential", http.get("/v1/credentials?image=static.org/x"));
    valid("Problem", http.get("/v1/credentials?image=nobody.org/x"));
    valid("Problem", http.get("/v1/credentials?image=broken.org/x"));
    valid("Problem", http.get("/v1/registries", ""));
    valid(
        "Rejected",
        http.post("/v1/credentials/reject", "application/json", "{\"image\":\"static.org/x\"}"));
    assertEquals(
        new String(OpenApiResource.document(), StandardCharsets.UTF_8),
        http.get("/openapi.json").body());
  }

  @Test
  void schemaOfTheDocumentRejectsUnknownFields() {
    assertEquals(
        List.of(
            ": required property 'dropped' not found",
            ": property 'more' is not defined in the schema and the schema does not allow"
                + " additional properties"),
        SCHEMAS.problems("Rejected", "{\"prefix\":\"a\",\"more\":1}"));
    assertEquals(
        1,
        SCHEMAS
            .problems(
                "Credential",
                """
                {"prefix":"a","username":"u","password":"p","issuedAt":"yesterday"}
                """)
            .size(),
        "formats count");
  }

  private static void valid(String schema, HttpReply reply) {
    assertEquals(List.of(), SCHEMAS.problems(schema, reply.body()), reply::toString);
  }

  private List<String> observed() {
    synchronized (observed) {
      return List.copyOf(observed);
    }
  }
}
