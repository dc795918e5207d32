package dev.rig.credentials.registry.client;

import static dev.rig.credentials.testing.registry.HostileRegistry.reply;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.rig.credentials.net.AuthChallenge;
import dev.rig.credentials.net.HostResolver;
import dev.rig.credentials.net.HttpFailure;
import dev.rig.credentials.net.NetworkZone;
import dev.rig.credentials.net.Origin;
import dev.rig.credentials.net.PlainHttpPolicy;
import dev.rig.credentials.net.Proxies;
import dev.rig.credentials.registry.CallException;
import dev.rig.credentials.registry.RegistryFailure;
import dev.rig.credentials.registry.ResolvedImage;
import dev.rig.credentials.registry.auth.RealmPolicy;
import dev.rig.credentials.registry.auth.RegistryEndpoint;
import dev.rig.credentials.registry.content.FakeImage;
import dev.rig.credentials.testing.Eventually;
import dev.rig.credentials.testing.registry.HostileRegistry;
import dev.rig.credentials.testing.registry.HostileRegistry.Asked;
import dev.rig.credentials.testing.registry.TestAuthority;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** T4, T5 and F26 to F29, with hostile registries. */
class HostileRegistryTest {
  private static final FakeImage IMAGE = FakeImage.oci();
  private static final String BASIC = "WWW-Authenticate: Basic realm=\"private\"";

  @TempDir private Path folder;

  private static void bearer(OutputStream out, String realm) throws IOException {
    reply(out, 401, "", "WWW-Authenticate: Bearer realm=\"" + realm + "\",service=\"s\"");
  }

  // T4

  @ParameterizedTest
  @ValueSource(
      strings = {
        "http://127.0.0.2:%d/token",
        "http://localhost:%d/token",
        "http://user@127.0.0.2:%d/token",
        "https://127.0.0.2:%d/token",
        "HTTP://127.0.0.2:%d",
        "//127.0.0.2:%d/token",
        "/token",
        "ftp://127.0.0.2:%d/token",
        "http://127.0.0.2:%d/token#fragment",
        "http://[::ffff:127.0.0.2]:%d/token",
        "no address"
      })
  void t4_realmOnAnotherHostGetsNoCredential(String realm) throws Exception {
    try (var canary =
            HostileRegistry.start(
                "127.0.0.2", 0, (asked, out) -> reply(out, 200, "{\"token\":\"t\"}"));
        var registry =
            HostileRegistry.start((asked, out) ->
                bearer(out, realm.contains("%d") ? realm.formatted(canary.port()) : realm))) {
      var fixture = new ClientFixture(FakeCredentials.passwords("s3cret"));
      fixture.resolve(registry, RegistryFailure.Refused.class);
      assertEquals(List.of(), canary.asked());
      assertEquals(List.of(), authorised(registry));
      assertEquals(0, fixture.credentials.rejections());
    }
  }

  @Test
  void t4_anotherPortOfTheRegistrysHostIsAnotherHost() throws Exception {
    try (var canary = HostileRegistry.start((asked, out) -> reply(out, 200, "{\"token\":\"t\"}"));
        var registry =
            HostileRegistry.start((asked, out) -> bearer(out, "http://" + canary.host() + "/"))) {
      new ClientFixture(FakeCredentials.passwords("s3cret"))
          .resolve(registry, RegistryFailure.Refused.class);
      assertEquals(List.of(), canary.asked());
    }
  }

