package dev.rig.credentials.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.rig.credentials.testing.Eventually;
import dev.rig.credentials.testing.cloud.FakeCloud;
import dev.rig.credentials.testing.cloud.FakeCloud.CloudReply;
import dev.rig.credentials.testing.cloud.FakeCloud.CloudRequest;
import dev.rig.credentials.testing.cloud.FakeEcr;
import dev.rig.credentials.testing.daemon.DaemonUnderTest;
import dev.rig.credentials.testing.daemon.Distribution;
import dev.rig.credentials.testing.daemon.NativeClient;
import dev.rig.credentials.testing.daemon.ProgramResult;
import dev.rig.credentials.testing.machine.PrivateFile;
import dev.rig.credentials.testing.machine.ProcFiles;
import dev.rig.credentials.testing.machine.Reaper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Providers with an identity in the daemon's environment. */
class ProviderIT {
  private static final String REGISTRY = "123456789012.dkr.ecr.eu-west-1.amazonaws.com";
  private static final Duration SOON = Duration.ofSeconds(20);
  private static final long MOST_KIB = 130 * 1024;

  /** The packages of the cloud libraries and their own dependencies. */
  private static final Pattern SDK =
      Pattern.compile(
          " (software\\.amazon|com\\.google|com\\.microsoft|com\\.azure|io\\.opencensus)\\.");

  @TempDir private Path folder;
  @AutoClose private final Reaper reaper = new Reaper();

  private DaemonUnderTest daemon(String entries) {
    return new DaemonUnderTest(reaper, folder.resolve("d"))
        .configured("values.yaml", "rig:\n  dockerRegistries:\n" + entries)
        .with("AWS_EC2_METADATA_DISABLED", "true");
  }

  private DaemonUnderTest ecrDaemon(FakeEcr ecr) {
    return daemon(
            "    \"*.dkr.ecr.*.amazonaws.com\": {provider: ecr, with: {endpoint: '%s'}}\n"
                .formatted(ecr.url()))
        .with("AWS_ACCESS_KEY_ID", "AKIAIOSFODNN7EXAMPLE")
        .with("AWS_SECRET_ACCESS_KEY", "not-a-key");
  }

  @Test
  void ecrTokenIsFetchedOnceAndOutlivesARestart() throws Exception {
    var ecr = reaper.own(new FakeEcr("eu-west-1"));
    var daemon = ecrDaemon(ecr);
    var first = daemon.start();
    var answer = new ProgramResult(0, NativeClient.answer(REGISTRY, "AWS", ecr.password()), "");
    assertEquals(answer, daemon.client().get(REGISTRY));
    assertEquals(answer, daemon.client().get(REGISTRY));
    assertEquals(1, ecr.calls());
    long resident = ProcFiles.residentKib(first.pid());
    assertTrue(resident <= MOST_KIB, () -> "it has " + resident + " KiB");
    assertTrue(daemon.status().contains("\"ecr\""), daemon::status);
    var explained = daemon.commandLine("explain", REGISTRY + "/app").succeeded().stdout();
    assertTrue(explained.contains("ecr"), explained);

    DaemonUnderTest.stop(first);
    daemon.start();
    assertEquals(answer, daemon.client().get(REGISTRY));
    assertEquals(1, ecr.calls());
  }

  @Test
  void rejectionByEcrIsReportedAndRemembered() throws Exception {
    var ecr = reaper.own(new FakeEcr("another-region"));
    var daemon = ecrDaemon(ecr);
    daemon.start();
    var told = daemon.client().get(REGISTRY);
    assertTrue(
        told.stdout()
            .contains(
                "provider ecr: ECR in eu-west-1 answered 400: AccessDeniedException not asked so;"
                    + " allow the identity ecr:GetAuthorizationToken"),
        told::toString);
  }

  @Test
  void missingIdentityOfAwsIsReportedWithTheRemedy() throws Exception {
    var daemon = daemon("    \"*.dkr.ecr.*.amazonaws.com\": {provider: ecr}\n");
    daemon.start();
    var told = daemon.client().get(REGISTRY).stdout();
    assertTrue(told.contains("provider ecr: found no AWS identity: set AWS_ACCESS_KEY_ID"), told);
  }

  @Test
  void googlesMetadataServerGivesTheToken() throws Exception {
    var cloud = reaper.own(new FakeCloud("unused.example"));
    cloud.at(
        "GET %s/computeMetadata/v1/instance/service-accounts/default/token"
            .formatted(cloud.plain()),
        asked ->
            asked.header("Metadata-Flavor").equals("Google")
                    && asked.field("scopes").endsWith("/devstorage.read_only")
                ? CloudReply.ok(
                    "{\"access_token\":\"ya29.node\",\"expires_in\":3000,\"token_type\":\"Bearer\"}")
                : new CloudReply(403, "{}"));
    var daemon =
        daemon("    europe-docker.pkg.dev: {provider: google}\n")
            .with("GCE_METADATA_HOST", cloud.plain())
            .with("HTTP_PROXY", "http://127.0.0.1:1");
    daemon.start();
    var key = "europe-docker.pkg.dev/acme/app";
    assertEquals(
        new ProgramResult(0, NativeClient.answer(key, "oauth2accesstoken", "ya29.node"), ""),
        daemon.client().get(key));
  }

