package dev.rig.credentials.kubelet;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.rig.credentials.access.PeerRights;
import dev.rig.credentials.broker.Broker;
import dev.rig.credentials.config.ServiceAccountUse;
import dev.rig.credentials.credential.Lookup;
import dev.rig.credentials.credential.Secret;
import dev.rig.credentials.credential.ServiceAccount;
import dev.rig.credentials.linux.Peer;
import dev.rig.credentials.testing.FakeSource;
import dev.rig.credentials.testing.daemon.BrokerFixture;
import dev.rig.credentials.wire.Action;
import dev.rig.credentials.wire.Reply;
import dev.rig.credentials.wire.Request;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Requests with a pod's service-account token. */
class ServiceAccountTest {
  private static final String IMAGE = "ghcr.io/acme/app";

  /** AccountLeases.MOST. */
  private static final int MOST_ACCOUNTS = 1024;

  private final BrokerFixture fixture = new BrokerFixture();
  private final KubeletApi api = new KubeletApi(fixture.broker(), 0, fixture.time().time());
  private final FakeSource source =
      FakeSource.script(fixture.time(), "u", "first", Duration.ofHours(12));

  private Reply ask(String token, String annotations) {
    return ask("v1", token, annotations, true);
  }

  private Reply ask(String version, String token, String annotations, boolean trusted) {
    var document =
        """
        {"apiVersion":"credentialprovider.kubelet.k8s.io/%s","kind":"CredentialProviderRequest",\
        "image":"%s","serviceAccountToken":"%s","serviceAccountAnnotations":%s}
        """
            .formatted(version, IMAGE, token, annotations);
    return api.answer(
            new Request(Action.KUBELET, "", document.getBytes(StandardCharsets.UTF_8)),
            new Peer(1, trusted ? 0 : 1000, 0),
            PeerRights.ALL)
        .toCompletableFuture()
        .join()
        .reply();
  }

  private Reply askWithoutToken() {
    var document =
        """
        {"apiVersion":"credentialprovider.kubelet.k8s.io/v1","kind":"CredentialProviderRequest",\
        "image":"%s"}
        """
            .formatted(IMAGE);
    return api.answer(
            new Request(Action.KUBELET, "", document.getBytes(StandardCharsets.UTF_8)),
            new Peer(1, 0, 0),
            PeerRights.ALL)
        .toCompletableFuture()
        .join()
        .reply();
  }

  private Reply ask(String token) {
    return ask(token, "{}");
  }

  private static String body(Reply reply) {
    return new String(reply.body(), StandardCharsets.UTF_8);
  }

  /** Returns a token with the claims of the API server for a token that is bound to a pod. */
  private String token(String namespace, String name, String uid, Duration life) {
    return jwt(
        """
        {"aud":["sts"],"exp":%d,"iat":1,"iss":"https://kubernetes.default.svc","jti":"CANARY",
         "kubernetes.io":{"namespace":"%s","node":{"name":"n","uid":"nu"},
         "pod":{"name":"p","uid":"pu"},"serviceaccount":{"name":"%s","uid":"%s"}},
         "nbf":1,"sub":"system:serviceaccount:%s:%s"}
        """
            .formatted(
                fixture.time().now().plus(life).getEpochSecond(),
                namespace,
                name,
                uid,
                namespace,
                name));
  }

  private String builder() {
    return token("team", "builder", "uid-1", Duration.ofHours(1));
  }

  private static String jwt(String claims) {
    var base64 = Base64.getUrlEncoder().withoutPadding();
    return base64.encodeToString("{\"alg\":\"RS256\"}".getBytes(StandardCharsets.UTF_8))
        + "."
        + base64.encodeToString(claims.getBytes(StandardCharsets.UTF_8))
        + ".c2lnbmF0dXJl";
  }

  private void entry(ServiceAccountUse use) {
    fixture.entry("ghcr.io/acme", source, use);
  }

  @ParameterizedTest
  @EnumSource(
      value = ServiceAccountUse.class,
      names = {"REQUIRED", "OPTIONAL"})
  void scriptGetsTheTokenWithItsAccountAndAnnotations(ServiceAccountUse use) {
    entry(use);
    var token = builder();
    var reply = ask(token, "{\"example.org/role\":\"puller\"}");
    assertEquals(0, reply.status(), () -> body(reply));
    var brought = source.requests().getFirst().serviceAccount();
    assertNotNull(brought);
    assertEquals(new ServiceAccount("team", "builder", "uid-1"), brought.account());
    assertEquals(Secret.of(token), brought.token());
    assertEquals(Map.of("example.org/role", "puller"), brought.annotations());
  }

