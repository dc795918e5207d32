package dev.rig.credentials.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.rig.credentials.image.Hash;
import dev.rig.credentials.json.JsonException;
import dev.rig.credentials.json.JsonObject;
import dev.rig.credentials.testing.Eventually;
import dev.rig.credentials.testing.cloud.FakeCloud;
import dev.rig.credentials.testing.cloud.FakeCloud.CloudReply;
import dev.rig.credentials.testing.cloud.FakeCloud.CloudRequest;
import dev.rig.credentials.testing.daemon.DaemonUnderTest;
import dev.rig.credentials.testing.daemon.NativeClient;
import dev.rig.credentials.testing.daemon.ProgramResult;
import dev.rig.credentials.testing.machine.PrivateFile;
import dev.rig.credentials.testing.machine.Reaper;
import dev.rig.credentials.testing.machine.SpecialFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The identity of a person who signed in with {@code aws sso login}: the portal and the token
 * service of IAM Identity Center are fakes (IAM Identity Center Portal API, {@code
 * GetRoleCredentials}; IAM Identity Center OIDC API, {@code CreateToken}).
 */
class IdentityCenterIT {
  private static final String REGISTRY = "123456789012.dkr.ecr.eu-west-1.amazonaws.com";
  private static final Duration SOON = Duration.ofSeconds(20);
  private static final Duration HOUR = Duration.ofHours(1);

  /** Less than the minute before the end in which the SDK renews a session. */
  private static final Duration MOMENT = Duration.ofSeconds(30);

  private static final Duration OVER = Duration.ofMinutes(-1);
  private static final String START = "https://acme.awsapps.com/start";
  private static final String LOGIN = "aws sso login --profile pull";
  private static final String SESSION =
      """
      [profile pull]
      sso_session = acme
      sso_account_id = 123456789012
      sso_role_name = Pull
      [sso-session acme]
      sso_region = eu-central-1
      sso_start_url = https://acme.awsapps.com/start
      sso_registration_scopes = sso:account:access
      """;
  private static final String STARTED =
      """
      [profile pull]
      sso_start_url = https://acme.awsapps.com/start
      sso_region = eu-central-1
      sso_account_id = 123456789012
      sso_role_name = Pull
      """;

  @TempDir private Path folder;
  @AutoClose private final Reaper reaper = new Reaper();
  private final FakeCloud cloud = reaper.own(new FakeCloud("unused.example"));
  private DaemonUnderTest daemon;

  @BeforeEach
  void open() {
    cloud
        .at(
            "GET " + cloud.plain() + "/federation/credentials",
            asked ->
                asked.header("x-amz-sso_bearer_token").equals("signed-in")
                        && asked.field("account_id").equals("123456789012")
                        && asked.field("role_name").equals("Pull")
                    ? CloudReply.ok(
                        """
                        {"roleCredentials":{"accessKeyId":"ASIASSO","secretAccessKey":"k3y",
                        "sessionToken":"s3ssion","expiration":%d}}
                        """
                            .formatted(Instant.now().plus(HOUR).toEpochMilli()))
                    : portalRefuses(asked))
        .at("POST " + cloud.plain() + "/token", IdentityCenterIT::renewed)
        .at(
            "POST " + cloud.plain() + "/",
            asked ->
                asked.header("Authorization").contains("Credential=ASIASSO/")
                        && asked.header("Authorization").contains("/eu-west-1/ecr/aws4_request")
                        && asked.header("X-Amz-Security-Token").equals("s3ssion")
                    ? CloudReply.ok(
                        "{\"authorizationData\":[{\"authorizationToken\":\"%s\",\"expiresAt\":%d}]}"
                            .formatted(
                                Base64.getEncoder()
                                    .encodeToString("AWS:t0ken".getBytes(StandardCharsets.UTF_8)),
                                Instant.now().plus(HOUR).getEpochSecond()))
                    : new CloudReply(400, "{\"__type\":\"AccessDeniedException\"}"));
    daemon =
        new DaemonUnderTest(reaper, folder.resolve("d"))
            .configured(
                "values.yaml",
                """
                rig:
                  dockerRegistries:
                    "*.dkr.ecr.*.amazonaws.com":
                      provider: ecr
                      with: {profile: pull, endpoint: 'http://%s'}
                """
                    .formatted(cloud.plain()))
            .with("AWS_ENDPOINT_URL_SSO", "http://" + cloud.plain())
            .with("AWS_ENDPOINT_URL_SSO_OIDC", "http://" + cloud.plain())
            .with("AWS_EC2_METADATA_DISABLED", "true");
  }

