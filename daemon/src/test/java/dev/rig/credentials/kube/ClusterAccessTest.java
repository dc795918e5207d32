package dev.rig.credentials.kube;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.rig.credentials.credential.Secret;
import dev.rig.credentials.testing.FakeTime;
import dev.rig.credentials.testing.kube.FakeKubernetes;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The sources of the access to a cluster. */
@NullUnmarked // what is null fails the test by itself
class ClusterAccessTest {
  private static final String PEM =
      "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n";

  private final FakeTime time = new FakeTime();
  private final List<Map<String, String>> runs = new ArrayList<>();
  private String printed = "";

  private ScriptAccess script(String url) {
    return new ScriptAccess(
        "prod",
        url,
        null,
        Secret.of("exec aws eks get-token"),
        (cluster, script, environment) -> {
          runs.add(environment);
          return printed.getBytes(StandardCharsets.UTF_8);
        },
        time.time());
  }

  private static String credential(String status) {
    return """
    {"apiVersion":"client.authentication.k8s.io/v1","kind":"ExecCredential","status":{%s}}
    """
        .formatted(status);
  }

  private String token(ScriptAccess access) {
    return access.current().token().reveal();
  }

  @Test
  void outputOfTheScriptIsUsedUntilShortlyBeforeItsExpiry() {
    var access = script("https://k8s.example.org");
    printed = credential("\"token\":\"one\",\"expirationTimestamp\":\"2026-01-01T00:10:00Z\"");
    assertEquals("one", token(access));
    printed = credential("\"token\":\"two\",\"expirationTimestamp\":\"2026-01-01T02:10:00+01:00\"");
    time.advance(Duration.ofSeconds(589));
    assertEquals("one", token(access));
    time.advance(Duration.ofSeconds(1));
    assertEquals("two", token(access));
    time.advance(Duration.ofMinutes(30));
    assertEquals("two", token(access));
    assertEquals(2, runs.size());
    assertTrue(runs.getFirst().get("KUBERNETES_EXEC_INFO").contains("\"interactive\":false"));
  }

  @Test
  void credentialWithoutAnExpiryIsUsedUntilItIsRejected() {
    var access = script("https://k8s.example.org");
    printed = credential("\"token\":\"one\"");
    assertEquals("one", token(access));
    time.advance(Duration.ofDays(400));
    printed = credential("\"token\":\"two\"");
    assertEquals("one", token(access));
    access.rejected();
    assertEquals("two", token(access));
  }

  @Test
  void scriptThatFailsRunsAgainOnlyAfterAGrowingPause() {
    var access = script("https://k8s.example.org");
    printed = "nothing";
    var first = assertThrows(PullSecretException.class, access::current);
    for (int second = 0; second < 600; second++) {
      time.advance(Duration.ofSeconds(1));
      var next = assertThrows(PullSecretException.class, access::current);
      assertTrue(next.getMessage().startsWith(first.getMessage()), next::getMessage);
      assertEquals(first.reason(), next.reason());
    }
    // Pauses of 2 to 4 s at first, which double up to 1 to 2 min; without them, 601 runs.
    assertTrue(runs.size() >= 8 && runs.size() <= 18, () -> runs.size() + " runs");
    time.advance(Duration.ofMinutes(2));
    printed = credential("\"token\":\"one\"");
    assertEquals("one", token(access));

    time.advance(Duration.ofMinutes(6));
    printed = "nothing";
    access.rejected();
    int before = runs.size();
    assertThrows(PullSecretException.class, access::current);
    time.advance(Duration.ofSeconds(8));
    assertThrows(PullSecretException.class, access::current);
    assertEquals(before + 2, runs.size(), "minutes after a failure, the pause is short again");
  }

  @ParameterizedTest
  @CsvSource({
    "rejected, 2026-01-02T00:00:00Z",
    "rejected, 2026-01-01T00:00:03Z",
    "accepted, 2025-12-31T00:00:00Z"
  })
  void scriptWithUselessOutputRunsAgainAtOnceAndThenAfterAGrowingPause(
      String answer, String expiry) {
    var access = script("https://k8s.example.org");
    printed = credential("\"token\":\"one\",\"expirationTimestamp\":\"" + expiry + "\"");
    token(access);
    for (int second = 0; second < 600; second++) {
      if (answer.equals("rejected")) {
        access.rejected();
      }
      try {
        token(access);
      } catch (PullSecretException e) {
        assertTrue(e.getMessage().contains("runs again"), e::getMessage);
      }
      assertTrue(second > 0 || runs.size() == 2, "the first time, it runs again at once");
      time.advance(Duration.ofSeconds(1));
    }
    assertTrue(runs.size() >= 8 && runs.size() <= 19, () -> runs.size() + " runs");
  }

