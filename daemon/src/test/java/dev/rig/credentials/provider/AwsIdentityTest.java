package dev.rig.credentials.provider;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.rig.credentials.credential.CredentialSource;
import dev.rig.credentials.credential.ProviderKind;
import dev.rig.credentials.credential.SourceRequest;
import dev.rig.credentials.testing.cloud.FakeCloud;
import dev.rig.credentials.testing.cloud.FakeCloud.CloudReply;
import dev.rig.credentials.testing.cloud.FakeCloud.CloudRequest;
import dev.rig.credentials.testing.machine.PrivateFile;
import dev.rig.credentials.testing.machine.SpecialFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Identities that AWS's SDK finds itself; its system properties name the fakes. */
class AwsIdentityTest {
  private static final String REGISTRY = "123456789012.dkr.ecr.eu-west-1.amazonaws.com";
  private static final Instant END = Instant.parse("2099-01-01T00:00:00Z");

  @TempDir private Path folder;

  @AutoClose private final FakeCloud cloud = new FakeCloud("api.ecr.eu-west-1.amazonaws.com");

  @AutoClose private ProviderFixture fixture;
  private final Set<String> properties = new HashSet<>();

  @BeforeEach
  void open() {
    fixture = new ProviderFixture(folder, cloud);
    setting("aws.configFile", folder.resolve("config"));
    setting("aws.sharedCredentialsFile", folder.resolve("credentials"));
    setting("aws.ec2MetadataServiceEndpoint", "http://127.0.0.1:1");
  }

  @AfterEach
  void forget() {
    properties.forEach(System::clearProperty);
  }

  private void setting(String property, Object value) {
    System.setProperty(property, value.toString());
    properties.add(property);
  }

  private CredentialSource source() throws Exception {
    return fixture.source(ProviderKind.ECR, Map.of());
  }

  private void ecr(String host, String region, String key) {
    cloud.at(
        "POST " + host + "/",
        asked ->
            asked.header("Authorization").contains("Credential=" + key + "/")
                    && asked.header("Authorization").contains("/" + region + "/ecr/aws4_request")
                ? token(asked)
                : new CloudReply(400, "{\"__type\":\"AccessDeniedException\",\"message\":\"no\"}"));
  }

  private static CloudReply token(CloudRequest asked) {
    return CloudReply.ok(
        "{\"authorizationData\":[{\"authorizationToken\":\"%s\",\"expiresAt\":%d}]}"
            .formatted(
                Base64.getEncoder().encodeToString("AWS:t0ken".getBytes(StandardCharsets.UTF_8)),
                END.getEpochSecond()));
  }

  private void ecr() {
    ecr("api.ecr.eu-west-1.amazonaws.com", "eu-west-1", "ASIANODE");
  }

  private void assertServes() throws Exception {
    var lease = ProviderFixture.lease(source(), new SourceRequest(REGISTRY));
    assertEquals("t0ken", lease.credential().secret().reveal());
    assertEquals(END, lease.expiresAt());
  }

  private String refusal() throws Exception {
    return String.valueOf(
        ProviderFixture.refusal(source(), new SourceRequest(REGISTRY)).getMessage());
  }

  private static String credentials() {
    return """
    {"Code":"Success","Type":"AWS-HMAC","LastUpdated":"2024-01-01T00:00:00Z","AccessKeyId":"ASIANODE",
    "SecretAccessKey":"k3y","Token":"s3ssion","Expiration":"%s"}
    """
        .formatted(END);
  }

  /** Amazon EC2 user guide, "Use the Instance Metadata Service": only version 2. */
  private CloudReply metadata(CloudRequest request, String body) {
    return request.header("X-aws-ec2-metadata-token").equals("imds-t0ken")
        ? CloudReply.ok(body)
        : new CloudReply(401, "");
  }

  @Test
  void roleOfTheInstanceIsRequestedFromItsMetadataService() throws Exception {
    ecr();
    var roles = "GET " + cloud.plain() + "/latest/meta-data/iam/security-credentials/";
    cloud
        .at(
            "PUT " + cloud.plain() + "/latest/api/token",
            asked ->
                asked.header("X-aws-ec2-metadata-token-ttl-seconds").isEmpty()
                    ? new CloudReply(400, "")
                    : CloudReply.ok("imds-t0ken"))
        .at(roles, asked -> metadata(asked, "node-role"))
        .at(roles + "node-role", asked -> metadata(asked, credentials()));
    setting("aws.ec2MetadataServiceEndpoint", "http://" + cloud.plain());
    assertServes();
  }

  private void container(String uri) {
    setting("aws.containerCredentialsFullUri", uri);
    fixture.with("AWS_CONTAINER_CREDENTIALS_FULL_URI", uri);
  }