  @Test
  void ignoringEntryNeverSeesTheTokenAndSharesItsLease() {
    entry(ServiceAccountUse.IGNORED);
    assertEquals(0, ask(builder()).status());
    assertEquals(0, askWithoutToken().status());
    assertEquals(1, source.requests().size());
    assertNull(source.requests().getFirst().serviceAccount());
  }

  @ParameterizedTest
  @ValueSource(strings = {"v1beta1", "v1alpha1"})
  void earlierVersionsHaveNoToken(String version) {
    entry(ServiceAccountUse.OPTIONAL);
    assertEquals(0, ask(version, builder(), "{}", true).status());
    assertNull(source.requests().getFirst().serviceAccount());
  }

  /** T18: a different namespace, name, uid or annotation is another account's lease. */
  @Test
  void t18_leaseBelongsToOneAccount() {
    entry(ServiceAccountUse.REQUIRED);
    var life = Duration.ofHours(1);
    ask(builder());
    ask(builder());
    ask(token("team", "builder", "uid-1", Duration.ofMinutes(50)));
    assertEquals(1, source.requests().size());
    var others =
        List.of(
            token("other", "builder", "uid-1", life),
            token("team", "deployer", "uid-1", life),
            token("team", "builder", "uid-2", life));
    for (int i = 0; i < others.size(); i++) {
      source.answering("u", "other-" + i);
      assertTrue(body(ask(others.get(i))).contains("\"other-" + i + "\""));
    }
    source.answering("u", "other-role");
    assertTrue(body(ask(builder(), "{\"role\":\"x\"}")).contains("other-role"));
    assertTrue(body(ask(builder())).contains("first"));
  }

  /**
   * T18: a request without a token never gets a credential that was issued for one, and vice versa.
   */
  @Test
  void t18_otherRequestsNeverReachAnAccountsLease() {
    entry(ServiceAccountUse.OPTIONAL);
    ask(builder());
    source.answering("u", "everybody");
    var lookup = fixture.broker().lookup(BrokerFixture.image(IMAGE)).join();
    assertTrue(
        lookup instanceof Lookup.Found(_, var lease)
            && lease.credential().secret().reveal().equals("everybody"));
    assertTrue(body(askWithoutToken()).contains("everybody"));
    assertTrue(body(ask(builder())).contains("first"));
  }

  @Test
  void requiringEntryIsNotListedAndFailsClearlyWithoutAToken() {
    entry(ServiceAccountUse.REQUIRED);
    ask(builder());
    var listed = new Broker.Question(BrokerFixture.image(IMAGE), "", null, false, false);
    var answer = fixture.broker().answer(listed, entry -> Optional.empty(), one -> one).join();
    assertFalse(answer instanceof Lookup.Found);
    assertNull(fixture.broker().states().getFirst().state());
    var lookup = fixture.broker().lookup(BrokerFixture.image(IMAGE)).join();
    assertTrue(
        lookup instanceof Lookup.Failed failed && failed.reason().contains("kubelet-config"));
    var reply = askWithoutToken();
    assertEquals(1, reply.status());
    assertTrue(
        body(reply)
            .startsWith(
                "rig-credential-provider: ghcr.io/acme: it answers only a kubelet that sends the"
                    + " pod's service-account token (serviceAccount: required)"),
        body(reply));
    assertEquals(1, body(reply).lines().count());
    assertEquals(1, source.requests().size());
  }

  /** Also F34: the kubelet's cache ends a minute before. */
  @Test
  void f34_leaseEndsWithItsTokenAtTheLatestAndTheNextTokenIssuesAnother() {
    entry(ServiceAccountUse.REQUIRED);
    var first = ask(token("team", "builder", "uid-1", Duration.ofMinutes(5)));
    assertTrue(body(first).contains("\"cacheDuration\":\"4m0s\""), body(first));
    fixture.time().advance(Duration.ofSeconds(299));
    assertTrue(body(ask(builder())).contains("\"first\""));
    assertEquals(1, source.requests().size(), "not refreshed ahead");
    fixture.time().advance(Duration.ofSeconds(1));
    source.answering("u", "second");
    var token = builder();
    assertTrue(body(ask(token)).contains("\"second\""));
    var brought = source.requests().getLast().serviceAccount();
    assertNotNull(brought);
    assertEquals(Secret.of(token), brought.token());
  }

  @Test
  void expiredTokenIsAClearFailure() {
    entry(ServiceAccountUse.REQUIRED);
    var reply = ask(token("team", "builder", "uid-1", Duration.ZERO));
    assertEquals(1, reply.status());
    assertTrue(body(reply).contains("service-account token has expired"), body(reply));
    assertEquals(0, source.requests().size());
  }