  @Test
  void certificateWithItsKeyIsACredentialToo() {
    printed = credential("\"clientCertificateData\":\"C\",\"clientKeyData\":\"K\"");
    var access = script("https://k8s.example.org").current();
    assertNull(access.token());
    assertEquals("C", access.clientCertificate());
    assertEquals("K", access.clientKey().reveal());
    assertFalse(access.toString().contains("K"), access::toString);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "canary-1234",
        "[\"canary-1234\"]",
        "{\"kind\":\"Secret\",\"status\":{\"token\":\"canary-1234\"}}",
        "{\"kind\":\"ExecCredential\",\"status\":\"canary-1234\"}",
        "{\"kind\":\"ExecCredential\",\"status\":{\"clientKeyData\":\"canary-1234\"}}",
        "{\"kind\":\"ExecCredential\",\"status\":{\"token\":\"\"}}",
        "{\"kind\":\"ExecCredential\",\"status\":{\"token\":\"t\",\"expirationTimestamp\":\"canary-1234\"}}"
      })
  void anyOtherOutputIsRejectedWithTheRuleAndWithoutRepeatingIt(String text) {
    printed = text;
    var access = script("https://k8s.example.org");
    var refusal = assertThrows(PullSecretException.class, access::current);
    assertTrue(refusal.getMessage().contains("ExecCredential"), refusal::getMessage);
    assertFalse(refusal.getMessage().contains("canary"), refusal::getMessage);
  }

  @Test
  void rejectedTokenIsFetchedAgainAndTheNextRequestSucceeds() {
    try (var kubernetes = new FakeKubernetes();
        var api = new Fabric8Api(script(kubernetes.url()))) {
      kubernetes.accept("two");
      printed = credential("\"token\":\"one\"");
      var refused = assertThrows(KubeApiException.class, () -> api.secrets(null));
      assertEquals(KubeApiException.KubeFailureKind.UNAUTHORIZED, refused.kind());
      printed = credential("\"token\":\"two\"");
      assertEquals(List.of(), api.secrets(null));
      assertEquals(2, runs.size());
    }
  }

  @Test
  void inClusterTokenIsReadAgainEachTime(@TempDir Path folder) throws IOException {
    Files.writeString(folder.resolve("token"), "one\n");
    Files.writeString(folder.resolve("ca.crt"), PEM);
    Files.writeString(folder.resolve("namespace"), "rig-system");
    var access =
        new InClusterAccess(
            folder,
            Map.of("KUBERNETES_SERVICE_HOST", "fd00::1", "KUBERNETES_SERVICE_PORT", "6443"));
    assertEquals("https://[fd00::1]:6443", access.current().url());
    assertEquals("one", access.current().token().reveal());
    Files.writeString(folder.resolve("token"), "two\n");
    assertEquals("two", access.current().token().reveal());
    assertEquals(PEM, access.current().certificateAuthority());
    assertEquals("rig-system", access.namespace());
  }

  @Test
  void outsideOfAClusterTheReasonNamesWhatIsMissing(@TempDir Path folder) {
    var outside = new InClusterAccess(folder, Map.of());
    assertTrue(
        assertThrows(PullSecretException.class, outside::current)
            .getMessage()
            .contains("KUBERNETES_SERVICE_HOST"));
    var unmounted = new InClusterAccess(folder, Map.of("KUBERNETES_SERVICE_HOST", "10.0.0.1"));
    assertTrue(
        assertThrows(PullSecretException.class, unmounted::current)
            .getMessage()
            .contains("automountServiceAccountToken"));
    assertEquals("default", outside.namespace());
  }

  /** T4: TLS before a credential leaves the daemon. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "http://k8s.example.org",
        "http://127.0.0.1.example.org",
        "http://127.0.0.1@example.org",
        "https://user:pass@k8s.example.org",
        "ftp://127.0.0.1",
        "k8s.example.org/",
        "https://a b"
      })
  void tokenIsNeverSentInPlainText(String url) {
    var refusal =
        assertThrows(
            PullSecretException.class,
            () -> new ConfiguredAccess(url, null, Secret.of("t")).current());
    assertFalse(refusal.getMessage().contains(url), refusal::getMessage);
  }

  @Test
  void certificateAuthorityIsPemOrBase64OrAFile(@TempDir Path folder) throws IOException {
    var file = Files.writeString(folder.resolve("ca.pem"), PEM);
    var base64 = Base64.getEncoder().encodeToString(PEM.getBytes(StandardCharsets.US_ASCII));
    assertEquals(PEM, ConfiguredAccess.pem(PEM));
    assertEquals(PEM, ConfiguredAccess.pem(base64));
    assertEquals(PEM, ConfiguredAccess.pem(file.toString()));
    assertNull(ConfiguredAccess.pem(null));
    for (var wrong : List.of("aGVsbG8=", "hello!", folder.resolve("none").toString())) {
      assertThrows(PullSecretException.class, () -> ConfiguredAccess.pem(wrong));
    }
  }
}
