package dev.rig.credentials.provider;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.rig.credentials.credential.ProviderKind;
import dev.rig.credentials.credential.ReasonClass;
import dev.rig.credentials.credential.SourceException;
import dev.rig.credentials.credential.SourceRequest;
import dev.rig.credentials.testing.cloud.FakeCloud;
import dev.rig.credentials.testing.cloud.FakeCloud.CloudReply;
import dev.rig.credentials.testing.cloud.FakeCloud.CloudRequest;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
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

/** With the identity of a pod; ProviderIT tests identities in the environment. */
class EcrIssuerTest {
  private static final String REGISTRY = "123456789012.dkr.ecr.eu-west-1.amazonaws.com";
  private static final String ECR = "POST api.ecr.eu-west-1.amazonaws.com/";
  private static final String STS = "POST sts.eu-west-1.amazonaws.com/";
  private static final String ROLE = "arn:aws:iam::123456789012:role/pull";
  private static final Map<String, String> ANNOTATIONS = Map.of("eks.amazonaws.com/role-arn", ROLE);
  private static final Instant END = Instant.parse("2099-01-01T00:00:00Z");

  @TempDir private Path folder;

  @AutoClose
  private final FakeCloud cloud =
      new FakeCloud(
          "api.ecr.eu-west-1.amazonaws.com",
          "api.ecr-public.us-east-1.amazonaws.com",
          "sts.us-east-1.amazonaws.com",
          "api.ecr.cn-north-1.amazonaws.com.cn",
          "sts.cn-north-1.amazonaws.com.cn",
          "api.ecr-fips.us-east-2.amazonaws.com",
          "sts.us-east-2.amazonaws.com",
          "api.ecr-fips.us-gov-west-1.amazonaws.com",
          "sts.us-gov-west-1.amazonaws.com",
          "ecr.us-west-2.api.aws",
          "ecr-fips.us-west-2.api.aws",
          "sts.us-west-2.amazonaws.com",
          "sts.eu-west-1.amazonaws.com");

  @AutoClose private ProviderFixture fixture;

  @BeforeEach
  void open() {
    fixture = new ProviderFixture(folder, cloud);
    cloud
        .at(STS, EcrIssuerTest::assume)
        .at("POST sts.us-east-1.amazonaws.com/", EcrIssuerTest::assume)
        .at(ECR, asked -> token(asked, "eu-west-1/ecr", "AmazonEC2ContainerRegistry_V20150921"));
  }

  /** As described for AssumeRoleWithWebIdentity in the reference of AWS STS. */
  private static CloudReply assume(CloudRequest request) {
    boolean valid =
        request.field("Action").equals("AssumeRoleWithWebIdentity")
            && request.field("RoleArn").equals(ROLE)
            && request.field("WebIdentityToken").equals("pod-token")
            && request.header("Authorization").isEmpty();
    return valid
        ? CloudReply.ok(
            """
            <AssumeRoleWithWebIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/">
            <AssumeRoleWithWebIdentityResult><Credentials><AccessKeyId>ASIAPOD</AccessKeyId>
            <SecretAccessKey>k3y</SecretAccessKey><SessionToken>s3ssion</SessionToken>
            <Expiration>%s</Expiration></Credentials></AssumeRoleWithWebIdentityResult>
            </AssumeRoleWithWebIdentityResponse>
            """
                .formatted(END))
        : new CloudReply(
            403,
            """
            <ErrorResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><Error>
            <Type>Sender</Type><Code>AccessDenied</Code><Message>it does not trust you</Message></Error><RequestId>r-1</RequestId>
            </ErrorResponse>
            """);
  }

  /** As described for GetAuthorizationToken in the reference of Amazon ECR. */
  private static CloudReply token(CloudRequest request, String scope, String service) {
    boolean valid =
        request.header("Authorization").contains("Credential=ASIAPOD/")
            && request.header("Authorization").contains("/" + scope + "/aws4_request")
            && request.header("X-Amz-Security-Token").equals("s3ssion")
            && request.header("X-Amz-Target").equals(service + ".GetAuthorizationToken");
    return valid
        ? CloudReply.ok(data(encoded("AWS:t0ken"), END.getEpochSecond()))
        : new CloudReply(
            400, "{\"__type\":\"AccessDeniedException\",\"message\":\"not asked so\"}");
  }

  private static String encoded(String text) {
    return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
  }

  private static String data(String token, long end) {
    return "{\"authorizationData\":[{\"authorizationToken\":\"%s\",\"expiresAt\":%d}]}"
        .formatted(token, end);
  }

  private SourceException refusal(SourceRequest request) throws Exception {
    return ProviderFixture.refusal(fixture.source(ProviderKind.ECR, Map.of()), request);
  }

  private static SourceRequest pod(String registry) {
    return ProviderFixture.ofPod(registry, "pod-token", ANNOTATIONS);
  }

  @Test
  void podGetsATokenByTheRoleOfItsServiceAccount() throws Exception {
    var source = fixture.source(ProviderKind.ECR, Map.of());
    var lease = ProviderFixture.lease(source, pod(REGISTRY + "/app"));
    assertEquals("AWS", lease.credential().username());
    assertEquals("t0ken", lease.credential().secret().reveal());
    assertEquals(END, lease.expiresAt());
  }

