package dev.rig.credentials.provider;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.rig.credentials.credential.ProviderKind;
import dev.rig.credentials.credential.SourceRequest;
import dev.rig.credentials.json.JsonForm;
import dev.rig.credentials.json.JsonObject;
import dev.rig.credentials.json.JsonWriter;
import dev.rig.credentials.testing.cloud.FakeCloud;
import dev.rig.credentials.testing.cloud.FakeCloud.CloudReply;
import dev.rig.credentials.testing.cloud.FakeCloud.CloudRequest;
import dev.rig.credentials.testing.machine.SpecialFile;
import dev.rig.credentials.testing.registry.TestAuthority;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class GoogleIssuerTest {
  private static final String SCOPE = "https://www.googleapis.com/auth/devstorage.read_only";
  private static final String TOKEN = "POST oauth2.googleapis.com/token";
  private static final String STS = "POST sts.googleapis.com/v1/token";
  private static final String AUDIENCE =
      "//iam.googleapis.com/projects/1/locations/global/workloadIdentityPools/p/providers/k";
  private static final String ACCOUNT = "pull@acme.iam.gserviceaccount.com";
  private static final String IMPERSONATE =
      "POST iamcredentials.googleapis.com/v1/projects/-/serviceAccounts/"
          + ACCOUNT
          + ":generateAccessToken";
  private static final SourceRequest IMAGE = new SourceRequest("europe-docker.pkg.dev/acme/app");
  private static final Instant END = Instant.parse("2099-01-01T00:00:00Z");

  private static final TestAuthority.Identity KEYS = TestAuthority.sharedRsa().own();

  @TempDir private Path folder;

  @AutoClose
  private final FakeCloud cloud =
      new FakeCloud("oauth2.googleapis.com", "sts.googleapis.com", "iamcredentials.googleapis.com");

  @AutoClose private ProviderFixture fixture;

  @BeforeEach
  void open() {
    fixture = new ProviderFixture(folder, cloud);
    cloud.at(TOKEN, this::token).at(STS, this::exchange).at(IMPERSONATE, this::impersonate);
  }

  private Map<String, String> keyFile() throws Exception {
    var key = new HashMap<String, String>();
    key.put("type", "service_account");
    key.put("project_id", "acme");
    key.put("private_key_id", "k1");
    key.put("private_key", TestAuthority.pem(KEYS.key()));
    key.put("client_email", "node@acme.iam.gserviceaccount.com");
    key.put("client_id", "1");
    key.put("token_uri", "https://oauth2.googleapis.com/token");
    var file = folder.resolve("key.json");
    Files.writeString(file, JsonWriter.text(JsonForm.ASCII, key));
    return Map.of("keyFile", file.toString());
  }

  /** As described in "Using OAuth 2.0 for server to server applications". */
  private CloudReply token(CloudRequest request) throws Exception {
    var claims =
        JsonObject.parse(
            Base64.getUrlDecoder().decode(request.field("assertion").split("\\.", -1)[1]));
    boolean valid =
        request.field("grant_type").equals("urn:ietf:params:oauth:grant-type:jwt-bearer")
            && claims.textOrEmpty("iss").equals("node@acme.iam.gserviceaccount.com");
    return valid
        ? CloudReply.ok(
            "{\"access_token\":\"ya29.%s\",\"expires_in\":3000,\"token_type\":\"Bearer\"}"
                .formatted(claims.textOrEmpty("scope").equals(SCOPE) ? "narrow" : "source"))
        : new CloudReply(400, "{\"error\":\"invalid_grant\"}");
  }

  /** As described in the reference of the Security Token Service. */
  private CloudReply exchange(CloudRequest request) {
    boolean valid =
        request.field("grant_type").equals("urn:ietf:params:oauth:grant-type:token-exchange")
            && request.field("audience").equals(AUDIENCE)
            && request.field("subject_token").equals("pod-token")
            && request.field("subject_token_type").equals("urn:ietf:params:oauth:token-type:jwt");
    return valid
        ? CloudReply.ok(
            "{\"access_token\":\"federated\",\"expires_in\":3000,\"token_type\":\"Bearer\","
                + "\"issued_token_type\":\"urn:ietf:params:oauth:token-type:access_token\"}")
        : new CloudReply(
            400, "{\"error\":\"invalid_grant\",\"error_description\":\"not that pool\"}");
  }

  private CloudReply impersonate(CloudRequest request) throws Exception {
    var body = JsonObject.parse(request.body().getBytes(StandardCharsets.UTF_8));
    var bearer = request.header("Authorization");
    boolean valid =
        body.texts("scope").equals(java.util.List.of(SCOPE))
            && (bearer.equals("Bearer federated") || bearer.equals("Bearer ya29.source"));
    return valid
        ? CloudReply.ok("{\"accessToken\":\"ya29.pull\",\"expireTime\":\"" + END + "\"}")
        : new CloudReply(
            403, "{\"error\":{\"code\":403,\"message\":\"Permission denied on account\"}}");
  }

  @Test
  void keyFileGivesATokenOfTheNarrowestScope() throws Exception {
    var lease = ProviderFixture.lease(fixture.source(ProviderKind.GOOGLE, keyFile()), IMAGE);
    assertEquals("oauth2accesstoken", lease.credential().username());
    assertEquals("ya29.narrow", lease.credential().secret().reveal());
    var left = Duration.between(Instant.now(), lease.expiresAt()).toSeconds();
    assertTrue(left > 2900 && left <= 3000, () -> "ends in " + left + " s");
  }

  @Test
  void otherAccountIsImpersonated() throws Exception {
    var options = new HashMap<>(keyFile());
    options.put("impersonate", ACCOUNT);
    var lease = ProviderFixture.lease(fixture.source(ProviderKind.GOOGLE, options), IMAGE);
    assertEquals("ya29.pull", lease.credential().secret().reveal());
    assertEquals(END, lease.expiresAt());
  }

  /** Google Cloud, "Workload Identity Federation": a configuration with a file of the token. */
  @Test
  void federatedTokenIsReadAtEachRequestAndImpersonatesItsAccount() throws Exception {
    var token = Files.writeString(folder.resolve("token"), "another");
    var file = folder.resolve("federated.json");
    Files.writeString(
        file,
        JsonWriter.text(
            JsonForm.ASCII,
            Map.of(
                "type",
                "external_account",
                "audience",
                AUDIENCE,
                "subject_token_type",
                "urn:ietf:params:oauth:token-type:jwt",
                "token_url",
                "https://sts.googleapis.com/v1/token",
                "service_account_impersonation_url",
                "https://iamcredentials.googleapis.com/v1/projects/-/serviceAccounts/"
                    + ACCOUNT
                    + ":generateAccessToken",
                "credential_source",
                Map.of("file", token.toString()))));
    var source = fixture.source(ProviderKind.GOOGLE, Map.of("keyFile", file.toString()));
    ProviderFixture.refusal(source, IMAGE);
    Files.writeString(token, "pod-token");
    assertEquals("ya29.pull", ProviderFixture.lease(source, IMAGE).credential().secret().reveal());
  }

  @Test
  void podsTokenIsExchangedAndImpersonatesItsAccount() throws Exception {
    var source = fixture.source(ProviderKind.GOOGLE, Map.of("audience", AUDIENCE));
    var registry = "europe-docker.pkg.dev/acme/app";
    var annotated = Map.of("iam.gke.io/gcp-service-account", ACCOUNT);
    var lease =
        ProviderFixture.lease(source, ProviderFixture.ofPod(registry, "pod-token", annotated));
    assertEquals("ya29.pull", lease.credential().secret().reveal());
    var direct =
        ProviderFixture.lease(source, ProviderFixture.ofPod(registry, "pod-token", Map.of()));
    assertEquals("federated", direct.credential().secret().reveal());
    assertEquals(
        "provider google: Google answered 400: invalid_grant not that pool; check the identity, and"
            + " that it may read the repository",
        ProviderFixture.refusal(source, ProviderFixture.ofPod(registry, "another", annotated))
            .getMessage());
  }

  /** Users who may edit service accounts choose the annotation. */
  @Test
  void annotationCannotLeadToAnotherPath() throws Exception {
    var source = fixture.source(ProviderKind.GOOGLE, Map.of("audience", AUDIENCE));
    var annotated = Map.of("iam.gke.io/gcp-service-account", "../../x?@evil.example");
    var refusal =
        ProviderFixture.refusal(
            source, ProviderFixture.ofPod("europe-docker.pkg.dev/a", "pod-token", annotated));
    assertEquals(
        "provider google: the annotation iam.gke.io/gcp-service-account is not the name of an"
            + " account",
        refusal.getMessage());
    assertTrue(cloud.requests().isEmpty());
  }

  @ParameterizedTest
  @CsvSource(
      delimiterString = " => ",
      value = {
        "400 => {\"error\":\"invalid_grant\",\"error_description\":\"account not found\"} => Google"
            + " answered 400: invalid_grant account not found; check the identity, and that it may"
            + " read the repository",
        "200 => garbage => Google's",
        "200 => {} => Google",
      })
  void refusalIsReportedWithTheRemedy(int status, String body, String message) throws Exception {
    cloud.at(TOKEN, request -> new CloudReply(status, body));
    var refusal = ProviderFixture.refusal(fixture.source(ProviderKind.GOOGLE, keyFile()), IMAGE);
    var text = String.valueOf(refusal.getMessage());
    assertTrue(text.startsWith("provider google: " + message), text);
    assertFalse(text.contains("Exception"), text);
  }

  @Test
  void hangingServiceEndsAtTheEntrysTimeout() throws Exception {
    cloud.at(
        TOKEN,
        request -> {
          Thread.sleep(60_000);
          return CloudReply.ok("{}");
        });
    var source = fixture.timeout(Duration.ofSeconds(1)).source(ProviderKind.GOOGLE, keyFile());
    var refusal = ProviderFixture.refusal(source, IMAGE);
    assertEquals(dev.rig.credentials.credential.ReasonClass.TIMEOUT, refusal.reasonClass());
  }

  @ParameterizedTest
  @EnumSource
  void f39_keyFileThatIsNoFileIsNotWaitedFor(SpecialFile kind) throws Exception {
    var file = kind.make(folder.resolve("key.json"));
    var refusal =
        ProviderFixture.refusal(
            fixture.source(ProviderKind.GOOGLE, Map.of("keyFile", file.toString())), IMAGE);
    assertTrue(
        String.valueOf(refusal.getMessage()).contains("not a regular file"), refusal::getMessage);
  }

  @Test
  void invalidKeyFileIsReported() throws Exception {
    var file = Files.writeString(folder.resolve("key.json"), "{\"type\":\"s3cret\"}");
    var refusal =
        ProviderFixture.refusal(
            fixture.source(ProviderKind.GOOGLE, Map.of("keyFile", file.toString())), IMAGE);
    assertEquals(
        "provider google: the file %s cannot be read as credentials of Google; check keyFile"
            .formatted(file),
        refusal.getMessage());
  }

  /** Also within an identity that impersonates another one. */
  @ParameterizedTest
  @CsvSource({"executable, true", "executable, false", "certificate, true", "certificate, false"})
  void keyFileThatRunsAProgramOrSendsACertificateIsRefused(String source, boolean nested)
      throws Exception {
    var text =
        """
        {"type":"external_account","audience":"%s","subject_token_type":"t",
        "token_url":"https://sts.googleapis.com/v1/token",
        "credential_source":{"%s":{"command":"/bin/true"}}}
        """
            .formatted(AUDIENCE, source);
    var file =
        Files.writeString(
            folder.resolve("key.json"),
            nested
                ? "{\"type\":\"impersonated_service_account\",\"source_credentials\":%s}"
                    .formatted(text)
                : text);
    var refusal =
        ProviderFixture.refusal(
            fixture.source(ProviderKind.GOOGLE, Map.of("keyFile", file.toString())), IMAGE);
    assertEquals(
        "provider google: the file %s of keyFile names a credential_source with %s, which providers do not use; use a script"
            .formatted(file, source),
        refusal.getMessage());
    assertTrue(cloud.requests().isEmpty());
  }
}