  /** The portal's message repeats the token, which must not be shown. */
  private static CloudReply portalRefuses(CloudRequest asked) {
    return new CloudReply(
        401,
        "{\"__type\":\"UnauthorizedException\",\"message\":\"Session token %s not found or invalid\"}"
            .formatted(asked.header("x-amz-sso_bearer_token")));
  }

  private static CloudReply renewed(CloudRequest asked) throws JsonException {
    var body = JsonObject.parse(asked.body().getBytes(StandardCharsets.UTF_8));
    return body.textOrEmpty("grantType").equals("refresh_token")
            && body.textOrEmpty("clientId").equals("client")
            && body.textOrEmpty("clientSecret").equals("cl1ent-secret")
            && body.textOrEmpty("refreshToken").equals("refr3sh")
        ? CloudReply.ok(
            """
            {"accessToken":"signed-in","tokenType":"Bearer","expiresIn":3600,
            "refreshToken":"refr3sh-2"}
            """)
        : new CloudReply(400, "{\"__type\":\"InvalidGrantException\",\"error\":\"invalid_grant\"}");
  }

  private Path cache(String key) {
    var name = Hash.SHA1.hex(key.getBytes(StandardCharsets.UTF_8));
    return folder.resolve("d/.aws/sso/cache/" + name + ".json");
  }

  /** Writes the file of {@code aws sso login}. */
  private Path signIn(String key, String token, Duration life, String more) {
    var text =
        "{\"accessToken\":\"%s\",\"expiresAt\":\"%s\",\"region\":\"eu-central-1\",\"startUrl\":\"%s\"%s}"
            .formatted(token, Instant.now().plus(life), START, more);
    return PrivateFile.write(cache(key), text);
  }

  private static String renewable(String refreshToken) {
    return ",\"clientId\":\"client\",\"clientSecret\":\"cl1ent-secret\",\"refreshToken\":\"%s\",\"registrationExpiresAt\":\"%s\""
        .formatted(refreshToken, Instant.now().plus(Duration.ofDays(30)));
  }

  private void start(String config) {
    PrivateFile.write(folder.resolve("d/.aws/config"), config);
    daemon.start();
  }

  private void assertServes() {
    var answer = new ProgramResult(0, NativeClient.answer(REGISTRY, "AWS", "t0ken"), "");
    assertEquals(answer, daemon.client().get(REGISTRY));
  }

  private String refusal() {
    var told = daemon.client().get(REGISTRY);
    assertTrue(told.status() != 0, told::toString);
    return told.stdout();
  }

  @Test
  void signInOfASessionGivesTheToken() {
    signIn("acme", "signed-in", HOUR, renewable("refr3sh"));
    start(SESSION);
    assertServes();
    assertEquals(2, cloud.requests().size(), "a session that lasts is not renewed");
  }

  @Test
  void signInOfAStartUrlGivesTheToken() {
    signIn(START, "signed-in", HOUR, "");
    start(STARTED);
    assertServes();
  }

  /** A role that is assumed with a person's identity. */
  @Test
  void signInOfASourceProfileIsNamedByThatProfile() {
    signIn("acme", "gone", OVER, "");
    start(
        SESSION.replace("profile pull", "profile person")
            + """
            [profile pull]
            source_profile = person
            role_arn = arn:aws:iam::123456789012:role/pull
            """);
    var told = refusal();
    assertTrue(told.contains("aws sso login --profile person"), told);
  }

  @Test
  void sessionIsRenewedBeforeItEndsAndKeptForOtherPrograms() throws Exception {
    var file = signIn("acme", "ending", MOMENT, renewable("refr3sh"));
    start(SESSION);
    assertServes();
    var kept = JsonObject.parse(Files.readAllBytes(file));
    assertEquals("signed-in", kept.textOrEmpty("accessToken"));
    assertEquals("refr3sh-2", kept.textOrEmpty("refreshToken"));
  }

