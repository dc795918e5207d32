package dev.rig.credentials.registry.client;

import static dev.rig.credentials.testing.registry.HostileRegistry.reply;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.rig.credentials.net.Proxies;
import dev.rig.credentials.registry.RegistryFailure;
import dev.rig.credentials.registry.ResolvedImage;
import dev.rig.credentials.registry.content.FakeImage;
import dev.rig.credentials.registry.content.ImageManifest;
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
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Unusual but valid behaviour of real registries is supported (K15, K16). */
class LenientRegistryTest {
  private static final FakeImage IMAGE = FakeImage.oci();
  private static final String PASSWORD = "Basic Ym90OnMzY3JldA==";

  @TempDir private Path folder;

  private static List<Asked> authorised(HostileRegistry registry) {
    return registry.asked().stream().filter(Asked::isAuthorised).toList();
  }

  // Hosts and addresses

  @Test
  void aHostWithAnUnderscoreIsAsked() throws Exception {
    try (var registry =
        HostileRegistry.start((asked, out) -> ClientFixture.serve(IMAGE, asked, out))) {
      var host = "my_registry:" + registry.port();
      var settings = new RegistrySettings(Set.of(host), List.of(), Map.of(), Proxies.NONE);
      var fixture =
          new ClientFixture(
              FakeCredentials.none(),
              settings,
              name -> new InetAddress[] {InetAddress.ofLiteral("127.0.0.1")});
      var resolved =
          assertInstanceOf(
              ResolvedImage.class,
              fixture.client.resolve(ClientFixture.image(host + "/acme/app:1")));
      assertEquals(host, resolved.registry());
      assertEquals(host, registry.asked().getLast().header("host"));
    }
  }

  @Test
  void aHostWithAnUnderscoreIsAskedOverTls() throws Exception {
    var authority = new TestAuthority(TestAuthority.Keys.EC);
    var file = Files.writeString(folder.resolve("ca.pem"), authority.pem());
    try (var registry =
        HostileRegistry.start((asked, out) -> ClientFixture.serve(IMAGE, asked, out))
            .with(authority.server("my_registry"))) {
      var settings = new RegistrySettings(Set.of(), List.of(file), Map.of(), Proxies.NONE);
      var fixture =
          new ClientFixture(
              FakeCredentials.none(),
              settings,
              name -> new InetAddress[] {InetAddress.ofLiteral("127.0.0.1")});
      var image = ClientFixture.image("my_registry:" + registry.port() + "/acme/app:1");
      assertInstanceOf(ResolvedImage.class, fixture.client.resolve(image));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"oci://", "docker://", "https://", "OCI://"})
  void aSchemeBeforeAReferenceIsIgnored(String scheme) throws Exception {
    try (var registry =
        HostileRegistry.start((asked, out) -> ClientFixture.serve(IMAGE, asked, out))) {
      var fixture = new ClientFixture(FakeCredentials.none());
      var image = ClientFixture.image(scheme + registry.host() + "/acme/app:1");
      assertInstanceOf(ResolvedImage.class, fixture.client.resolve(image));
    }
  }

  @Test
  void aLocationIsParsedAsGoDoes() throws Exception {
    try (var bucket = HostileRegistry.start((asked, out) -> reply(out, 200, IMAGE.config()));
        var registry =
            HostileRegistry.start((asked, out) -> {
              if (asked.target().contains("/blobs/")) {
                reply(
                    out,
                    307,
                    "",
                    "Location: http://" + bucket.host() + "/my_bucket/a b?sig={x|y}&e=%2f[1]");
              } else {
                ClientFixture.serve(IMAGE, asked, out);
              }
            })) {
      new ClientFixture(FakeCredentials.none()).resolve(registry, ResolvedImage.class);
      assertEquals("/my_bucket/a%20b?sig=%7Bx%7Cy%7D&e=%2f[1]", bucket.asked().getFirst().target());
    }
  }

  // Authentication

  @ParameterizedTest
  @ValueSource(ints = {401, 403, 404})
  void aPrivateRepositoryOfAnOpenRegistryIsTriedOnceWithTheCredential(int status) throws Exception {
    try (var registry =
        HostileRegistry.start((asked, out) -> {
          if (asked.target().equals("/v2/") || asked.header("authorization").equals(PASSWORD)) {
            ClientFixture.serve(IMAGE, asked, out);
          } else {
            reply(out, status, "");
          }
        })) {
      var fixture = new ClientFixture(FakeCredentials.passwords("s3cret"));
      fixture.resolve(registry, ResolvedImage.class);
      assertEquals(1, fixture.credentials.lookups());
      assertEquals(0, fixture.credentials.rejections());
    }
  }

