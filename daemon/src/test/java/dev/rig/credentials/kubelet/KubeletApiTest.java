package dev.rig.credentials.kubelet;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.rig.credentials.access.PeerRights;
import dev.rig.credentials.linux.Peer;
import dev.rig.credentials.testing.FakeSource;
import dev.rig.credentials.testing.daemon.AccessFixture;
import dev.rig.credentials.testing.daemon.BrokerFixture;
import dev.rig.credentials.wire.Action;
import dev.rig.credentials.wire.Reply;
import dev.rig.credentials.wire.Request;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class KubeletApiTest {
  private final BrokerFixture fixture = new BrokerFixture();
  private final KubeletApi api = new KubeletApi(fixture.broker(), 0, fixture.time().time());

  private Reply ask(String document) {
    return api.answer(
            new Request(Action.KUBELET, "", document.getBytes(StandardCharsets.UTF_8)),
            new Peer(1, 0, 0),
            PeerRights.ALL)
        .toCompletableFuture()
        .join()
        .reply();
  }

  private Reply askFor(String image) {
    return ask(request("v1", image));
  }

  private static String request(String version, String image) {
    return """
    {"apiVersion":"credentialprovider.kubelet.k8s.io/%s","kind":"CredentialProviderRequest",\
    "image":"%s"}
    """
        .formatted(version, image);
  }

  private static String body(Reply reply) {
    return new String(reply.body(), StandardCharsets.UTF_8);
  }

  @ParameterizedTest
  @ValueSource(strings = {"v1", "v1beta1", "v1alpha1"})
  void answerHasTheRequestsVersion(String version) {
    fixture.fixed("docker.io", "u", "s");
    assertEquals(
        """
        {"apiVersion":"credentialprovider.kubelet.k8s.io/%s","kind":"CredentialProviderResponse",\
        "cacheKeyType":"Registry","cacheDuration":"10m0s",\
        "auth":{"docker.io":{"username":"u","password":"s"}}}
        """
            .formatted(version),
        body(ask(request(version, "docker.io/library/nginx"))));
  }

  @Test
  void hostWithPathsIsAnsweredForTheImageAlone() {
    fixture.fixed("ghcr.io", "u", "s").fixed("ghcr.io/org", "o", "t");
    for (var image : new String[] {"ghcr.io/org/app", "ghcr.io/organic/app"}) {
      var body = body(askFor(image));
      assertTrue(body.contains("\"cacheKeyType\":\"Image\""), body);
      assertTrue(body.contains("\"auth\":{\"" + image + "\":{"), body);
    }
  }

  @Test
  void missIsAnEmptyAnswerThatIsNotCached() {
    var reply = askFor("quay.io/a/b");
    assertEquals(0, reply.status());
    assertEquals(
        """
        {"apiVersion":"credentialprovider.kubelet.k8s.io/v1","kind":"CredentialProviderResponse",\
        "cacheKeyType":"Image","cacheDuration":"0s","auth":{}}
        """,
        body(reply));
  }

  /** T1: in JSON's escaped form, and unescaped. */
  @Test
  void t1_controlCharacterAnywhereInAnImageGetsNoCredential() {
    fixture.fixed("ghcr.io", "u", "CANARY").fixed("ghcr.io/a", "u", "CANARY");
    var image = "ghcr.io/a";
    for (int control = 0; control < 0x21; control++) {
      for (int at = 0; at <= image.length(); at++) {
        for (var form : new String[] {"\\u%04x".formatted(control), "" + (char) control}) {
          var reply = askFor(image.substring(0, at) + form + image.substring(at));
          assertFalse(body(reply).contains("CANARY"), control + " at " + at);
        }
      }
    }
    assertTrue(body(askFor(image)).contains("CANARY"), "the image itself has one");
  }

  /** The kubelet's keyring removes a leading v1 or v2 from a key's path. */
  @ParameterizedTest
  @CsvSource({
    "ghcr.io/v2/app, ghcr.io/v2/v2/app",
    "ghcr.io/v1/a/b, ghcr.io/v2/v1/a/b",
    "ghcr.io/v2x/app, ghcr.io/v2x/app",
    "localhost:5000/v2/app, localhost:5000/v2/v2/app"
  })
  void keyOfAnImageThatLooksLikeTheApiIsOneThatTheKubeletMatches(String image, String key) {
    fixture.fixed("ghcr.io/", "u", "s").fixed("ghcr.io/org", "o", "t");
    fixture.fixed("localhost:5000", "u", "s").fixed("localhost:5000/org", "o", "t");
    assertTrue(body(askFor(image)).contains("\"auth\":{\"" + key + "\":{"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"docker.io/library/nginx", "registry-1.docker.io/library/nginx"})
  void keyForDockerHubIsTheImageAsRequested(String image) {
    fixture.fixed("https://index.docker.io/v1/", "u", "s").fixed("docker.io/team", "o", "t");
    assertTrue(body(askFor(image)).contains("\"auth\":{\"" + image + "\":{"));
  }

  @Test
  void portIsPartOfTheHost() {
    fixture.fixed("localhost:5000", "u", "s").fixed("localhost:5001/org", "o", "t");
    var body = body(askFor("localhost:5000/org/app"));
    assertTrue(body.contains("\"cacheKeyType\":\"Registry\""), body);
    assertTrue(body.contains("\"auth\":{\"localhost:5000\":{\"username\":\"u\""), body);
  }

  /** F34: the kubelet's cache ends a minute before the credential. */
  @ParameterizedTest
  @CsvSource({"59, 0s", "60, 0s", "61, 1s", "125, 1m5s", "659, 9m59s", "7200, 10m0s"})
  void f34_cacheEndsBeforeTheCredential(int seconds, String expected) {
    var source = FakeSource.script(fixture.time(), "u", "s", Duration.ofSeconds(seconds));
    fixture.entry("ghcr.io", source);
    var body = body(askFor("ghcr.io/a"));
    assertTrue(body.contains("\"cacheDuration\":\"" + expected + "\""), body);
  }

  @ParameterizedTest
  @CsvSource({"0, 0s", "59, 59s", "60, 1m0s", "3600, 1h0m0s", "43205, 12h0m5s"})
  void durationsAreFormattedAsGoDoes(int seconds, String expected) {
    assertEquals(expected, CredentialProviderResponse.goDuration(Duration.ofSeconds(seconds)));
  }

  @Test
  void identityTokenIsAFailureThatNamesTheEntry() {
    fixture.fixed("ghcr.io/a", "<token>", "CANARY");
    var reply = askFor("ghcr.io/a/b");
    assertEquals(1, reply.status());
    assertTrue(body(reply).startsWith("rig-credential-provider: ghcr.io/a: "), body(reply));
    assertFalse(body(reply).contains("CANARY"), body(reply));
    assertEquals(1, body(reply).lines().count());
  }

  @Test
  void failureIsOneLine() {
    var source = FakeSource.script(fixture.time(), "u", "s", Duration.ofHours(1));
    fixture.entry("ghcr.io", source.failing("script exited with status 3"));
    var reply = askFor("ghcr.io/a");
    assertEquals(1, reply.status());
    assertTrue(body(reply).contains("ghcr.io: script exited with status 3; next attempt 2026-"));
    assertEquals(1, body(reply).lines().count());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "[]",
        "{",
        "{\"apiVersion\":\"credentialprovider.kubelet.k8s.io/v2\",\"image\":\"CANARY\"}",
        "{\"apiVersion\":\"credentialprovider.kubelet.k8s.io/v1\",\"kind\":\"X\",\"image\":\"a\"}",
        "{\"serviceAccountToken\":\"CANARY",
        "{\"image\":\"a\",\"image\":\"CANARY\"}"
      })
  void anythingElseIsRefusedWithoutRepeatingIt(String document) {
    var reply = ask(document);
    assertEquals(1, reply.status());
    assertFalse(body(reply).contains("CANARY"), body(reply));
  }

  @Test
  void fieldsOfLaterVersionsAreIgnored() {
    fixture.fixed("ghcr.io", "u", "s");
    var reply =
        ask(
            """
            {"apiVersion":"credentialprovider.kubelet.k8s.io/v1","later":{"a":[1]},
             "kind":"CredentialProviderRequest","image":"ghcr.io/a",
             "serviceAccountAnnotations":{"a":"b"}}
            """);
    assertEquals(0, reply.status(), () -> body(reply));
  }

  private static String auth(Reply reply) {
    var body = body(reply);
    return body.substring(body.indexOf("\"cacheKeyType\""));
  }

  @Test
  void mirrorAnswersForItsUpstreamsImagesAndTheUpstreamsEntryIsTriedNext() {
    fixture.mirror("mirror.example/hub", FakeSource.fixed(fixture.time(), "m", "s"), "docker.io");
    assertEquals(
        "\"cacheKeyType\":\"Image\",\"cacheDuration\":\"10m0s\",\"auth\":{"
            + "\"docker.io/library/nginx\":{\"username\":\"m\",\"password\":\"s\"}}}\n",
        auth(askFor("docker.io/library/nginx")));
    fixture.fixed("docker.io", "h", "t");
    assertEquals(
        "\"cacheKeyType\":\"Image\",\"cacheDuration\":\"10m0s\",\"auth\":{"
            + "\"docker.io/library/nginx\":{\"username\":\"m\",\"password\":\"s\"},"
            + "\"docker.io\":{\"username\":\"h\",\"password\":\"t\"}}}\n",
        auth(askFor("docker.io/library/nginx")));
    assertTrue(
        body(askFor("mirror.example/hub/library/nginx")).contains("\"username\":\"m\""),
        "its own images are answered, too");
  }

  @Test
  void answerWithTwoCredentialsIsCachedForTheShorterLife() {
    var time = fixture.time();
    fixture.mirror(
        "mirror.example", FakeSource.script(time, "m", "s", Duration.ofMinutes(30)), "docker.io");
    fixture.entry("docker.io", FakeSource.script(time, "h", "t", Duration.ofMinutes(3)));
    assertTrue(auth(askFor("docker.io/a/b")).contains("\"cacheDuration\":\"2m0s\""));
  }

  @Test
  void mirrorOfAPathAnswersForThatPathAlone() {
    fixture.mirror("mirror.example", FakeSource.fixed(fixture.time(), "m", "s"), "quay.io/acme");
    assertTrue(auth(askFor("quay.io/acme/app")).contains("\"username\":\"m\""));
    assertTrue(auth(askFor("quay.io/acmes/app")).endsWith("\"auth\":{}}\n"));
  }

  @Test
  void mirrorThatFailsLeavesTheUpstreamsCredentialWhichIsNotKept() {
    fixture.mirror(
        "mirror.example",
        FakeSource.script(fixture.time(), "m", "s", Duration.ofHours(1)).failing("no token"),
        "docker.io");
    var alone = askFor("docker.io/a/b");
    assertEquals(1, alone.status());
    assertTrue(body(alone).contains("mirror.example: no token"), body(alone));
    fixture.fixed("docker.io", "h", "t");
    assertEquals(
        "\"cacheKeyType\":\"Registry\",\"cacheDuration\":\"0s\",\"auth\":{"
            + "\"docker.io\":{\"username\":\"h\",\"password\":\"t\"}}}\n",
        auth(askFor("docker.io/a/b")));
  }

  @Test
  void upstreamThatFailsLeavesTheMirrorsCredentialWhichIsNotKept() {
    fixture.mirror("mirror.example", FakeSource.fixed(fixture.time(), "m", "s"), "docker.io");
    fixture.entry(
        "docker.io",
        FakeSource.script(fixture.time(), "h", "t", Duration.ofHours(1)).failing("no token"));
    var answer = auth(askFor("docker.io/a/b"));
    assertTrue(answer.contains("\"cacheDuration\":\"0s\""), answer);
    assertTrue(answer.contains("\"username\":\"m\""), answer);
  }

  /** T18. */
  @Test
  void t18_mirrorOfAnEntryThatThePeerMayNotGetIsNotAnswered() {
    fixture.mirror("mirror.example", FakeSource.fixed(fixture.time(), "m", "CANARY"), "docker.io");
    fixture.fixed("docker.io", "h", "t");
    var reply =
        api.answer(
                new Request(
                    Action.KUBELET,
                    "",
                    request("v1", "docker.io/a/b").getBytes(StandardCharsets.UTF_8)),
                new Peer(1, 0, 0),
                AccessFixture.of(new Peer(1, 0, 0), "docker.io"))
            .toCompletableFuture()
            .join()
            .reply();
    assertFalse(body(reply).contains("CANARY"), body(reply));
    assertTrue(body(reply).contains("\"username\":\"h\""), body(reply));
  }
}