  /** A token ends with its pod, so a credential that is the token itself belongs to that pod. */
  @Test
  void tokenThatIsItselfTheCredentialIsNotKept() {
    entry(ServiceAccountUse.REQUIRED);
    var one = builder();
    source.answering("u", one);
    assertTrue(body(ask(one)).contains(one));
    fixture.time().advance(Duration.ofSeconds(1));
    var other = builder();
    source.answering("u", other);
    assertTrue(body(ask(other)).contains(other));
  }

  @Test
  void failureIsRememberedPerAccountAndNotRetriedWithoutARequest() {
    entry(ServiceAccountUse.REQUIRED);
    source.failing("script exited with status 1");
    assertTrue(body(ask(builder())).contains("script exited with status 1"));
    ask(builder());
    assertEquals(1, source.requests().size());
    ask(token("team", "deployer", "uid-9", Duration.ofHours(1)));
    assertEquals(2, source.requests().size());
    fixture.time().advance(Duration.ofSeconds(100));
    assertTrue(body(ask(builder())).contains("script exited with status 1"));
    assertEquals(3, source.requests().size());
  }

  /** A prefetch would run the script without the token that it needs. */
  @Test
  void requiringEntryIsNotPrefetched() {
    entry(ServiceAccountUse.REQUIRED);
    fixture.entry("quay.io", source, ServiceAccountUse.OPTIONAL);
    fixture.broker().prefetch();
    assertEquals(List.of("quay.io"), source.asked());
  }

  @Test
  void leasesOfAccountsAreBounded() {
    entry(ServiceAccountUse.REQUIRED);
    var first = builder();
    ask(first);
    for (int i = 0; i < MOST_ACCOUNTS; i++) {
      fixture.time().advance(Duration.ofMillis(1));
      ask(token("team", "sa-" + i, "uid", Duration.ofHours(1)));
    }
    int before = source.requests().size();
    ask(first);
    assertEquals(before + 1, source.requests().size(), "the one asked for longest ago is gone");
  }

  @Test
  void tokenFromOtherUsersThanTheKubeletsIsRejected() {
    entry(ServiceAccountUse.OPTIONAL);
    ask(builder());
    var reply = ask("v1", builder(), "{}", false);
    assertEquals(1, reply.status());
    assertFalse(body(reply).contains("first"), body(reply));
  }

  /** T11: no part of a rejected token is repeated. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "CANARY",
        "CANARY.CANARY",
        "a.CANARY!.c",
        "a.b.c.d",
        "{}",
        "[]",
        "{\"exp\":9999999999,\"sub\":\"CANARY\"}",
        "{\"exp\":9999999999,\"kubernetes.io\":{\"namespace\":\"CANARY\"}}",
        // Without exp, then with an invalid one.
        "{\"sub\":\"system:serviceaccount:n:CANARY\",\"kubernetes.io\":{\"namespace\":\"n\","
            + "\"serviceaccount\":{\"name\":\"CANARY\",\"uid\":\"u\"}}}",
        "{\"exp\":1e300,\"sub\":\"system:serviceaccount:n:CANARY\",\"kubernetes.io\":{"
            + "\"namespace\":\"n\",\"serviceaccount\":{\"name\":\"CANARY\",\"uid\":\"u\"}}}",
        // Another subject; a user's token has none of a service account.
        "{\"exp\":9999999999,\"sub\":\"system:serviceaccount:n:other\",\"kubernetes.io\":{"
            + "\"namespace\":\"n\",\"serviceaccount\":{\"name\":\"CANARY\",\"uid\":\"u\"}}}",
        "{\"exp\":9999999999,\"exp\":9999999999,\"kubernetes.io\":{}}"
      })
  void t11_malformedTokenIsRefusedWithoutRepeatingIt(String text) {
    entry(ServiceAccountUse.OPTIONAL);
    var reply = ask(text.startsWith("{") || text.startsWith("[") ? jwt(text) : text);
    assertEquals(1, reply.status());
    assertTrue(body(reply).contains("the request's serviceAccountToken "), body(reply));
    assertFalse(body(reply).contains("CANARY"), body(reply));
    assertEquals(0, source.requests().size());
  }

  @Test
  void requestDoesNotPrintItsToken() throws Exception {
    var document =
        """
        {"apiVersion":"credentialprovider.kubelet.k8s.io/v1","kind":"CredentialProviderRequest",\
        "image":"a","serviceAccountToken":"CANARY"}
        """;
    var request =
        CredentialProviderRequest.parse(document.getBytes(StandardCharsets.UTF_8)).toString();
    assertFalse(request.contains("CANARY"), request);
  }
}