  @Test
  void anOpenRegistryThatRefusesTheCredentialTooIsNotQueriedForever() throws Exception {
    try (var registry =
        HostileRegistry.start(
            (asked, out) -> reply(out, asked.target().equals("/v2/") ? 200 : 403, ""))) {
      var fixture = new ClientFixture(FakeCredentials.passwords("s3cret", "other"));
      fixture.resolve(registry, RegistryFailure.Unauthorised.class);
      assertEquals(1, authorised(registry).size());
      assertEquals(0, fixture.credentials.rejections(), "it may not read this, and is kept");
    }
  }

  @Test
  void anOpenRepositoryGetsNoCredential() throws Exception {
    try (var registry =
        HostileRegistry.start((asked, out) -> ClientFixture.serve(IMAGE, asked, out))) {
      var fixture = new ClientFixture(FakeCredentials.passwords("s3cret"));
      fixture.resolve(registry, ResolvedImage.class);
      assertEquals(List.of(), authorised(registry));
      assertEquals(0, fixture.credentials.lookups());
    }
  }

  @Test
  void theTargetOfARedirectGetsAnAnonymousToken() throws Exception {
    try (var mirror =
            HostileRegistry.start((asked, out) -> {
              if (asked.target().startsWith("/token")) {
                reply(out, 200, "{\"token\":\"anybody\"}");
              } else if (asked.header("authorization").equals("Bearer anybody")) {
                ClientFixture.serve(IMAGE, asked, out);
              } else {
                var realm = "http://" + asked.header("host") + "/token";
                reply(
                    out,
                    401,
                    "",
                    "WWW-Authenticate: Bearer realm=\"%s\",service=\"m\",scope=\"%s\""
                        .formatted(realm, "repository:mirror/app:pull"));
              }
            });
        var registry =
            HostileRegistry.start((asked, out) -> {
              if (!asked.header("authorization").equals(PASSWORD)) {
                reply(out, 401, "", "WWW-Authenticate: Basic realm=\"private\"");
              } else if (asked.target().equals("/v2/")) {
                reply(out, 200, "{}");
              } else {
                reply(out, 307, "", "Location: http://" + mirror.host() + asked.target());
              }
            })) {
      var fixture = new ClientFixture(FakeCredentials.passwords("s3cret"));
      fixture.resolve(registry, ResolvedImage.class);
      assertEquals(1, fixture.credentials.lookups());
      for (var asked : authorised(mirror)) {
        assertEquals("Bearer anybody", asked.header("authorization"));
      }
      assertTrue(
          mirror.asked().stream()
              .anyMatch(asked ->
                  asked
                      .target()
                      .equals("/token?service=m&scope=repository%3Amirror%2Fapp%3Apull")));
    }
  }

  @Test
  void aTargetThatRefusesTheTokenIsNotQueriedInALoop() throws Exception {
    try (var mirror =
            HostileRegistry.start((asked, out) -> {
              if (asked.target().startsWith("/token")) {
                reply(out, 200, "{\"token\":\"anybody\"}");
              } else {
                var realm = "http://" + asked.header("host") + "/token";
                reply(out, 401, "", "WWW-Authenticate: Bearer realm=\"" + realm + "\"");
              }
            });
        var registry =
            HostileRegistry.start((asked, out) -> {
              if (asked.target().equals("/v2/")) {
                reply(out, 200, "{}");
              } else {
                reply(out, 307, "", "Location: http://" + mirror.host() + "/x");
              }
            })) {
      new ClientFixture(FakeCredentials.passwords("s3cret"))
          .resolve(registry, RegistryFailure.BadAnswer.class);
      assertEquals(3, mirror.asked().size());
    }
  }

  // Limits

