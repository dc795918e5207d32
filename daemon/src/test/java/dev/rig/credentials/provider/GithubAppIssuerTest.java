package dev.rig.credentials.provider;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.rig.credentials.credential.CredentialSource;
import dev.rig.credentials.credential.ProviderKind;
import dev.rig.credentials.credential.ReasonClass;
import dev.rig.credentials.credential.SourceRequest;
import dev.rig.credentials.json.JsonObject;
import dev.rig.credentials.testing.cloud.FakeCloud;
import dev.rig.credentials.testing.cloud.FakeCloud.CloudReply;
import dev.rig.credentials.testing.cloud.FakeCloud.CloudRequest;
import dev.rig.credentials.testing.registry.TestAuthority;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.Signature;
import java.time.Instant;
import java.util.Base64;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GithubAppIssuerTest {
  private static final String ENDPOINT = "POST api.github.com/app/installations/2/access_tokens";
  private static final SourceRequest IMAGE = new SourceRequest("ghcr.io/acme");
  private static final Instant END = Instant.parse("2099-01-01T00:00:00Z");

  private static final TestAuthority.Identity APP = TestAuthority.sharedRsa().own();

  @TempDir private Path folder;
  @AutoClose private final FakeCloud cloud = new FakeCloud("api.github.com", "git.example");
  @AutoClose private ProviderFixture fixture;

  @BeforeEach
  void writeKey() throws Exception {
    Files.writeString(folder.resolve("app.pem"), TestAuthority.pem(APP.key()));
    fixture = new ProviderFixture(folder, cloud);
  }

  private CredentialSource source() throws Exception {
    return fixture.source(
        ProviderKind.GITHUB_APP,
        Map.of(
            "appId",
            "1",
            "installationId",
            "2",
            "privateKeyFile",
            folder.resolve("app.pem").toString()));
  }

  /** As GitHub's documentation requires: RS256, at most ten minutes, issued by the app. */
  private CloudReply strict(CloudRequest request) throws Exception {
    var parts = request.header("Authorization").replaceFirst("^Bearer ", "").split("\\.", -1);
    var signature = Signature.getInstance("SHA256withRSA");
    signature.initVerify(APP.certificate());
    signature.update((parts[0] + "." + parts[1]).getBytes(StandardCharsets.US_ASCII));
    var decoder = Base64.getUrlDecoder();
    var claims = JsonObject.parse(decoder.decode(parts[1]));
    var issued = claims.epochSeconds("iat");
    var end = claims.epochSeconds("exp");
    boolean valid =
        signature.verify(decoder.decode(parts[2]))
            && claims.textOrEmpty("iss").equals("1")
            && issued != null
            && end != null
            && issued.isBefore(Instant.now())
            && end.isAfter(Instant.now())
            && !end.isAfter(issued.plusSeconds(600));
    if (!valid) {
      return new CloudReply(401, "{\"message\":\"A JSON web token could not be decoded\"}");
    }
    return request.body().equals("{\"permissions\":{\"packages\":\"read\"}}")
            && request.header("Accept").equals("application/vnd.github+json")
        ? new CloudReply(201, "{\"token\":\"ghs_16C7e42F\",\"expires_at\":\"" + END + "\"}")
        : new CloudReply(422, "{\"message\":\"Invalid request\"}");
  }

  @Test
  void installationTokenMayOnlyReadPackagesAndExpiresAsGitHubStates() throws Exception {
    cloud.at(ENDPOINT, this::strict);
    var lease = ProviderFixture.lease(source(), IMAGE);
    assertEquals("x-access-token", lease.credential().username());
    assertEquals("ghs_16C7e42F", lease.credential().secret().reveal());
    assertEquals(END, lease.expiresAt());
  }

  @ParameterizedTest
  @CsvSource(
      delimiterString = " => ",
      value = {
        "401 => {\"message\":\"Bad credentials\"} => REFUSED => provider githubApp: GitHub answered"
            + " 401: Bad credentials; check appId, privateKeyFile and this machine's clock",
        "404 => {\"message\":\"Not Found\"} => REFUSED => provider githubApp: GitHub answered 404:"
            + " Not Found; check installationId, and that the app is installed there",
        "422 => {\"message\":\"no packages\"} => REFUSED => provider githubApp: GitHub answered"
            + " 422: no packages; give the app the permission to read packages",
        "429 => {} => SERVICE => provider githubApp: GitHub is rate-limiting; it is retried",
        "500 => oops => SERVICE => provider githubApp: GitHub answered 500",
        "302 => {} => SERVICE => provider githubApp: GitHub answered 302",
        "201 => {} => SERVICE => provider githubApp: GitHub gave no token",
        "201 => [garbage => SERVICE => provider githubApp: GitHub gave no token",
        "201 => {\"token\":\"t0k\"} => SERVICE => provider githubApp: GitHub gave a token without"
            + " an expiry",
        "201 => {\"token\":\"t0k\",\"expires_at\":\"2015-01-01T00:00:00Z\"} => EXPIRED => provider"
            + " githubApp: it gave a credential that expired at 2015-01-01T00:00:00Z; check the"
            + " clock of this machine",
      })
  void refusalIsReportedWithTheRemedy(int status, String body, ReasonClass reason, String message)
      throws Exception {
    cloud.at(ENDPOINT, request -> new CloudReply(status, body));
    var refusal = ProviderFixture.refusal(source(), IMAGE);
    assertEquals(message, refusal.getMessage());
    assertEquals(reason, refusal.reasonClass());
  }

  @Test
  void gitHubEnterpriseIsContactedForItsOwnRegistry() throws Exception {
    cloud.at("POST git.example/api/v3/app/installations/2/access_tokens", this::strict);
    var source =
        fixture.source(
            ProviderKind.GITHUB_APP,
            Map.of(
                "appId",
                "1",
                "installationId",
                "2",
                "privateKeyFile",
                folder.resolve("app.pem").toString(),
                "apiUrl",
                "https://git.example/api/v3/"));
    var lease = ProviderFixture.lease(source, new SourceRequest("containers.git.example/acme"));
    assertEquals("x-access-token", lease.credential().username());
    assertEquals(Set.of("git.example"), cloud.sought());
  }

  @Test
  void hugeAnswerIsNotRead() throws Exception {
    cloud.at(ENDPOINT, request -> new CloudReply(201, "x".repeat(2 << 20)));
    var refusal = ProviderFixture.refusal(source(), IMAGE);
    assertEquals("provider githubApp: api.github.com sent more than 1 MiB", refusal.getMessage());
  }

  @Test
  void invalidKeyIsReported() throws Exception {
    Files.writeString(folder.resolve("app.pem"), "s3cret");
    var refusal = ProviderFixture.refusal(source(), IMAGE);
    assertEquals(
        "provider githubApp: the key %s cannot be used; write the app's RSA key there as PEM"
            .formatted(folder.resolve("app.pem")),
        refusal.getMessage());
    assertTrue(cloud.requests().isEmpty());
  }

  @Test
  void tokenOfGitHubIsSentToNoOtherRegistry() throws Exception {
    cloud.at(ENDPOINT, this::strict);
    var refusal = ProviderFixture.refusal(source(), new SourceRequest("registry.example"));
    assertEquals(ReasonClass.REFUSED, refusal.reasonClass());
    assertTrue(cloud.requests().isEmpty());
  }
}