  @ParameterizedTest
  @CsvSource({"true, gone-session", "false, gone-start"})
  void expiredSignInIsReportedAndTheNextOneIsUsedWithoutARestart(boolean session, String token) {
    var key = session ? "acme" : START;
    signIn(key, token, OVER, session ? renewable("0ver") : "");
    start(session ? SESSION : STARTED);
    var told = refusal();
    assertTrue(told.contains("provider ecr: the sign-in of the profile pull is over"), told);
    assertTrue(told.contains(LOGIN), told);
    assertFalse(told.contains(token) || told.contains("0ver") || told.contains("cl1ent"), told);

    signIn(key, "signed-in", HOUR, session ? renewable("refr3sh") : "");
    Eventually.within(
        SOON,
        () -> daemon.client().get(REGISTRY).status() == 0,
        () -> "the new sign-in is used: " + daemon.client().get(REGISTRY));
    assertServes();
  }

  @Test
  void t21_signInThatThePortalRejectsIsReportedWithoutItsToken() {
    signIn("acme", "revoked-t0ken", HOUR, "");
    start(SESSION);
    var told = refusal();
    assertTrue(told.contains("provider ecr: IAM Identity Center answered 401"), told);
    assertTrue(told.contains(LOGIN), told);
    assertFalse(told.contains("revoked-t0ken"), told);
  }

  @Test
  void roleThatIsNotAssignedIsReportedAsSuch() {
    cloud.at(
        "GET " + cloud.plain() + "/federation/credentials",
        asked ->
            new CloudReply(403, "{\"__type\":\"ForbiddenException\",\"message\":\"No access\"}"));
    signIn("acme", "signed-in", HOUR, "");
    start(SESSION);
    var told = refusal();
    assertTrue(
        told.contains("provider ecr: IAM Identity Center answered 403: ForbiddenException"), told);
    assertTrue(told.contains("sso_account_id and sso_role_name"), told);
  }

  @Test
  void unreachablePortalIsNotReportedAsAnExpiredSignIn() {
    daemon.with("AWS_ENDPOINT_URL_SSO", "http://127.0.0.1:1");
    signIn("acme", "signed-in", HOUR, "");
    start(SESSION);
    var told = refusal();
    assertTrue(told.contains("check the network") && !told.contains("sso login"), told);
  }

  @Test
  void missingProfileIsReported() {
    start(SESSION.replace("profile pull", "profile push"));
    var told = refusal();
    assertTrue(told.contains("there is no profile pull in the shared AWS configuration"), told);
  }

  @Test
  void profileWithoutASignInIsReported() {
    start(SESSION);
    var told = refusal();
    assertTrue(told.contains("the profile pull is not signed in"), told);
    assertTrue(told.contains(LOGIN), told);
  }

  @ParameterizedTest
  @EnumSource
  void f39_signInThatIsNoFileIsRefusedWithoutWaiting(SpecialFile kind) throws Exception {
    kind.make(PrivateFile.folder(cache("acme").getParent()).resolve(cache("acme").getFileName()));
    start(SESSION);
    var told = refusal();
    assertTrue(told.contains("not a regular file"), told);
  }

  @Test
  void t23_signInThatOthersCanWriteIsNotUsed() throws IOException {
    var file = signIn("acme", "signed-in", HOUR, "");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--rw-"));
    start(SESSION);
    var told = refusal();
    assertTrue(told.contains("is writable by others"), told);
    assertTrue(cloud.requests().isEmpty());
  }

  @ParameterizedTest
  @CsvSource({"''", "garbage", "{}", "'{\"accessToken\":1,\"expiresAt\":[]}'", "[]"})
  void unreadableSignInIsTreatedAsExpired(String text) {
    PrivateFile.write(cache("acme"), text);
    start(SESSION);
    var told = refusal();
    assertTrue(told.contains("provider ecr: the sign-in of the profile pull"), told);
    assertTrue(told.contains(LOGIN), told);
  }

  @ParameterizedTest
  @CsvSource({"sso_account_id", "sso_role_name", "sso_region", "sso_start_url", "sso-session"})
  void profileThatLacksASettingIsReportedAsIncomplete(String key) {
    signIn("acme", "signed-in", HOUR, "");
    start(SESSION.replaceAll("(?m)^(\\[?)" + key, "$1x-" + key));
    var told = refusal();
    assertTrue(told.contains("provider ecr: the profile pull"), told);
    assertTrue(told.contains(key), told);
    assertFalse(told.contains("internal error"), told);
  }
}