  @Test
  void aLimitOfOneRepositoryIsNotOneOfTheHost() throws Exception {
    try (var registry =
        HostileRegistry.start((asked, out) -> {
          if (asked.target().startsWith("/v2/acme/busy/")) {
            reply(out, 429, "", "Retry-After: 86400");
          } else {
            ClientFixture.serve(IMAGE, asked, out);
          }
        })) {
      var fixture = new ClientFixture(FakeCredentials.none());
      var busy = ClientFixture.image(registry.host() + "/acme/busy:1");
      var failure =
          assertInstanceOf(RegistryFailure.RateLimited.class, fixture.client.resolve(busy));
      assertEquals(fixture.time.now().plus(Duration.ofDays(1)), failure.retryAt());
      assertTrue(failure.message().contains("/acme/busy limits the rate"), failure.message());
      fixture.resolve(registry, ResolvedImage.class);
      int before = registry.asked().size();
      assertInstanceOf(RegistryFailure.RateLimited.class, fixture.client.resolve(busy));
      assertEquals(before, registry.asked().size(), "it is not asked before its time");
    }
  }

  // Manifests

  @ParameterizedTest
  @ValueSource(
      strings = {
        "application/octet-stream",
        "binary/octet-stream",
        "text/plain; charset=utf-8",
        "text/json",
        "*/*",
        "application/x-gzip",
        "application/json"
      })
  void aManifestWithoutATypeIsReadByItsContent(String type) throws Exception {
    var text = new String(IMAGE.manifest(), StandardCharsets.UTF_8);
    var manifest =
        text.replaceAll(
            "\"mediaType\":\"" + ImageManifest.OCI_MANIFEST.replace("+", "\\+") + "\",", "");
    assertTrue(manifest.length() < text.length() || !text.contains(ImageManifest.OCI_MANIFEST));
    try (var registry =
        HostileRegistry.start((asked, out) -> {
          if (asked.target().contains("/manifests/")) {
            reply(out, 200, manifest, "Content-Type: " + type);
          } else {
            ClientFixture.serve(IMAGE, asked, out);
          }
        })) {
      var resolved =
          new ClientFixture(FakeCredentials.none()).resolve(registry, ResolvedImage.class);
      assertEquals(ImageManifest.OCI_MANIFEST, resolved.mediaType());
    }
  }

  @Test
  void anIndexWithoutATypeIsReadByItsContent() throws Exception {
    var index = "{\"schemaVersion\":2,\"manifests\":[]}";
    try (var registry = HostileRegistry.start((asked, out) -> reply(out, 200, index))) {
      var resolved =
          new ClientFixture(FakeCredentials.none()).resolve(registry, ResolvedImage.class);
      assertEquals(ImageManifest.OCI_INDEX, resolved.mediaType());
    }
  }