  /** EKS Pod Identity: the token's file is read again for each request. */
  @Test
  void podIdentityIsRequestedWithItsToken() throws Exception {
    ecr();
    var token = PrivateFile.write(folder.resolve("token"), "pod-t0ken");
    cloud.at(
        "GET " + cloud.plain() + "/v1/credentials",
        asked ->
            asked.header("Authorization").equals("pod-t0ken")
                ? CloudReply.ok(credentials())
                : new CloudReply(401, "{}"));
    container("http://" + cloud.plain() + "/v1/credentials");
    setting("aws.containerAuthorizationTokenFile", token);
    fixture.with("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE", token.toString());
    assertServes();
  }

  /** The SDK requests container credentials with its own client, which has no limits. */
  @Test
  void t25_endlessAnswerEndsAtTheDeadline() throws Exception {
    cloud.at(
        "GET " + cloud.plain() + "/v1/credentials",
        asked -> new CloudReply(200, " ".repeat(1024), true));
    container("http://" + cloud.plain() + "/v1/credentials");
    fixture.timeout(Duration.ofSeconds(1));
    assertTrue(refusal().startsWith("provider ecr: no credential within 1000 ms"));
  }

  @Test
  void containerCredentialsOfAnotherHostAreRefused() throws Exception {
    ecr();
    container("http://192.0.2.1/v1/credentials");
    var told = refusal();
    assertTrue(told.startsWith("provider ecr: found no AWS identity"), told);
  }

  @ParameterizedTest
  @ValueSource(strings = {"config", "credentials"})
  void t23_f39_sharedFilesAreCheckedForEveryIdentity(String name) throws Exception {
    var shared = PrivateFile.write(folder.resolve(name), "[default]\n");
    Files.setPosixFilePermissions(shared, PosixFilePermissions.fromString("rw-r--rw-"));
    fixture.with("AWS_ACCESS_KEY_ID", "AKIAENV");
    var told = refusal();
    assertTrue(told.contains(name + " is writable by others"), told);
    Files.delete(shared);
    SpecialFile.FIFO.make(shared);
    told = refusal();
    assertTrue(told.contains("it is a FIFO, not a regular file"), told);
    assertTrue(cloud.requests().isEmpty());
  }

  @Test
  void profileThatRunsAProgramIsRefused() throws Exception {
    PrivateFile.write(
        folder.resolve("config"),
        "[default]\ncredential_process = /bin/touch %s\n".formatted(folder.resolve("ran")));
    var told = refusal();
    assertTrue(told.contains("the profile default runs a program (credential_process)"), told);
    assertTrue(!Files.exists(folder.resolve("ran")));
  }

  /** A role of a profile, with the SDK's own client for the token service. */
  private FakeCloud cloudWithRoles() throws Exception {
    var roles = new FakeCloud("api.ecr.eu-west-1.amazonaws.com", "sts.eu-west-1.amazonaws.com");
    roles.at(
        "POST sts.eu-west-1.amazonaws.com/",
        asked ->
            CloudReply.ok(
                """
                <AssumeRoleResponse><AssumeRoleResult><Credentials>
                <AccessKeyId>ASIANODE</AccessKeyId><SecretAccessKey>k3y</SecretAccessKey>
                <SessionToken>s3ssion</SessionToken><Expiration>%s</Expiration>
                </Credentials></AssumeRoleResult></AssumeRoleResponse>
                """
                    .formatted(END)));
    roles.at("POST api.ecr.eu-west-1.amazonaws.com/", AwsIdentityTest::token);
    return roles;
  }

  /** The limits and the redaction of an entry are those of its requests. */
  @Test
  void eachEntrySendsTheRequestsOfItsOwnProfile() throws Exception {
    PrivateFile.write(
        folder.resolve("credentials"),
        "[base]\naws_access_key_id = AKIABASE\naws_secret_access_key = k3y\n");
    var config =
        PrivateFile.write(
            folder.resolve("config"),
            """
            [profile pull]
            source_profile = base
            role_arn = arn:aws:iam::123456789012:role/pull
            region = eu-west-1
            """);
    var options = Map.of("profile", "pull");
    var request = new SourceRequest(REGISTRY);
    var otherFolder = Files.createDirectory(folder.resolve("other"));
    try (var ours = cloudWithRoles();
        var others = cloudWithRoles();
        var one = new ProviderFixture(folder, ours);
        var other = new ProviderFixture(otherFolder, others)) {
      var first = one.source(ProviderKind.ECR, options);
      Files.setPosixFilePermissions(config, PosixFilePermissions.fromString("rw-r--rw-"));
      ProviderFixture.refusal(first, request);
      Files.setPosixFilePermissions(config, PosixFilePermissions.fromString("rw-------"));
      ProviderFixture.lease(other.source(ProviderKind.ECR, options), request);
      ProviderFixture.lease(first, request);
      assertEquals(2, ours.requests().size());
      assertEquals(2, others.requests().size());
    }
  }
}