  @Test
  void managedIdentityOfAzureGivesTheToken() throws Exception {
    var cloud = reaper.own(new FakeCloud("acme.azurecr.io"));
    cloud.at(
        "GET " + cloud.plain() + "/msi/token",
        asked ->
            asked.header("X-IDENTITY-HEADER").equals("h3ader")
                    && asked.field("resource").equals("https://containerregistry.azure.net")
                ? CloudReply.ok(
                    "{\"access_token\":\"entra\",\"expires_on\":\"%d\",\"resource\":\"r\",\"token_type\":\"Bearer\"}"
                        .formatted(System.currentTimeMillis() / 1000 + 3000))
                : new CloudReply(400, "{}"));
    var daemon =
        azureDaemon(cloud, "")
            .with("IDENTITY_ENDPOINT", "http://" + cloud.plain() + "/msi/token")
            .with("IDENTITY_HEADER", "h3ader");
    daemon.start();
    assertServesAzure(daemon);
  }

  /** As documented in "Use managed identities on a virtual machine to acquire a token". */
  private CloudReply imds(CloudRequest asked, String client) {
    boolean valid =
        asked.header("Metadata").equals("true")
            && asked.field("api-version").equals("2018-02-01")
            && asked.field("resource").equals("https://containerregistry.azure.net")
            && asked.field("client_id").equals(client);
    return valid
        ? CloudReply.ok(
            "{\"access_token\":\"entra\",\"expires_in\":\"3000\",\"expires_on\":\"%d\",\"resource\":\"r\",\"token_type\":\"Bearer\"}"
                .formatted(System.currentTimeMillis() / 1000 + 3000))
        : new CloudReply(
            400, "{\"error\":\"invalid_request\",\"error_description\":\"Identity not found\"}");
  }

  private DaemonUnderTest azureDaemon(FakeCloud cloud, String options) {
    cloud.at(
        "POST acme.azurecr.io/oauth2/exchange",
        asked ->
            asked.field("access_token").equals("entra")
                ? CloudReply.ok("{\"refresh_token\":\"refresh\"}")
                : new CloudReply(401, "{}"));
    var pem = PrivateFile.write(folder.resolve("ca.pem"), cloud.pem());
    return daemon("    acme.azurecr.io: {provider: azure%s}\n".formatted(options))
        .configured("daemon.yaml", "daemon: {registryClient: {caFiles: [%s]}}\n".formatted(pem))
        .with("HTTPS_PROXY", cloud.proxyUrl());
  }

