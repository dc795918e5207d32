package dev.rig.credentials.provider;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.rig.credentials.credential.ProviderKind;
import dev.rig.credentials.credential.ReasonClass;
import dev.rig.credentials.credential.SourceRequest;
import dev.rig.credentials.testing.cloud.FakeCloud;
import dev.rig.credentials.testing.cloud.FakeCloud.CloudReply;
import dev.rig.credentials.testing.cloud.FakeCloud.CloudRequest;
import dev.rig.credentials.testing.machine.SpecialFile;
import dev.rig.credentials.testing.registry.TestAuthority;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AzureIssuerTest {
  private static final String CLIENT = "11111111-1111-1111-1111-111111111111";
  private static final String TENANT = "22222222-2222-2222-2222-222222222222";
  private static final String TOKEN =
      "POST login.microsoftonline.com/" + TENANT + "/oauth2/v2.0/token";
  private static final String EXCHANGE = "POST acme.azurecr.io/oauth2/exchange";
  private static final SourceRequest IMAGE = new SourceRequest("acme.azurecr.io/app");
  private static final Instant END = Instant.parse("2099-01-01T00:00:00Z");
  private static final String ENTRA_TOKEN =
      "{\"token_type\":\"Bearer\",\"expires_in\":3599,\"access_token\":\"entra-t0ken\"}";

  private static final TestAuthority REGISTRY = TestAuthority.sharedRsa();

  @TempDir private Path folder;

  @AutoClose
  private final FakeCloud cloud =
      new FakeCloud("login.microsoftonline.com", "entra.example", "acme.azurecr.io");

  @AutoClose private ProviderFixture fixture;
  private final String refreshToken = REGISTRY.token(Map.of("exp", END.getEpochSecond()));

  @BeforeEach
  void open() {
    fixture = new ProviderFixture(folder, cloud);
    cloud.at(EXCHANGE, this::exchange);
  }

  /** As described in "AAD-OAuth" of Azure/acr. */
  private CloudReply exchange(CloudRequest request) {
    return request.field("grant_type").equals("access_token")
            && request.field("service").equals("acme.azurecr.io")
            && request.field("access_token").equals("entra-t0ken")
        ? CloudReply.ok("{\"refresh_token\":\"" + refreshToken + "\"}")
        : new CloudReply(401, "{\"errors\":[{\"message\":\"unauthorized\"}]}");
  }

  private static boolean isForClient(CloudRequest request) {
    return request.field("grant_type").equals("client_credentials")
        && request.field("client_id").equals(CLIENT)
        && request.field("scope").contains("https://containerregistry.azure.net/.default");
  }

  private static CloudReply entra(boolean valid) {
    return valid
        ? CloudReply.ok(ENTRA_TOKEN)
        : new CloudReply(
            401,
            "{\"error\":\"invalid_client\",\"error_description\":\"AADSTS7000215: Invalid client"
                + " secret provided. Trace ID: 0 Correlation ID: 1 Timestamp: 2\"}");
  }

  private ProviderFixture secret() {
    return fixture
        .with("AZURE_CLIENT_ID", CLIENT)
        .with("AZURE_TENANT_ID", TENANT)
        .with("AZURE_CLIENT_SECRET", "hunter22");
  }

  @Test
  void clientSecretIsExchangedForTheRegistrysToken() throws Exception {
    cloud.at(
        TOKEN,
        asked -> entra(isForClient(asked) && asked.field("client_secret").equals("hunter22")));
    var lease = ProviderFixture.lease(secret().source(ProviderKind.AZURE, Map.of()), IMAGE);
    assertEquals("00000000-0000-0000-0000-000000000000", lease.credential().username());
    assertEquals(refreshToken, lease.credential().secret().reveal());
    assertEquals(END, lease.expiresAt(), "the token states its own end");
    assertEquals(2, cloud.requests().size());
  }

  @Test
  void everyCredentialIsRequestedAgain() throws Exception {
    cloud.at(TOKEN, asked -> entra(isForClient(asked)));
    var source = secret().source(ProviderKind.AZURE, Map.of());
    ProviderFixture.lease(source, IMAGE);
    ProviderFixture.lease(source, IMAGE);
    assertEquals(4, cloud.requests().size());
  }

  @Test
  void certificateSignsForItsClient() throws Exception {
    var client = REGISTRY.identity("client");
    var file =
        Files.writeString(
            folder.resolve("client.pem"),
            TestAuthority.pem(client.key()) + TestAuthority.pem(client.certificate()));
    cloud.at(
        TOKEN,
        asked ->
            entra(
                isForClient(asked)
                    && asked.field("client_assertion").split("\\.", -1).length == 3
                    && asked.field("client_assertion_type").endsWith(":jwt-bearer")));
    fixture
        .with("AZURE_CLIENT_ID", CLIENT)
        .with("AZURE_TENANT_ID", TENANT)
        .with("AZURE_CLIENT_CERTIFICATE_PATH", file.toString());
    var lease = ProviderFixture.lease(fixture.source(ProviderKind.AZURE, Map.of()), IMAGE);
    assertEquals(refreshToken, lease.credential().secret().reveal());
  }

  @ParameterizedTest
  @CsvSource({
    "AZURE_FEDERATED_TOKEN_FILE, FIFO", "AZURE_CLIENT_CERTIFICATE_PATH, FIFO",
    "AZURE_FEDERATED_TOKEN_FILE, DEVICE", "AZURE_CLIENT_CERTIFICATE_PATH, DEVICE"
  })
  void f39_identityThatIsNotARegularFileIsRefusedWithoutWaiting(String variable, SpecialFile kind)
      throws Exception {
    var source =
        fixture
            .with(variable, kind.make(folder.resolve("file")).toString())
            .source(ProviderKind.AZURE, Map.of("clientId", CLIENT, "tenantId", TENANT));
    var refusal = ProviderFixture.refusal(source, IMAGE);
    assertTrue(
        String.valueOf(refusal.getMessage()).contains("not a regular file"), refusal::getMessage);
  }

  @Test
  void federatedTokenIsReadAtEachRequest() throws Exception {
    var file = Files.writeString(folder.resolve("token"), "projected-1\n");
    cloud.at(
        "POST entra.example/" + TENANT + "/oauth2/v2.0/token",
        asked ->
            entra(
                isForClient(asked)
                    && asked.field("client_assertion").equals(Files.readString(file).strip())));
    var source =
        fixture
            .with("AZURE_FEDERATED_TOKEN_FILE", file.toString())
            .with("AZURE_AUTHORITY_HOST", "https://entra.example/")
            .source(ProviderKind.AZURE, Map.of("clientId", CLIENT, "tenantId", TENANT));
    ProviderFixture.lease(source, IMAGE);
    Files.writeString(file, "projected-2\n");
    ProviderFixture.lease(source, IMAGE);
  }

  @Test
  void podIsTheClientOfItsServiceAccount() throws Exception {
    cloud.at(
        TOKEN,
        asked -> entra(isForClient(asked) && asked.field("client_assertion").equals("pod-token")));
    var source = fixture.source(ProviderKind.AZURE, Map.of());
    var annotations =
        Map.of(
            "azure.workload.identity/client-id", CLIENT,
            "azure.workload.identity/tenant-id", TENANT);
    var lease =
        ProviderFixture.lease(
            source, ProviderFixture.ofPod("acme.azurecr.io/app", "pod-token", annotations));
    assertEquals(refreshToken, lease.credential().secret().reveal());
    assertEquals(
        "provider azure: no Azure identity: set the annotation azure.workload.identity/client-id of"
            + " the pod's service account",
        ProviderFixture.refusal(
                source, ProviderFixture.ofPod("acme.azurecr.io/app", "pod-token", Map.of()))
            .getMessage());
  }

  @Test
  void refusalOfEntraIsReportedWithoutItsIds() throws Exception {
    cloud.at(TOKEN, asked -> entra(false));
    var refusal = ProviderFixture.refusal(secret().source(ProviderKind.AZURE, Map.of()), IMAGE);
    assertEquals(
        "provider azure: Microsoft Entra answered 401: AADSTS7000215: Invalid client secret"
            + " provided.; check the client, its tenant and its federated credentials",
        refusal.getMessage());
    assertEquals(ReasonClass.REFUSED, refusal.reasonClass());
  }

  @ParameterizedTest
  @CsvSource(
      delimiterString = " => ",
      value = {
        "401 => {\"errors\":[{\"code\":\"UNAUTHORIZED\",\"message\":\"not you\"}]} =>"
            + " acme.azurecr.io answered 401: not you; give the identity the role AcrPull of this"
            + " registry",
        "500 => oops => acme.azurecr.io answered 500",
        "200 => {} => acme.azurecr.io gave no refresh token",
        "200 => garbage => acme.azurecr.io gave no refresh token",
      })
  void refusalOfTheRegistryIsReportedWithTheRemedy(int status, String body, String message)
      throws Exception {
    cloud.at(TOKEN, asked -> entra(true)).at(EXCHANGE, asked -> new CloudReply(status, body));
    var refusal = ProviderFixture.refusal(secret().source(ProviderKind.AZURE, Map.of()), IMAGE);
    assertEquals("provider azure: " + message, refusal.getMessage());
  }

  @ParameterizedTest
  @CsvSource(
      delimiterString = " => ",
      value = {
        "429 => {} => Microsoft Entra is rate-limiting; it is retried",
        "503 => {} => Microsoft Entra answered 503",
        "200 => t0ken-in-garbage => Microsoft Entra's answer contains no token",
        "200 => {} => Microsoft Entra gave no token",
      })
  void failureOfEntraIsReported(int status, String body, String message) throws Exception {
    cloud.at(TOKEN, asked -> new CloudReply(status, body));
    var refusal = ProviderFixture.refusal(secret().source(ProviderKind.AZURE, Map.of()), IMAGE);
    var text = String.valueOf(refusal.getMessage());
    assertTrue(text.startsWith("provider azure: " + message), text);
    assertEquals(ReasonClass.SERVICE, refusal.reasonClass());
    assertFalse(text.contains("Exception") || text.contains("t0ken"), text);
  }

  /** With any glob of the entry. */
  @Test
  void tokenOfEntraIsSentOnlyToRegistriesOfAzure() throws Exception {
    cloud.at(TOKEN, asked -> entra(true));
    var source = secret().source(ProviderKind.AZURE, Map.of());
    var refusal = ProviderFixture.refusal(source, new SourceRequest("acme.azurecr.zip"));
    assertEquals(
        "provider azure: provider azure does not serve acme.azurecr.zip; it serves *.azurecr.io,"
            + " *.azurecr.cn, *.azurecr.us, *.azurecr.de",
        "provider azure: " + refusal.getMessage());
    assertTrue(cloud.requests().isEmpty());
  }
}