  /** T11: a registry can repeat a credential in a message, in any form. */
  @ParameterizedTest
  @ValueSource(ints = {400, 404, 451})
  void t11_messageOfARegistryThatGotACredentialIsNotRepeated(int status) throws Exception {
    var body =
        "{\"errors\":[{\"code\":\"s3cret\",\"message\":\"accept header: s3cret\"},"
            + "{\"code\":\"UNSUPPORTED\",\"message\":\"s3cret\"}]}";
    try (var registry =
        HostileRegistry.start((asked, out) -> {
          if (asked.header("Authorization").isEmpty()) {
            reply(out, 401, "", "WWW-Authenticate: Basic realm=\"r\"");
          } else {
            reply(out, asked.target().equals("/v2/") ? 200 : status, body);
          }
        })) {
      var failure =
          new ClientFixture(FakeCredentials.passwords("s3cret"))
              .resolve(registry, RegistryFailure.BadAnswer.class);
      assertTrue(failure.message().endsWith(": UNSUPPORTED"), failure.message());
      assertFalse(failure.message().contains("s3cret"), failure.message());
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {400, 405, 406, 410, 451})
  void theRegistrysMessageForARefusalIsReported(int status) throws Exception {
    var body = "{\"errors\":[{\"code\":\"X\"},{\"message\":\" not\\u001b\\u202e today \"}]}";
    try (var registry =
        HostileRegistry.start(
            (asked, out) -> reply(out, asked.target().equals("/v2/") ? 200 : status, body))) {
      var failure =
          new ClientFixture(FakeCredentials.none())
              .resolve(registry, RegistryFailure.BadAnswer.class);
      assertTrue(
          failure.message().endsWith(" answered " + status + ": not?? today"), failure.message());
    }
  }

  @Test
  void a404AboutAcceptIsNotAMissingTag() throws Exception {
    var body =
        "{\"errors\":[{\"code\":\"MANIFEST_UNKNOWN\",\"message\":"
            + "\"OCI index found, but Accept header does not support\\u001b[1m OCI indexes\"}]}";
    try (var registry =
        HostileRegistry.start(
            (asked, out) -> reply(out, asked.target().equals("/v2/") ? 200 : 404, body))) {
      var failure =
          new ClientFixture(FakeCredentials.none())
              .resolve(registry, RegistryFailure.BadAnswer.class);
      assertTrue(failure.message().contains("in an unsupported format"), failure.message());
      assertTrue(failure.message().chars().allMatch(c -> c >= ' '), failure.message());
    }
  }

  // Token services

  private static void challenge(Asked asked, OutputStream out, String realm) throws IOException {
    reply(
        out,
        401,
        "",
        "WWW-Authenticate: Bearer realm=\"http://%s%s\",service=\"s\""
            .formatted(asked.header("host"), realm));
  }

  @Test
  void aLimitOfATokenServiceIsForTheRequestedRepository() throws Exception {
    try (var registry =
        HostileRegistry.start((asked, out) -> {
          if (asked.target().startsWith("/token")) {
            boolean busy = asked.target().contains("busy");
            reply(out, busy ? 429 : 200, "{\"token\":\"t\"}", "Retry-After: 86400");
          } else if (asked.isAuthorised()) {
            ClientFixture.serve(IMAGE, asked, out);
          } else {
            challenge(asked, out, "/token");
          }
        })) {
      var fixture = new ClientFixture(FakeCredentials.none());
      var busy = ClientFixture.image(registry.host() + "/acme/busy:1");
      var failure =
          assertInstanceOf(RegistryFailure.RateLimited.class, fixture.client.resolve(busy));
      assertTrue(failure.message().contains("acme/busy"), failure.message());
      fixture.resolve(registry, ResolvedImage.class);
      int before = registry.asked().size();
      assertInstanceOf(RegistryFailure.RateLimited.class, fixture.client.resolve(busy));
      assertEquals(before, registry.asked().size(), "it is not asked before its time");
    }
  }

  @Test
  void aLimitOfATokenServiceForAnIdentityTokenIsForTheRepositoryToo() throws Exception {
    try (var registry =
        HostileRegistry.start((asked, out) -> {
          if (asked.target().startsWith("/token")) {
            boolean busy = asked.body().contains("busy");
            reply(out, busy ? 429 : 200, "{\"access_token\":\"t\"}", "Retry-After: 86400");
          } else if (asked.isAuthorised()) {
            ClientFixture.serve(IMAGE, asked, out);
          } else {
            challenge(asked, out, "/token");
          }
        })) {
      var fixture = new ClientFixture(new FakeCredentials(FakeCredentials.found("<token>", "i")));
      var busy = ClientFixture.image(registry.host() + "/acme/busy:1");
      assertInstanceOf(RegistryFailure.RateLimited.class, fixture.client.resolve(busy));
      fixture.resolve(registry, ResolvedImage.class);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "/token?scope=repository:x:pull, /token",
    "/token?a=%2f&scope=x&b=+, /token?a=%2f&b=+",
    "/token?SCOPE=x, /token",
    "/token?sc%6fpe=x&scope, /token",
    "/token?a=1;scope=x, /token?a=1",
    "/token?service=other&offline_token=true&access_type=offline, /token",
    "/token?a={x}, /token?a=%7Bx%7D",
  })
  void aRealmDoesNotDecideTheUseOfTheCredential(String realm, String left) throws Exception {
    for (var user : List.of("bot", "<token>")) {
      try (var registry =
          HostileRegistry.start((asked, out) -> {
            if (asked.target().startsWith("/token")) {
              reply(out, 200, "{\"token\":\"t\"}");
            } else if (asked.isAuthorised()) {
              ClientFixture.serve(IMAGE, asked, out);
            } else {
              challenge(asked, out, realm);
            }
          })) {
        new ClientFixture(new FakeCredentials(FakeCredentials.found(user, "s3cret")))
            .resolve(registry, ResolvedImage.class);
        var asked =
            registry.asked().stream().filter(one -> one.target().startsWith("/token")).toList();
        var own = "service=s&scope=repository%3Aacme%2Fapp%3Apull";
        boolean get = asked.getFirst().method().equals("GET");
        assertEquals(
            get ? left + (left.indexOf('?') < 0 ? "?" : "&") + own : left,
            asked.getFirst().target());
        assertTrue(get || asked.getFirst().body().startsWith(own), asked::toString);
      }
    }
  }

  // What is cached

  @ParameterizedTest
  @ValueSource(ints = {400, 403, 404, 410, 418, 451})
  void aRefusalKeepsTheKnownEndpoint(int status) throws Exception {
    try (var registry =
        HostileRegistry.start((asked, out) ->
            reply(out, asked.target().equals("/v2/") ? 200 : status, "{\"errors\":[{}]}"))) {
      var fixture = new ClientFixture(FakeCredentials.none());
      for (int i = 0; i < 6; i++) {
        assertInstanceOf(RegistryFailure.class, fixture.resolve(registry));
      }
      assertEquals(1, registry.asked().stream().filter(one -> one.target().equals("/v2/")).count());
    }
  }

  @Test
  void aTokenServiceThatRefusesKeepsTheKnownEndpoint() throws Exception {
    try (var registry =
        HostileRegistry.start((asked, out) -> {
          if (asked.target().startsWith("/token")) {
            reply(out, 401, "");
          } else {
            challenge(asked, out, "/token");
          }
        })) {
      var fixture = new ClientFixture(FakeCredentials.passwords("s3cret"));
      for (int i = 0; i < 6; i++) {
        fixture.resolve(registry, RegistryFailure.Unauthorised.class);
      }
      assertEquals(1, registry.asked().stream().filter(one -> one.target().equals("/v2/")).count());
    }
  }

  @Test
  void theEndpointOfAFailingRegistryIsDeterminedAgainLater() throws Exception {
    try (var registry =
        HostileRegistry.start(
            (asked, out) -> reply(out, asked.target().equals("/v2/") ? 200 : 418, ""))) {
      var fixture = new ClientFixture(FakeCredentials.none());
      fixture.resolve(registry, RegistryFailure.BadAnswer.class);
      fixture.time.advance(Duration.ofSeconds(31));
      fixture.resolve(registry, RegistryFailure.BadAnswer.class);
      fixture.resolve(registry, RegistryFailure.BadAnswer.class);
      assertEquals(2, registry.asked().stream().filter(one -> one.target().equals("/v2/")).count());
    }
  }

  // Reasons

  @ParameterizedTest
  @CsvSource({
    "http://user@127.0.0.1/x, a user name or a password",
    "http://u:p@127.0.0.1/x, a user name or a password",
    "//u@127.0.0.1/x, a user name or a password",
    "ftp://127.0.0.1/x, other than an http or https address",
    "mailto:a@b, other than an http or https address",
    "http://ex ample/x, a host or port that is not valid",
    "http://127.0.0.1:99999/x, a host or port that is not valid",
  })
  void theReasonForNotFollowingARedirectIsReported(String location, String why) throws Exception {
    try (var registry =
        HostileRegistry.start((asked, out) -> {
          if (asked.target().contains("/blobs/")) {
            reply(out, 307, "", "Location: " + location);
          } else {
            ClientFixture.serve(IMAGE, asked, out);
          }
        })) {
      var failure =
          new ClientFixture(FakeCredentials.none())
              .resolve(registry, RegistryFailure.Refused.class);
      assertTrue(failure.message().contains(why), failure.message());
      assertTrue(!failure.message().contains("u:p"), failure.message());
    }
  }

  @ParameterizedTest
  @CsvSource({
    "http://u:p@127.0.0.1/token, a user name or a password",
    "http://127.0.0.1/token#a, a fragment",
    "ftp://127.0.0.1/token, other than an http or https address",
    "http://127.0.0.1:0/, a host or port that is not valid",
  })
  void theReasonForNotUsingARealmIsReported(String realm, String why) throws Exception {
    try (var registry =
        HostileRegistry.start((asked, out) ->
            reply(out, 401, "", "WWW-Authenticate: Bearer realm=\"" + realm + "\""))) {
      var failure =
          new ClientFixture(FakeCredentials.none())
              .resolve(registry, RegistryFailure.Refused.class);
      assertTrue(failure.message().contains(why), failure.message());
      assertTrue(!failure.message().contains("u:p"), failure.message());
    }
  }
}