  @Test
  void t4_listedRealmGetsTheCredential() throws Exception {
    try (var realm =
            HostileRegistry.start(
                "127.0.0.2", 0, (asked, out) -> reply(out, 200, "{\"token\":\"t\"}"));
        var registry =
            HostileRegistry.start((asked, out) -> {
              if (asked.header("authorization").equals("Bearer t")) {
                ClientFixture.serve(IMAGE, asked, out);
              } else {
                bearer(out, "http://" + realm.host() + "/token");
              }
            })) {
      var settings = ClientFixture.listing(registry.host(), realm.host());
      new ClientFixture(FakeCredentials.passwords("s3cret"), settings)
          .resolve(registry, ResolvedImage.class);
      assertEquals(1, authorised(realm).size());
      // Listed for that registry, not for another one.
      var other = ClientFixture.listing("127.0.0.3:5000", realm.host());
      new ClientFixture(FakeCredentials.passwords("s3cret"), other)
          .resolve(registry, RegistryFailure.Refused.class);
      assertEquals(1, authorised(realm).size());
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {301, 302, 303, 307, 308})
  void t4_realmThatRedirectsIsNotFollowed(int status) throws Exception {
    try (var canary = HostileRegistry.start((asked, out) -> reply(out, 200, "{\"token\":\"t\"}"));
        var registry =
            HostileRegistry.start((asked, out) -> {
              if (asked.target().startsWith("/token")) {
                reply(out, status, "", "Location: http://" + canary.host() + "/token");
              } else {
                bearer(out, "http://" + asked.header("host") + "/token");
              }
            })) {
      new ClientFixture(FakeCredentials.passwords("s3cret"))
          .resolve(registry, RegistryFailure.Refused.class);
      assertEquals(List.of(), canary.asked());
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "169.254.169.254",
        "0.0.0.0",
        "224.0.0.1",
        "fe80::1",
        "fd00::1",
        "10.1.2.3",
        "100.64.0.1",
        "127.0.0.1",
        "64:ff9b::7f00:1"
      })
  void t4_addressOfARealmIsChecked(String address) throws Exception {
    var policy = new RealmPolicy(Map.of(), new PlainHttpPolicy(Set.of()));
    var endpoint =
        new RegistryEndpoint(
            Origin.of("https", "registry-1.docker.io"), List.of(), NetworkZone.PUBLIC);
    var challenge = new AuthChallenge("bearer", Map.of("realm", "https://auth.docker.io/token"));
    var realm = policy.check("index.docker.io", endpoint, challenge, true);
    var thrown =
        assertThrows(
            HttpFailure.class,
            () ->
                realm
                    .nearest()
                    .check(Origin.of("https", "auth.docker.io"), InetAddress.ofLiteral(address)));
    assertInstanceOf(RegistryFailure.Refused.class, CallException.of(thrown).failure("look"));
    realm.nearest().check(Origin.of("https", "auth.docker.io"), InetAddress.ofLiteral("8.8.8.8"));
  }

  @Test
  void t4_addressOfALinkIsNeverConnectedTo() throws Exception {
    var fixture =
        new ClientFixture(
            FakeCredentials.passwords("s3cret"),
            RegistrySettings.STANDARD,
            name -> new InetAddress[] {InetAddress.ofLiteral("169.254.169.254")});
    var answer = fixture.client.resolve(ClientFixture.image("metadata.example/acme/app:1"));
    assertInstanceOf(RegistryFailure.Refused.class, answer);
  }

  // T5

  /** How the target differs from the credential's origin. */
  enum Change {
    HOST,
    PORT,
    SCHEME
  }

  @ParameterizedTest
  @EnumSource(Change.class)
  void t5_credentialDoesNotFollowARedirectElsewhere(Change change) throws Exception {
    var authority = new TestAuthority(TestAuthority.Keys.EC);
    for (int status : new int[] {301, 302, 303, 307, 308}) {
      var beforeTheRedirect = new AtomicReference<Runnable>(() -> {});
      var target = new CompletableFuture<String>();
      HostileRegistry.Answer blobs = (asked, out) -> reply(out, 200, IMAGE.config());
      HostileRegistry.Answer redirecting =
          (asked, out) -> {
            if (asked.tls() && change == Change.SCHEME && asked.target().startsWith("/elsewhere")) {
              blobs.write(asked, out);
            } else if (!asked.isAuthorised()) {
              reply(out, 401, "", BASIC);
            } else if (asked.target().contains("/blobs/")) {
              Objects.requireNonNull(beforeTheRedirect.get()).run();
              reply(out, status, "", "Location: " + target.join());
            } else {
              ClientFixture.serve(IMAGE, asked, out);
            }
          };
      var file = Files.writeString(folder.resolve("ca.pem"), authority.pem());
      var settings = new RegistrySettings(Set.of(), List.of(file), Map.of(), Proxies.NONE);
      try (var registry = HostileRegistry.start(redirecting);
          var other =
              change == Change.HOST
                  ? HostileRegistry.start("127.0.0.2", registry.port(), blobs)
                  : HostileRegistry.start(blobs)) {
        target.complete(
            switch (change) {
              case HOST, PORT -> "http://" + other.host() + "/elsewhere?sig=a%2Fb&x=1";
              case SCHEME -> "https://" + registry.host() + "/elsewhere?sig=a%2Fb&x=1";
            });
        var fixture = new ClientFixture(FakeCredentials.passwords("s3cret"), settings);
        if (change == Change.SCHEME) {
          beforeTheRedirect.set(() -> registry.with(authority.server("127.0.0.1")));
        }
        fixture.resolve(registry, ResolvedImage.class);
        var elsewhere = new ArrayList<>(change == Change.SCHEME ? registry.asked() : other.asked());
        elsewhere.removeIf(asked -> !asked.target().startsWith("/elsewhere"));
        assertTrue(!elsewhere.isEmpty(), change + " " + status);
        for (var asked : elsewhere) {
          assertEquals("", asked.header("authorization"), change + " " + status);
          assertEquals("/elsewhere?sig=a%2Fb&x=1", asked.target(), "signed, so not touched");
        }
      }
    }
  }

  @Test
  void t5_credentialDoesNotComeBackAfterADetour() throws Exception {
    var home = new CompletableFuture<String>();
    try (var detour =
            HostileRegistry.start(
                (asked, out) -> reply(out, 307, "", "Location: http://" + home.join() + "/back"));
        var registry =
            HostileRegistry.start((asked, out) -> {
              if (asked.target().equals("/back")) {
                reply(out, 200, IMAGE.config());
              } else if (!asked.isAuthorised()) {
                reply(out, 401, "", BASIC);
              } else if (asked.target().contains("/blobs/")) {
                reply(out, 307, "", "Location: http://" + asked.header("x") + detour.host() + "/");
              } else {
                ClientFixture.serve(IMAGE, asked, out);
              }
            })) {
      home.complete(registry.host());
      new ClientFixture(FakeCredentials.passwords("s3cret")).resolve(registry, ResolvedImage.class);
      assertEquals(List.of(), authorised(detour));
      assertTrue(
          registry.asked().stream()
              .anyMatch(asked -> asked.target().equals("/back") && !asked.isAuthorised()));
    }
  }

  @Test
  void t5_responseOfAnotherOriginDiscardsNoCredential() throws Exception {
    try (var elsewhere = HostileRegistry.start((asked, out) -> reply(out, 401, "", BASIC));
        var registry =
            HostileRegistry.start((asked, out) -> {
              if (!asked.isAuthorised()) {
                reply(out, 401, "", BASIC);
              } else if (asked.target().contains("/blobs/")) {
                reply(out, 307, "", "Location: http://" + elsewhere.host() + "/");
              } else {
                ClientFixture.serve(IMAGE, asked, out);
              }
            })) {
      var fixture = new ClientFixture(FakeCredentials.passwords("s3cret", "other"));
      fixture.resolve(registry, RegistryFailure.BadAnswer.class);
      assertEquals(0, fixture.credentials.rejections());
      assertEquals(List.of(), authorised(elsewhere));
    }
  }

  @Test
  void t5_redirectFromHttpsToHttpIsRefused() throws Exception {
    var authority = TestAuthority.sharedRsa();
    var file = Files.writeString(folder.resolve("ca.pem"), authority.pem());
    var settings = new RegistrySettings(Set.of(), List.of(file), Map.of(), Proxies.NONE);
    try (var registry =
        HostileRegistry.start(
                (asked, out) -> {
                  if (asked.target().contains("/blobs/")) {
                    reply(out, 307, "", "Location: http://" + asked.header("host") + "/elsewhere");
                  } else if (!asked.isAuthorised()) {
                    reply(out, 401, "", BASIC);
                  } else {
                    ClientFixture.serve(IMAGE, asked, out);
                  }
                })
            .with(authority.server("127.0.0.1"))) {
      new ClientFixture(FakeCredentials.passwords("s3cret"), settings)
          .resolve(registry, RegistryFailure.Refused.class);
      assertTrue(registry.asked().stream().allMatch(Asked::tls));
    }
  }

  @Test
  void t5_publicRegistryCannotPointIntoAPrivateNetwork() {
    var rule =
        new RegistryEndpoint(Origin.of("https", "ghcr.io"), List.of(), NetworkZone.PUBLIC).reach();
    for (var address : List.of("127.0.0.1", "10.0.0.1", "192.168.1.1", "::1", "169.254.169.254")) {
      assertThrows(
          HttpFailure.class,
          () -> rule.check(Origin.of("https", "blobs.example"), InetAddress.ofLiteral(address)),
          address);
    }
  }

  @Test
  void anUntrustedRegistryGetsNothing() throws Exception {
    var authority = new TestAuthority(TestAuthority.Keys.EC);
    try (var registry =
        HostileRegistry.start((asked, out) -> reply(out, 401, "", BASIC))
            .with(authority.server("127.0.0.1"))) {
      var fixture = new ClientFixture(FakeCredentials.passwords("s3cret"));
      var failure = fixture.resolve(registry, RegistryFailure.Unreachable.class);
      assertTrue(failure.message().contains("caFiles"), failure.message());
      assertEquals(List.of(), registry.asked(), "nor over plain http");
    }
  }

  @Test
  void anAuthorityOfOneHostIsTrustedForNoOther() throws Exception {
    var authority = new TestAuthority(TestAuthority.Keys.EC);
    var file = Files.writeString(folder.resolve("ca.pem"), authority.pem());
    HostileRegistry.Answer image = (asked, out) -> ClientFixture.serve(IMAGE, asked, out);
    try (var own = HostileRegistry.start(image).with(authority.server("127.0.0.1"));
        var other = HostileRegistry.start(image).with(authority.server("127.0.0.1"))) {
      var settings = RegistrySettings.STANDARD.trusting(Map.of(own.host(), file));
      var fixture = new ClientFixture(FakeCredentials.none(), settings);
      fixture.resolve(own, ResolvedImage.class);
      fixture.resolve(other, RegistryFailure.Unreachable.class);
    }
  }

  @Test
  void aHostWithItsOwnAuthorityIsNotTrustedByAnother() throws Exception {
    var trusted = new TestAuthority(TestAuthority.Keys.EC);
    var everywhere = Files.writeString(folder.resolve("ca.pem"), trusted.pem());
    var own =
        Files.writeString(
            folder.resolve("own.pem"), new TestAuthority(TestAuthority.Keys.EC).pem());
    try (var registry =
        HostileRegistry.start((asked, out) -> ClientFixture.serve(IMAGE, asked, out))
            .with(trusted.server("127.0.0.1"))) {
      var settings =
          new RegistrySettings(Set.of(), List.of(everywhere), Map.of(), Proxies.NONE)
              .trusting(Map.of(registry.host(), own));
      new ClientFixture(FakeCredentials.none(), settings)
          .resolve(registry, RegistryFailure.Unreachable.class);
    }
  }

  @Test
  void aCertificateOfAnotherHostIsNotTrusted() throws Exception {
    var authority = new TestAuthority(TestAuthority.Keys.EC);
    var file = Files.writeString(folder.resolve("ca.pem"), authority.pem());
    var settings = new RegistrySettings(Set.of(), List.of(file), Map.of(), Proxies.NONE);
    try (var registry =
        HostileRegistry.start((asked, out) -> reply(out, 401, "", BASIC))
            .with(authority.server("registry.example"))) {
      new ClientFixture(FakeCredentials.passwords("s3cret"), settings)
          .resolve(registry, RegistryFailure.Unreachable.class);
      assertEquals(List.of(), registry.asked());
    }
  }

  @Test
  void plainHttpIsForLoopbackAndConfiguredHostsAlone() throws Exception {
    try (var registry =
        HostileRegistry.start((asked, out) -> ClientFixture.serve(IMAGE, asked, out))) {
      HostResolver.Resolver names = name -> new InetAddress[] {InetAddress.ofLiteral("127.0.0.1")};
      var image = ClientFixture.image("registry.test:" + registry.port() + "/acme/app:1");
      var strict = new ClientFixture(FakeCredentials.none(), RegistrySettings.STANDARD, names);
      assertInstanceOf(RegistryFailure.Unreachable.class, strict.client.resolve(image));
      assertEquals(List.of(), registry.asked());
      var insecure =
          new RegistrySettings(
              Set.of("registry.test:" + registry.port()), List.of(), Map.of(), Proxies.NONE);
      var lenient = new ClientFixture(FakeCredentials.none(), insecure, names);
      assertInstanceOf(ResolvedImage.class, lenient.client.resolve(image));
    }
  }

  @Test
  void aLoopbackNameThatResolvesElsewhereIsNotQueriedOverPlainHttp() {
    var plain = new PlainHttpPolicy(Set.of());
    var site = Origin.of("http", "localhost:5000");
    assertTrue(plain.allows(site));
    assertTrue(!plain.allows(site, InetAddress.ofLiteral("192.0.2.1")));
  }

  // F26

  @Test
  void f26_refusedPasswordIsRenewedOnce() throws Exception {
    try (var registry = HostileRegistry.start((asked, out) -> reply(out, 401, "", BASIC))) {
      var fixture = new ClientFixture(FakeCredentials.passwords("old", "new", "newer"));
      var failure = fixture.resolve(registry, RegistryFailure.Unauthorised.class);
      assertEquals(1, fixture.credentials.rejections(), "one invalidation");
      assertEquals(2, fixture.credentials.lookups(), "one refresh");
      assertEquals(2, authorised(registry).size(), "one retry");
      assertTrue(failure.message().contains("refuses the credential of the entry the.entry"));
    }
  }

  @Test
  void f26_renewedPasswordIsUsed() throws Exception {
    try (var registry =
        HostileRegistry.start((asked, out) -> {
          if (asked.header("authorization").equals("Basic Ym90Om5ldw==")) {
            ClientFixture.serve(IMAGE, asked, out);
          } else {
            reply(out, 401, "", BASIC);
          }
        })) {
      var fixture = new ClientFixture(FakeCredentials.passwords("old", "new"));
      fixture.resolve(registry, ResolvedImage.class);
      assertEquals(1, fixture.credentials.rejections());
    }
  }

  @Test
  void f26_tokenServiceThatRefusesIsAskedTwice() throws Exception {
    try (var registry =
        HostileRegistry.start((asked, out) -> {
          if (asked.target().startsWith("/token")) {
            reply(out, 401, "");
          } else {
            bearer(out, "http://" + asked.header("host") + "/token");
          }
        })) {
      var fixture = new ClientFixture(FakeCredentials.passwords("old", "new", "newer"));
      fixture.resolve(registry, RegistryFailure.Unauthorised.class);
      assertEquals(1, fixture.credentials.rejections());
      assertEquals(2, authorised(registry).size());
    }
  }

  @Test
  void f26_credentialWithoutAccessToOneRepositoryIsKept() throws Exception {
    try (var registry =
        HostileRegistry.start((asked, out) -> {
          var realm = "http://" + asked.header("host") + "/token";
          if (asked.target().startsWith("/token")) {
            reply(out, 200, "{\"token\":\"t\"}");
          } else if (asked.isAuthorised()) {
            var challenge = "Bearer realm=\"" + realm + "\",error=\"insufficient_scope\"";
            reply(out, 401, "", "WWW-Authenticate: " + challenge);
          } else {
            bearer(out, realm);
          }
        })) {
      var fixture = new ClientFixture(FakeCredentials.passwords("good", "other"));
      fixture.resolve(registry, RegistryFailure.Unauthorised.class);
      assertEquals(0, fixture.credentials.rejections());
    }
  }

  // F27

  @Test
  void f27_noRequestIsSentUntilTheRateLimitEnds() throws Exception {
    var tries = new AtomicInteger();
    try (var registry =
        HostileRegistry.start((asked, out) -> {
          if (asked.target().contains("/manifests/") && tries.getAndIncrement() == 0) {
            reply(out, 429, "", "Retry-After: 2");
          } else {
            ClientFixture.serve(IMAGE, asked, out);
          }
        })) {
      var fixture = new ClientFixture(FakeCredentials.none());
      fixture.resolve(registry, ResolvedImage.class);
      assertEquals(1, fixture.waits.size());
      assertTrue(fixture.waits.getFirst().compareTo(Duration.ofSeconds(2)) >= 0);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"3600", "Thu, 1 Jan 2026 01:00:00 GMT"})
  void f27_longPauseIsReportedAndKept(String header) throws Exception {
    try (var registry =
        HostileRegistry.start((asked, out) -> {
          if (asked.target().contains("/manifests/")) {
            reply(out, 429, "", "Retry-After: " + header);
          } else {
            ClientFixture.serve(IMAGE, asked, out);
          }
        })) {
      var fixture = new ClientFixture(FakeCredentials.passwords("kept"));
      var at = fixture.time.now().plusSeconds(3600);
      assertEquals(at, fixture.resolve(registry, RegistryFailure.RateLimited.class).retryAt());
      int asked = registry.asked().size();
      fixture.time.advance(Duration.ofMinutes(59));
      fixture.resolve(registry, RegistryFailure.RateLimited.class);
      assertEquals(asked, registry.asked().size(), "not asked before its time");
      fixture.time.advance(Duration.ofMinutes(2));
      fixture.resolve(registry, RegistryFailure.RateLimited.class);
      assertTrue(registry.asked().size() > asked);
      assertEquals(0, fixture.credentials.rejections());
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"0", "Thu, 1 Jan 1970 00:00:00 GMT", "soon", "-5"})
  void f27_limitWithoutADurationIsTriedThreeTimes(String header) throws Exception {
    try (var registry =
        HostileRegistry.start((asked, out) -> {
          if (asked.target().contains("/manifests/")) {
            reply(out, 429, "", "Retry-After: " + header);
          } else {
            ClientFixture.serve(IMAGE, asked, out);
          }
        })) {
      var fixture = new ClientFixture(FakeCredentials.none());
      var failure = fixture.resolve(registry, RegistryFailure.RateLimited.class);
      assertEquals(fixture.time.now().plusSeconds(30), failure.retryAt());
      assertEquals(4, registry.asked().size(), "and once for /v2/");
    }
  }

  // F28

  @ParameterizedTest
  @ValueSource(ints = {500, 502, 503, 504})
  void f28_failingRegistryIsAskedThreeTimesAndTheCredentialKept(int status) throws Exception {
    try (var registry =
        HostileRegistry.start((asked, out) -> {
          if (!asked.isAuthorised()) {
            reply(out, 401, "", BASIC);
          } else {
            reply(out, status, "");
          }
        })) {
      var fixture = new ClientFixture(FakeCredentials.passwords("kept"));
      var failure = fixture.resolve(registry, RegistryFailure.Unreachable.class);
      assertTrue(failure.message().contains("answered " + status), failure.message());
      assertEquals(3, authorised(registry).size());
      assertEquals(0, fixture.credentials.rejections());
      assertEquals(2, fixture.waits.size());
      assertBetween(100, 200, fixture.waits.get(0));
      assertBetween(300, 600, fixture.waits.get(1));
    }
  }

  @Test
  void f28_successfulThirdAttemptIsTheAnswer() throws Exception {
    var tries = new AtomicInteger();
    try (var registry =
        HostileRegistry.start((asked, out) -> {
          if (asked.target().contains("/manifests/") && tries.getAndIncrement() < 2) {
            reply(out, 503, "");
          } else {
            ClientFixture.serve(IMAGE, asked, out);
          }
        })) {
      new ClientFixture(FakeCredentials.none()).resolve(registry, ResolvedImage.class);
    }
  }

  @Test
  void f28_failingTokenServiceDiscardsNoCredential() throws Exception {
    try (var registry =
        HostileRegistry.start((asked, out) -> {
          if (asked.target().startsWith("/token")) {
            reply(out, 500, "");
          } else {
            bearer(out, "http://" + asked.header("host") + "/token");
          }
        })) {
      var fixture = new ClientFixture(FakeCredentials.passwords("kept"));
      fixture.resolve(registry, RegistryFailure.Unreachable.class);
      assertEquals(0, fixture.credentials.rejections());
      assertEquals(3, authorised(registry).size());
    }
  }

  private static void assertBetween(long least, long most, Duration wait) {
    assertTrue(wait.toMillis() >= least && wait.toMillis() <= most, wait::toString);
  }

  // F29

  /** The stage at which a registry stops sending. */
  enum Silence {
    BEFORE_THE_STATUS,
    IN_A_HEADER,
    IN_THE_BODY
  }

  @ParameterizedTest
  @EnumSource(Silence.class)
  void f29_slowRegistryIsCutOffAfterTenSeconds(Silence silence) throws Exception {
    var reached = new CountDownLatch(1);
    var server = new CompletableFuture<HostileRegistry>();
    try (var registry =
        HostileRegistry.start((asked, out) -> {
          if (!asked.target().contains("/manifests/")) {
            ClientFixture.serve(IMAGE, asked, out);
            return;
          }
          var text = "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{";
          int end =
              switch (silence) {
                case BEFORE_THE_STATUS -> 0;
                case IN_A_HEADER -> 24;
                case IN_THE_BODY -> text.length();
              };
          out.write(text.substring(0, end).getBytes(StandardCharsets.US_ASCII));
          out.flush();
          reached.countDown();
          server.join().hang();
        })) {
      server.complete(registry);
      var fixture = new ClientFixture(FakeCredentials.none());
      var answer =
          CompletableFuture.supplyAsync(() -> {
            try {
              return fixture.resolve(registry);
            } catch (InterruptedException e) {
              throw new AssertionError(e);
            }
          });
      reached.await();
      fixture.time.advance(Duration.ofMillis(9_999));
      assertTrue(!answer.isDone());
      fixture.time.advance(Duration.ofMillis(1));
      var failure = assertInstanceOf(RegistryFailure.Unreachable.class, answer.get());
      assertTrue(failure.message().contains("took longer than 10 s"), failure.message());
    }
  }

  /** How a registry sends too much. */
  enum Flood {
    ANNOUNCED,
    CHUNKED,
    WITHOUT_END,
    HEADERS,
    ONE_HEADER,
    CHUNK_SIZE
  }

  @ParameterizedTest
  @EnumSource(Flood.class)
  void f29_hugeAnswerIsCutOff(Flood flood) throws Exception {
    var cut = new AtomicBoolean();
    byte[] block = new byte[64 * 1024];
    Arrays.fill(block, (byte) 'x');
    try (var registry =
        HostileRegistry.start((asked, out) -> {
          if (!asked.target().contains("/manifests/")) {
            ClientFixture.serve(IMAGE, asked, out);
            return;
          }
          var head =
              switch (flood) {
                case ANNOUNCED -> "HTTP/1.1 200 OK\r\nContent-Length: 99999999999\r\n\r\n";
                case CHUNKED, CHUNK_SIZE -> "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
                case WITHOUT_END -> "HTTP/1.1 200 OK\r\n\r\n";
                case HEADERS, ONE_HEADER -> "HTTP/1.1 200 OK\r\nX: ";
              };
          write(out, head);
          try {
            for (int i = 0; i < 1600; i++) {
              switch (flood) {
                case CHUNKED -> write(out, "10000\r\n");
                case HEADERS -> write(out, "x\r\n".repeat(100) + "X: ");
                case CHUNK_SIZE -> write(out, "FFFFFFFFFFFF\r\n");
                default -> {}
              }
              out.write(block);
              if (flood == Flood.CHUNKED) {
                write(out, "\r\n");
              }
              out.flush();
            }
          } catch (IOException e) {
            cut.set(true);
            throw e;
          }
        })) {
      new ClientFixture(FakeCredentials.none()).resolve(registry, RegistryFailure.BadAnswer.class);
      Eventually.within(
          Duration.ofSeconds(5), cut::get, () -> "the registry notices that it was cut off");
    }
  }

  private static void write(OutputStream out, String text) throws IOException {
    out.write(text.getBytes(StandardCharsets.US_ASCII));
  }

  private static List<Asked> authorised(HostileRegistry registry) {
    return registry.asked().stream().filter(Asked::isAuthorised).toList();
  }
}