  private static void assertServesAzure(DaemonUnderTest daemon) {
    assertEquals(
        new ProgramResult(
            0,
            NativeClient.answer(
                "acme.azurecr.io", "00000000-0000-0000-0000-000000000000", "refresh"),
            ""),
        daemon.client().get("acme.azurecr.io"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "11111111-1111-1111-1111-111111111111"})
  void metadataServiceOfAzureGivesTheTokenOfTheIdentity(String client) throws Exception {
    var cloud = reaper.own(new FakeCloud("acme.azurecr.io"));
    cloud.at(
        "GET " + cloud.plain() + "/metadata/identity/oauth2/token", asked -> imds(asked, client));
    var daemon =
        azureDaemon(cloud, client.isEmpty() ? "" : ", with: {clientId: " + client + "}")
            .with("AZURE_POD_IDENTITY_AUTHORITY_HOST", "http://" + cloud.plain())
            .with("HTTP_PROXY", "http://127.0.0.1:1");
    daemon.start();
    assertServesAzure(daemon);
  }

  @Test
  void identityThatTheMachineDoesNotHaveIsReportedOnce() throws Exception {
    var cloud = reaper.own(new FakeCloud("acme.azurecr.io"));
    cloud.at(
        "GET " + cloud.plain() + "/metadata/identity/oauth2/token",
        asked -> imds(asked, "another"));
    var daemon =
        azureDaemon(cloud, "").with("AZURE_POD_IDENTITY_AUTHORITY_HOST", "http://" + cloud.plain());
    daemon.start();
    var told = daemon.client().get("acme.azurecr.io").stdout();
    assertTrue(
        told.contains("provider azure: the metadata service of this machine answered 400"), told);
    assertTrue(told.contains("assign the managed identity to this machine"), told);
    assertEquals(1, cloud.requests().size());
  }

  @ParameterizedTest
  @ValueSource(ints = {404, 410, 429, 500, 504, 302})
  void failureOfAzuresMetadataServiceIsNotRepeatedByTheLibrary(int status) throws Exception {
    var cloud = reaper.own(new FakeCloud("acme.azurecr.io"));
    cloud.at(
        "GET " + cloud.plain() + "/metadata/identity/oauth2/token",
        asked -> new CloudReply(status, "{}"));
    var daemon =
        azureDaemon(cloud, "").with("AZURE_POD_IDENTITY_AUTHORITY_HOST", "http://" + cloud.plain());
    daemon.start();
    var told = daemon.client().get("acme.azurecr.io").stdout();
    assertTrue(told.contains("provider azure: the metadata service of this machine"), told);
    assertEquals(1, cloud.requests().size());
    assertEquals(Set.of(), cloud.sought());
  }

  /** Outside Azure nothing answers there; the daemon does not wait for the entry's timeout. */
  @Test
  void machineWithoutAMetadataServiceIsReportedSoonWithTheRemedy() throws Exception {
    var cloud = reaper.own(new FakeCloud("acme.azurecr.io"));
    var daemon =
        azureDaemon(cloud, ", timeout: 5m")
            .with("AZURE_POD_IDENTITY_AUTHORITY_HOST", "http://127.0.0.1:1");
    daemon.start();
    var told = daemon.client().get("acme.azurecr.io").stdout();
    assertTrue(told.contains("provider azure: found no Azure identity: set AZURE_CLIENT_ID"), told);
  }

  /** The library itself would remember that there was no server. */
  @Test
  void metadataServerOfGoogleThatAnswersLaterIsUsed() throws Exception {
    var cloud = reaper.own(new FakeCloud("unused.example"));
    var daemon =
        daemon("    europe-docker.pkg.dev: {provider: google}\n")
            .with("GCE_METADATA_HOST", cloud.plain());
    daemon.start();
    var key = "europe-docker.pkg.dev/acme/app";
    var told = daemon.client().get(key);
    assertTrue(told.stdout().contains("provider google: "), told::toString);
    cloud.at(
        "GET %s/computeMetadata/v1/instance/service-accounts/default/token"
            .formatted(cloud.plain()),
        asked ->
            CloudReply.ok(
                "{\"access_token\":\"ya29.node\",\"expires_in\":3000,\"token_type\":\"Bearer\"}"));
    Eventually.within(
        SOON,
        () -> daemon.client().get(key).stdout().contains("ya29.node"),
        () -> "it is used: " + daemon.client().get(key));
  }

  @Test
  void machineWithoutAMetadataServerOfGoogleIsReportedSoonWithTheRemedy() throws Exception {
    var daemon =
        daemon("    europe-docker.pkg.dev: {provider: google, timeout: 5m}\n")
            .with("GCE_METADATA_HOST", "127.0.0.1:1");
    daemon.start();
    var told = daemon.client().get("europe-docker.pkg.dev").stdout();
    assertTrue(
        told.contains(
            "provider google: found no Google identity: set GOOGLE_APPLICATION_CREDENTIALS"),
        told);
  }

  private static List<String> loaded(Path log) {
    try {
      return Files.readAllLines(log).stream().filter(line -> SDK.matcher(line).find()).toList();
    } catch (IOException e) {
      return List.of();
    }
  }

  @Test
  void daemonWithoutAProviderLoadsNoClassOfACloudsLibrary() throws Exception {
    var ecr = reaper.own(new FakeEcr("eu-west-1"));
    var log = folder.resolve("classes.log");
    var home = Distribution.daemon().getParent().getParent();
    var options =
        PrivateFile.write(
            folder.resolve("options"),
            "-XX:AOTCache=%s\n-Xlog:class+load=info:file=%s\n"
                .formatted(home.resolve("lib/rig-credentials.aot"), log));
    var daemon =
        daemon(
                """
                    example.org: {username: bot, password: of-it}
                    scripted.example: {script: 'echo bot:from-a-script'}
                """)
            .with("AWS_ACCESS_KEY_ID", "AKIAIOSFODNN7EXAMPLE")
            .with("AWS_SECRET_ACCESS_KEY", "not-a-key")
            .with("RIG_CREDENTIALS_AOT", "@" + options);
    daemon.start();
    daemon.client().get("example.org").succeeded();
    daemon.client().get("scripted.example").succeeded();
    daemon.status();
    assertEquals(List.of(), loaded(log));
    PrivateFile.write(
        daemon.file("values.yaml"),
        "rig: {dockerRegistries: {%s: {provider: ecr, with: {endpoint: '%s'}}}}"
            .formatted(REGISTRY, ecr.url()));
    Eventually.within(
        SOON,
        () -> daemon.client().get(REGISTRY).stdout().contains(ecr.password()),
        () -> "the reloaded entry answers");
    assertTrue(!loaded(log).isEmpty());
  }
}
