package dev.rig.credentials.registry.client;

import static dev.rig.credentials.testing.registry.HostileRegistry.reply;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.rig.credentials.credential.Lease;
import dev.rig.credentials.credential.Lookup;
import dev.rig.credentials.image.Digest;
import dev.rig.credentials.registry.ImageOrigin;
import dev.rig.credentials.registry.ImagePlatform;
import dev.rig.credentials.registry.RegistryFailure;
import dev.rig.credentials.registry.ResolvedImage;
import dev.rig.credentials.registry.content.FakeImage;
import dev.rig.credentials.registry.content.ImageManifest;
import dev.rig.credentials.testing.registry.HostileRegistry;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class RegistryClientTest {
  private static final FakeImage IMAGE = FakeImage.oci();

  static Stream<FakeImage> images() {
    return Stream.of(FakeImage.oci(), FakeImage.docker());
  }

  @ParameterizedTest
  @MethodSource("images")
  void anImageIsResolvedWithoutACredential(FakeImage image) throws Exception {
    try (var registry =
        HostileRegistry.start((asked, out) -> ClientFixture.serve(image, asked, out))) {
      var fixture = new ClientFixture(FakeCredentials.none());
      var resolved = fixture.resolve(registry, ResolvedImage.class);
      assertEquals(registry.host(), resolved.registry());
      assertEquals("acme/app", resolved.repository());
      assertEquals("1", resolved.tag());
      assertEquals(image.digest(), resolved.digest());
      assertEquals(image.mediaType(), resolved.mediaType());
      assertEquals(image.manifest().length, resolved.size());
      assertEquals(1000L + image.config().length, resolved.imageSize());
      assertEquals(Instant.parse(FakeImage.CREATED), resolved.createdAt());
      assertEquals("rig", resolved.labels().get("team"));
      assertEquals(new ImageOrigin("https://example.org/app", "abc123"), resolved.origin());
      assertEquals(List.of(), resolved.platforms());
      assertEquals(registry.host() + "/acme/app@" + image.digest(), resolved.pinned());
      assertEquals(0, fixture.credentials.lookups(), "nobody asked for a credential");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {ImageManifest.OCI_INDEX, ImageManifest.DOCKER_LIST})
  void anIndexIsResolvedWithItsPlatforms(String type) throws Exception {
    byte[] index = IMAGE.index(type);
    try (var registry =
        HostileRegistry.start((asked, out) -> {
          if (asked.target().endsWith("/manifests/1")) {
            reply(out, 200, index, "Content-Type: " + type);
          } else {
            ClientFixture.serve(IMAGE, asked, out);
          }
        })) {
      var resolved =
          new ClientFixture(FakeCredentials.none()).resolve(registry, ResolvedImage.class);
      assertEquals(type, resolved.mediaType());
      assertEquals(Digest.sha256(index), resolved.digest());
      assertEquals(
          List.of("arm64", "amd64"),
          resolved.platforms().stream().map(ImagePlatform::architecture).toList());
      assertEquals("v8", resolved.platforms().getFirst().variant());
      assertEquals(Instant.parse(FakeImage.CREATED), resolved.createdAt(), "of linux/amd64");
    }
  }

  private static List<String> targets(HostileRegistry registry) {
    return registry.asked().stream().map(HostileRegistry.Asked::target).toList();
  }

  @Test
  void contentNamedByADigestInAResponseIsFetchedOnce() throws Exception {
    byte[] index = IMAGE.index(ImageManifest.OCI_INDEX);
    try (var registry =
        HostileRegistry.start((asked, out) -> {
          if (asked.target().endsWith("/manifests/many")) {
            reply(out, 200, index, "Content-Type: " + ImageManifest.OCI_INDEX);
          } else {
            ClientFixture.serve(IMAGE, asked, out);
          }
        })) {
      var fixture = new ClientFixture(FakeCredentials.none());
      var image = ClientFixture.image(registry.host() + "/acme/app:many");
      var first = fixture.client.resolve(image);
      assertInstanceOf(ResolvedImage.class, first);
      var before = targets(registry);
      assertEquals(first, fixture.client.resolve(image));
      fixture.resolve(registry, ResolvedImage.class);
      var after = targets(registry);
      assertEquals(
          List.of("/v2/acme/app/manifests/many", "/v2/acme/app/manifests/1"),
          after.subList(before.size(), after.size()));
    }
  }

  @Test
  void removedImageIsReportedAlthoughItsPartsAreCached() throws Exception {
    var there = new AtomicBoolean(true);
    try (var registry =
        HostileRegistry.start((asked, out) -> {
          if (there.get() || asked.target().equals("/v2/")) {
            ClientFixture.serve(IMAGE, asked, out);
          } else {
            reply(out, 404, "{\"tags\":[]}");
          }
        })) {
      var fixture = new ClientFixture(FakeCredentials.none());
      var pinned = ClientFixture.image(registry.host() + "/acme/app@" + IMAGE.digest());
      assertInstanceOf(ResolvedImage.class, fixture.client.resolve(pinned));
      there.set(false);
      assertInstanceOf(RegistryFailure.class, fixture.client.resolve(pinned));
    }
  }

  @Test
  void aDigestHasPrecedenceOverATag() throws Exception {
    try (var registry =
        HostileRegistry.start((asked, out) -> ClientFixture.serve(IMAGE, asked, out))) {
      var fixture = new ClientFixture(FakeCredentials.none());
      var image = registry.host() + "/acme/app:other@" + IMAGE.digest();
      var resolved =
          assertInstanceOf(ResolvedImage.class, fixture.client.resolve(ClientFixture.image(image)));
      assertEquals("other", resolved.tag());
      assertEquals(IMAGE.digest(), resolved.digest());
    }
  }

  @Test
  void withoutATagItIsLatest() throws Exception {
    try (var registry = HostileRegistry.start((asked, out) -> reply(out, 404, ""))) {
      var fixture = new ClientFixture(FakeCredentials.none());
      fixture.client.resolve(ClientFixture.image(registry.host() + "/acme/app"));
      assertTrue(
          registry.asked().stream()
              .anyMatch(asked -> asked.target().endsWith("/manifests/latest")));
    }
  }

  @Test
  void aPasswordIsSentForABasicChallenge() throws Exception {
    try (var registry =
        HostileRegistry.start((asked, out) -> {
          if (asked.header("authorization").equals("Basic Ym90OnMzY3JldA==")) {
            ClientFixture.serve(IMAGE, asked, out);
          } else {
            reply(out, 401, "", "WWW-Authenticate: Basic realm=\"private\"");
          }
        })) {
      var fixture = new ClientFixture(FakeCredentials.passwords("s3cret"));
      fixture.resolve(registry, ResolvedImage.class);
      assertEquals(0, fixture.credentials.rejections());
    }
  }

  @Test
  void aReadTokenIsFetchedForABearerChallenge() throws Exception {
    try (var registry =
        HostileRegistry.start((asked, out) -> {
          var host = asked.header("host");
          if (asked.target().startsWith("/token")) {
            reply(out, 200, "{\"token\":\"t0ken\"}");
          } else if (asked.header("authorization").equals("Bearer t0ken")) {
            ClientFixture.serve(IMAGE, asked, out);
          } else {
            reply(
                out,
                401,
                "",
                "WWW-Authenticate: Bearer realm=\"http://%s/token?a=b\",service=\"a registry\""
                    .formatted(host));
          }
        })) {
      new ClientFixture(FakeCredentials.passwords("s3cret")).resolve(registry, ResolvedImage.class);
      var tokens =
          registry.asked().stream().filter(asked -> asked.target().startsWith("/token")).toList();
      assertEquals(1, tokens.size(), "one login a question");
      assertEquals(
          "/token?a=b&service=a+registry&scope=repository%3Aacme%2Fapp%3Apull",
          tokens.getFirst().target());
      assertEquals("Basic Ym90OnMzY3JldA==", tokens.getFirst().header("authorization"));
    }
  }

  @Test
  void anIdentityTokenIsPostedToTheTokenService() throws Exception {
    try (var registry =
        HostileRegistry.start((asked, out) -> {
          if (asked.target().equals("/token")) {
            reply(out, 200, "{\"access_token\":\"t0ken\"}");
          } else if (asked.header("authorization").equals("Bearer t0ken")) {
            ClientFixture.serve(IMAGE, asked, out);
          } else {
            var realm = "http://" + asked.header("host") + "/token";
            reply(out, 401, "", "WWW-Authenticate: Bearer realm=\"" + realm + "\"");
          }
        })) {
      var identity = FakeCredentials.found("<token>", "id&token");
      new ClientFixture(new FakeCredentials(identity)).resolve(registry, ResolvedImage.class);
      var post =
          registry.asked().stream().filter(asked -> asked.method().equals("POST")).findFirst();
      assertTrue(post.orElseThrow().body().contains("refresh_token=id%26token"));
      assertTrue(post.orElseThrow().body().contains("grant_type=refresh_token"));
    }
  }

  @Test
  void aMissingTagIsNotAMissingRepository() throws Exception {
    try (var registry =
        HostileRegistry.start((asked, out) -> {
          boolean list = asked.target().startsWith("/v2/acme/app/tags/list");
          reply(out, asked.target().equals("/v2/") || list ? 200 : 404, "{\"tags\":[]}");
        })) {
      var failure =
          new ClientFixture(FakeCredentials.none())
              .resolve(registry, RegistryFailure.NoSuchTag.class);
      assertEquals(
          "tried to resolve %s/acme/app:1 but failed because %s has no such tag or digest in acme/app"
              .formatted(registry.host(), registry.host()),
          failure.message());
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"{\"errors\":[{\"code\":\"NAME_UNKNOWN\"}]}", "<html>not here</html>"})
  void aMissingRepositoryIsReportedAsMissing(String body) throws Exception {
    try (var registry =
        HostileRegistry.start(
            (asked, out) -> reply(out, asked.target().equals("/v2/") ? 200 : 404, body))) {
      new ClientFixture(FakeCredentials.none())
          .resolve(registry, RegistryFailure.NoSuchRepository.class);
    }
  }

  @Test
  void missingEntryIsReported() throws Exception {
    try (var registry =
        HostileRegistry.start(
            (asked, out) -> reply(out, 401, "", "WWW-Authenticate: Basic realm=\"private\""))) {
      var failure =
          new ClientFixture(FakeCredentials.none())
              .resolve(registry, RegistryFailure.Unauthorised.class);
      assertTrue(failure.message().endsWith("requires a credential, and no entry matches it"));
    }
  }

  @Test
  void anEntryWithoutACredentialNowIsNotReportedAsARefusal() throws Exception {
    var next = Instant.parse("2026-01-01T00:01:00Z");
    try (var registry =
        HostileRegistry.start(
            (asked, out) -> reply(out, 401, "", "WWW-Authenticate: Basic realm=\"private\""))) {
      var credentials = new FakeCredentials(new Lookup.Failed("the.entry", "it hung", next));
      var failure =
          new ClientFixture(credentials).resolve(registry, RegistryFailure.NoCredential.class);
      assertEquals(next, failure.nextAttempt());
      assertTrue(failure.message().contains("the.entry: it hung"), failure.message());
    }
  }

  @Test
  void missingListenerIsUnreachable() throws Exception {
    var registry = HostileRegistry.start((asked, out) -> {});
    registry.close();
    var failure =
        new ClientFixture(FakeCredentials.none())
            .resolve(registry, RegistryFailure.Unreachable.class);
    assertTrue(failure.message().contains("nothing answers at"), failure.message());
  }

  @Test
  void anUnknownHostNameIsUnreachable() throws Exception {
    var fixture =
        new ClientFixture(
            FakeCredentials.none(),
            RegistrySettings.STANDARD,
            name -> {
              throw new java.net.UnknownHostException(name);
            });
    var failure = fixture.client.resolve(ClientFixture.image("registry.invalid/acme/app:1"));
    assertInstanceOf(RegistryFailure.Unreachable.class, failure);
  }

  @Test
  void contentWithAnotherDigestIsRejected() throws Exception {
    var other = Digest.sha256(new byte[] {1});
    var lies =
        Map.of(
            "Docker-Content-Digest: " + other,
            "/acme/app:1",
            "Docker-Content-Digest: sha256:abc",
            "/acme/app:1",
            "X: y",
            "/acme/app@" + other);
    for (var lie : lies.entrySet()) {
      try (var registry =
          HostileRegistry.start((asked, out) ->
              reply(
                  out,
                  200,
                  IMAGE.manifest(),
                  "Content-Type: " + IMAGE.mediaType(),
                  lie.getKey()))) {
        var image = ClientFixture.image(registry.host() + lie.getValue());
        var answer = new ClientFixture(FakeCredentials.none()).client.resolve(image);
        assertInstanceOf(RegistryFailure.BadAnswer.class, answer, lie.toString());
      }
    }
  }

  @Test
  void aConfigurationWithAnotherDigestIsRejected() throws Exception {
    try (var registry =
        HostileRegistry.start((asked, out) -> {
          if (asked.target().contains("/blobs/")) {
            reply(out, 200, "{\"created\":\"2020-01-01T00:00:00Z\"}");
          } else {
            ClientFixture.serve(IMAGE, asked, out);
          }
        })) {
      new ClientFixture(FakeCredentials.none()).resolve(registry, RegistryFailure.BadAnswer.class);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"schemaVersion\":2}",
        "{\"mediaType\":\"application/vnd.docker.distribution.manifest.v1+json\"}",
        "[]",
        "{\"config\":{},\"config\":{}}",
        "{\"mediaType\":\"application/vnd.oci.image.manifest.v1+json\",\"manifests\":[]}",
        "{\"mediaType\":\"application/vnd.oci.image.index.v1+json\",\"config\":{}}",
        "no json"
      })
  void invalidManifestIsRejected(String body) throws Exception {
    try (var registry =
        HostileRegistry.start(
            (asked, out) -> reply(out, 200, body, "Content-Type: application/json"))) {
      new ClientFixture(FakeCredentials.none()).resolve(registry, RegistryFailure.BadAnswer.class);
    }
  }

  @Test
  void anImageWithoutDataOfItsOwnIsResolvedToo() throws Exception {
    var manifest =
        "{\"schemaVersion\":2,\"config\":{\"mediaType\":\"application/vnd.cncf.helm.config.v1+json\","
            + "\"digest\":\"%s\",\"size\":2},\"layers\":[{}]}".formatted(IMAGE.configDigest());
    try (var registry =
        HostileRegistry.start((asked, out) ->
            reply(out, 200, manifest, "Content-Type: " + ImageManifest.OCI_MANIFEST))) {
      var resolved =
          new ClientFixture(FakeCredentials.none()).resolve(registry, ResolvedImage.class);
      assertNull(resolved.createdAt());
      assertNull(resolved.imageSize());
      assertEquals(Map.of(), resolved.labels());
      assertEquals(ImageOrigin.UNKNOWN, resolved.origin());
    }
  }

  @Test
  void aReferenceWithoutARepositoryIsRejected() {
    var client = new ClientFixture(FakeCredentials.none()).client;
    assertThrows(
        IllegalArgumentException.class,
        () -> client.resolve(ClientFixture.image("https://ghcr.io")));
  }

  @Test
  void endpointOfARegistryIsRemembered() throws Exception {
    try (var registry =
        HostileRegistry.start((asked, out) -> ClientFixture.serve(IMAGE, asked, out))) {
      var fixture = new ClientFixture(FakeCredentials.none());
      fixture.resolve(registry, ResolvedImage.class);
      fixture.resolve(registry, ResolvedImage.class);
      assertEquals(1, count(registry, "/v2/"));
      fixture.time.advance(Duration.ofMinutes(6));
      fixture.resolve(registry, ResolvedImage.class);
      assertEquals(2, count(registry, "/v2/"));
    }
  }

  private static long count(HostileRegistry registry, String target) {
    return registry.asked().stream().filter(asked -> asked.target().equals(target)).count();
  }

  @Test
  void noFailureContainsASecret() throws Exception {
    var canary = new dev.rig.credentials.testing.Canary("c4nary-s3cret-value");
    try (var registry =
        HostileRegistry.start((asked, out) ->
            reply(out, 401, asked.toString(), "WWW-Authenticate: Basic realm=\"private\""))) {
      var lease = (Lookup.Found) FakeCredentials.found("bot", canary.secret());
      var fixture = new ClientFixture(new FakeCredentials(lease));
      var failure = fixture.resolve(registry, RegistryFailure.Unauthorised.class);
      assertEquals(List.of(), canary.foundIn(failure.message()));
      assertTrue(registry.asked().stream().anyMatch(HostileRegistry.Asked::isAuthorised));
      assertEquals(Lease.NEVER, lease.lease().expiresAt());
    }
  }
}