  /** Amazon ECR, "Amazon ECR endpoints and quotas": each kind of registry has its own API. */
  @ParameterizedTest
  @CsvSource({
    "123456789012.dkr.ecr.cn-north-1.amazonaws.com.cn, api.ecr.cn-north-1.amazonaws.com.cn,"
        + " sts.cn-north-1.amazonaws.com.cn, cn-north-1",
    "123456789012.dkr.ecr-fips.us-east-2.amazonaws.com, api.ecr-fips.us-east-2.amazonaws.com,"
        + " sts.us-east-2.amazonaws.com, us-east-2",
    "123456789012.dkr.ecr-fips.us-gov-west-1.amazonaws.com,"
        + " api.ecr-fips.us-gov-west-1.amazonaws.com, sts.us-gov-west-1.amazonaws.com,"
        + " us-gov-west-1",
    "123456789012.dkr-ecr.us-west-2.on.aws, ecr.us-west-2.api.aws, sts.us-west-2.amazonaws.com,"
        + " us-west-2",
    "123456789012.dkr-ecr-fips.us-west-2.on.aws, ecr-fips.us-west-2.api.aws,"
        + " sts.us-west-2.amazonaws.com, us-west-2",
  })
  void otherHostsOfRegistriesHaveTheirOwnEndpoint(
      String registry, String api, String sts, String region) throws Exception {
    cloud
        .at("POST " + sts + "/", EcrIssuerTest::assume)
        .at(
            "POST " + api + "/",
            asked -> token(asked, region + "/ecr", "AmazonEC2ContainerRegistry_V20150921"));
    var lease =
        ProviderFixture.lease(fixture.source(ProviderKind.ECR, Map.of()), pod(registry + "/app"));
    assertEquals("t0ken", lease.credential().secret().reveal());
    assertEquals(Set.of(api, sts), cloud.sought());
  }

  @Test
  void publicGalleryHasItsTokensInOneRegion() throws Exception {
    cloud.at(
        "POST api.ecr-public.us-east-1.amazonaws.com/",
        asked -> {
          var reply = token(asked, "us-east-1/ecr-public", "SpencerFrontendService");
          return new CloudReply(reply.status(), reply.json().replace("[{", "{").replace("}]", "}"));
        });
    var source = fixture.source(ProviderKind.ECR, Map.of("region", "eu-west-1"));
    var lease = ProviderFixture.lease(source, pod("public.ecr.aws"));
    assertEquals("t0ken", lease.credential().secret().reveal());
  }

  @Test
  void roleThatDoesNotTrustThePodIsNamed() throws Exception {
    var refusal = refusal(ProviderFixture.ofPod(REGISTRY, "another", ANNOTATIONS));
    assertEquals(
        "provider ecr: AWS STS answered 403: AccessDenied it does not trust you;"
            + " check the role and its trust policy",
        refusal.getMessage());
    assertEquals(ReasonClass.REFUSED, refusal.reasonClass());
  }

  @Test
  void serviceAccountWithoutARoleIsReported() throws Exception {
    assertEquals(
        "provider ecr: the pod's service account has no annotation eks.amazonaws.com/role-arn; add"
            + " it, and have the kubelet send it",
        refusal(ProviderFixture.ofPod(REGISTRY, "pod-token", Map.of())).getMessage());
  }

  @ParameterizedTest
  @CsvSource(
      delimiterString = " => ",
      value = {
        "400 => {\"__type\":\"AccessDeniedException\",\"message\":\"no\"} => REFUSED => ECR in"
            + " eu-west-1 answered 400: AccessDeniedException no; allow the identity"
            + " ecr:GetAuthorizationToken",
        "500 => oops => SERVICE => ECR in eu-west-1 answered 500",
        "400 => {\"__type\":\"ThrottlingException\",\"message\":\"slow\"} => SERVICE => ECR in"
            + " eu-west-1 is rate-limiting; it is retried: ThrottlingException slow",
        "200 => garbage => SERVICE => ECR in eu-west-1 is unreachable, or its response is"
            + " invalid; check the region and the option endpoint",
        "200 => {} => SERVICE => ECR gave no token",
        "200 => {\"authorizationData\":[{\"authorizationToken\":\"***\"}]} => SERVICE => ECR gave a"
            + " token that is not <username>:<password> in base64",
      })
  void failureOfEcrIsReportedWithTheRemedy(
      int status, String body, ReasonClass reason, String message) throws Exception {
    cloud.at(ECR, request -> new CloudReply(status, body));
    var refusal = refusal(pod(REGISTRY));
    var text = String.valueOf(refusal.getMessage());
    assertTrue(text.startsWith("provider ecr: " + message), text);
    assertFalse(text.contains("Exception:") || text.contains("Request ID"), text);
    assertEquals(reason, refusal.reasonClass());
  }

  @Test
  void expiredTokenIsReportedAsAnError() throws Exception {
    cloud.at(ECR, request -> CloudReply.ok(data(encoded("AWS:t0ken"), 1_420_070_400)));
    var refusal = refusal(pod(REGISTRY));
    assertEquals(
        "provider ecr: it gave a credential that expired at 2015-01-01T00:00:00Z; check the clock"
            + " of this machine",
        refusal.getMessage());
    assertEquals(ReasonClass.EXPIRED, refusal.reasonClass());
  }

  @Test
  void hostWithoutAnAccountIsNotContacted() throws Exception {
    var refusal = refusal(pod("1.dkr.ecr.eu-west-1.amazonaws.com"));
    assertEquals(
        "provider ecr: 1.dkr.ecr.eu-west-1.amazonaws.com does not contain an account of 12 digits"
            + " and a region; check the host",
        refusal.getMessage());
    assertTrue(cloud.requests().isEmpty());
  }

  @Test
  void missingRegionIsReported() throws Exception {
    var refusal = refusal(pod("123456789012.dkr.ecr.eu-nowhere-1.amazonaws.com"));
    var text = String.valueOf(refusal.getMessage());
    assertEquals(ReasonClass.SERVICE, refusal.reasonClass());
    assertTrue(text.contains("502") && text.contains("sts.eu-nowhere-1.amazonaws.com"), text);
  }
}
