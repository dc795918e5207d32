package dev.rig.credentials.registry.client;

import static dev.rig.credentials.testing.registry.HostileRegistry.reply;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.rig.credentials.image.Digest;
import dev.rig.credentials.registry.ImageTag;
import dev.rig.credentials.registry.RegistryFailure;
import dev.rig.credentials.registry.TagPage;
import dev.rig.credentials.registry.content.FakeImage;
import dev.rig.credentials.registry.content.VersionOrder;
import dev.rig.credentials.testing.registry.HostileRegistry;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TagsTest {
  private static String list(Stream<String> names) {
    return names.collect(
        Collectors.joining("\",\"", "{\"name\":\"acme/app\",\"tags\":[\"", "\"]}"));
  }

  private static List<String> names(TagPage page) {
    return page.tags().stream().map(ImageTag::name).toList();
  }

  private static TagPage page(HostileRegistry registry, int limit, @Nullable String after)
      throws Exception {
    var client = new ClientFixture(FakeCredentials.none()).client;
    var repository = ClientFixture.image(registry.host() + "/acme/app");
    return assertInstanceOf(TagPage.class, client.tags(repository, limit, after));
  }

  @Test
  void versionsAreOrderedAsPeopleNumberThem() {
    assertEquals(
        List.of("1.0-rc1", "1.0", "1.1", "1.9", "1.10", "1.10.1", "2", "10"),
        Stream.of("10", "1.10.1", "1.9", "1.0", "1.10", "2", "1.0-rc1", "1.1")
            .sorted(VersionOrder.ASCENDING)
            .toList());
  }

  @Test
  void tagsOfAllPagesAreReadAndGivenInPages() throws Exception {
    try (var registry =
        HostileRegistry.start((asked, out) -> {
          if (asked.target().equals("/v2/acme/app/tags/list?n=1000")) {
            reply(
                out,
                200,
                list(Stream.of("1.0", "1.10")),
                "Link: </v2/acme/app/tags/list?last=1.10&n=1000>; rel=\"next\"");
          } else if (asked.target().equals("/v2/acme/app/tags/list?last=1.10&n=1000")) {
            reply(out, 200, list(Stream.of("1.9", "latest", "not a tag", "../x")));
          } else {
            reply(out, asked.target().equals("/v2/") ? 200 : 404, "");
          }
        })) {
      var first = page(registry, 3, null);
      assertEquals(List.of("latest", "1.10", "1.9"), names(first));
      assertEquals("1.9", first.next());
      var last = page(registry, 3, first.next());
      assertEquals(List.of("1.0"), names(last));
      assertNull(last.next());
      assertTrue(!last.truncated());
    }
  }

  @Test
  void newestTagsComeFirstWithTheirData() throws Exception {
    var older = FakeImage.oci();
    var config = new String(older.config(), StandardCharsets.UTF_8);
    byte[] newConfig =
        config.replace(FakeImage.CREATED, "2026-02-02T03:04:05Z").getBytes(StandardCharsets.UTF_8);
    byte[] newManifest =
        new String(older.manifest(), StandardCharsets.UTF_8)
            .replace(older.configDigest().hex(), Digest.sha256(newConfig).hex())
            .getBytes(StandardCharsets.UTF_8);
    var newer = new FakeImage(older.mediaType(), newManifest, newConfig);
    try (var registry =
        HostileRegistry.start((asked, out) -> {
          var target = asked.target();
          if (target.contains("/tags/list")) {
            reply(out, 200, list(Stream.of("2.0", "1.0", "3.0")));
          } else if (target.endsWith("/manifests/1.0")) {
            reply(out, 200, newer.manifest(), "Content-Type: " + newer.mediaType());
          } else if (target.endsWith("/manifests/2.0")) {
            reply(out, 200, older.manifest(), "Content-Type: " + older.mediaType());
          } else if (target.endsWith("" + newer.configDigest())) {
            reply(out, 200, newer.config());
          } else {
            ClientFixture.serve(older, asked, out);
          }
        })) {
      var page = page(registry, 10, null);
      assertEquals(List.of("1.0", "2.0", "3.0"), names(page));
      assertEquals(Instant.parse("2026-02-02T03:04:05Z"), page.tags().get(0).createdAt());
      assertEquals(older.digest(), page.tags().get(1).digest());
      assertNull(page.tags().get(2).createdAt(), "its manifest is missing");
    }
  }

  @Test
  void onlyTheFirstImagesOfAPageAreRead() throws Exception {
    try (var registry =
        HostileRegistry.start((asked, out) -> {
          if (asked.target().contains("/tags/list")) {
            reply(out, 200, list(IntStream.range(0, 500).mapToObj(i -> "v" + i)));
          } else {
            reply(out, asked.target().equals("/v2/") ? 200 : 404, "{\"errors\":[{}]}");
          }
        })) {
      var page = page(registry, 100, null);
      assertEquals("v499", page.tags().getFirst().name());
      assertEquals("v400", page.next());
      long looks =
          registry.asked().stream()
              .filter(asked -> asked.target().contains("/manifests/"))
              .map(HostileRegistry.Asked::target)
              .distinct()
              .count();
      assertEquals(10, looks);
    }
  }

  @Test
  void timesInTheListAreUsed() throws Exception {
    var body =
        "{\"tags\":[\"a\",\"b\"],\"manifest\":{\"sha256:1\":{\"tag\":[\"b\"],\"timeCreatedMs\":"
            + "\"1700000000000\"},\"sha256:2\":{\"tag\":[\"a\"],\"timeUploadedMs\":\"1600000000000\"}}}";
    try (var registry =
        HostileRegistry.start(
            (asked, out) -> reply(out, asked.target().contains("/manifests/") ? 500 : 200, body))) {
      var page = page(registry, 10, null);
      assertEquals(List.of("b", "a"), names(page));
      assertEquals(Instant.ofEpochMilli(1_700_000_000_000L), page.tags().getFirst().createdAt());
    }
  }

  @Test
  void aListWithoutEndIsBounded() throws Exception {
    try (var registry =
        HostileRegistry.start((asked, out) -> {
          if (asked.target().contains("/tags/list")) {
            int page =
                asked.target().endsWith("n=1000")
                    ? 0
                    : Integer.parseInt(asked.target().split("p=", 2)[1]);
            reply(
                out,
                200,
                list(IntStream.range(page * 1000, (page + 1) * 1000).mapToObj(i -> "t" + i)),
                "Link: <http://elsewhere.example/v2/x/tags/list?p=" + (page + 1) + ">; rel=next");
          } else {
            reply(out, asked.target().equals("/v2/") ? 200 : 404, "{\"errors\":[{}]}");
          }
        })) {
      var page = page(registry, 1000, null);
      assertTrue(page.truncated());
      assertEquals("t9999", page.tags().getFirst().name());
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "</v2/acme/app/tags/list?n=1000&last=b>; rel=\"next\"",
        "/v2/acme/app/tags/list?n=1000&last=b; rel=\"next\"",
        "</v2/acme/app/tags/list?n=1000&last=b>; rel='next'",
        "</v2/acme/app/tags/list?n=1000&last=b>;rel=next",
        "</v2/acme/app/tags/list?n=1000&last=b>; title=\"a, b\"; rel=\"last next\"",
        "</v2/acme/app/tags/list?n=1000>; rel=\"prev\","
            + " <https://elsewhere.example/v2/x/tags/list?n=1000&last=b>; REL=\"NEXT\"",
        "<?n=1000&last=b>; rel=\"next\"",
        "<?n=1000&last=b>; title=\"a \\\" >, <x>; rel=prev\"; rel=\"next\"",
        "<?n=1000&last=b>; rel=\"n\\ext\"",
        "<?n=1000&last=b>",
        "</x>; rel=prev\r\nLink: <?n=1000&last=b>; rel=next",
        "<?{\"a\":[1,2]}&last=b#part>; rel=next",
        "<?x=caf\u00e9&last=b>; rel=next",
        "<//elsewhere.example/x?n=1000&last=b>; rel=next",
        "<list?n=1000&last=b>; rel=\"first   next\""
      })
  void everyFormOfALinkIsFollowed(String link) throws Exception {
    try (var registry =
        HostileRegistry.start((asked, out) -> {
          if (asked.target().endsWith("last=b")) {
            reply(out, 200, list(Stream.of("c")));
          } else if (asked.target().contains("/tags/list")) {
            reply(out, 200, list(Stream.of("a", "b")), "Link: " + link);
          } else {
            reply(out, asked.target().equals("/v2/") ? 200 : 404, "{\"errors\":[{}]}");
          }
        })) {
      var page = page(registry, 10, null);
      assertEquals(List.of("c", "b", "a"), names(page));
      assertTrue(!page.truncated());
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "</v2/acme/app/tags/list>; rel=\"next\"",
        "<>; rel=next",
        "rel=\"next\"",
        "</x?a b>; rel=next"
      })
  void anUnsupportedLinkIsNotTheEndOfTheList(String link) throws Exception {
    try (var registry =
        HostileRegistry.start(
            (asked, out) -> reply(out, 200, list(Stream.of("a", "b")), "Link: " + link))) {
      var page = page(registry, 1, null);
      assertTrue(page.truncated());
      assertEquals(1, page.tags().size());
    }
  }

  @Test
  void aRegistryWithALowerMaximumIsQueriedWithASmallerPage() throws Exception {
    try (var registry =
        HostileRegistry.start((asked, out) -> {
          if (asked.target().endsWith("/tags/list?n=1000")) {
            reply(out, 400, "{\"errors\":[{\"code\":\"TOO_MANY_TAGS_REQUESTED\"}]}");
          } else if (asked.target().contains("/tags/list?n=100")) {
            int from = asked.target().endsWith("n=100") ? 0 : 100;
            reply(
                out,
                200,
                list(IntStream.range(from, from + (from == 0 ? 100 : 5)).mapToObj(i -> "v" + i)));
          } else {
            reply(out, asked.target().equals("/v2/") ? 200 : 404, "{\"errors\":[{}]}");
          }
        })) {
      var page = page(registry, 1000, null);
      assertEquals(105, page.tags().size());
      assertTrue(!page.truncated());
      assertTrue(
          registry.asked().stream()
              .anyMatch(asked -> asked.target().endsWith("/tags/list?n=100&last=v99")),
          "a full page without a link may not be the last");
    }
  }

  @Test
  void aRepeatedFullPageIsTheCompleteList() throws Exception {
    try (var registry =
        HostileRegistry.start((asked, out) -> {
          if (asked.target().contains("/tags/list")) {
            reply(out, 200, list(IntStream.range(0, 1000).mapToObj(i -> "v" + i)));
          } else {
            reply(out, asked.target().equals("/v2/") ? 200 : 404, "{\"errors\":[{}]}");
          }
        })) {
      assertTrue(!page(registry, 1, null).truncated());
    }
  }

  @Test
  void tagsReadInTimeAreTheAnswer() throws Exception {
    var fixture = new ClientFixture(FakeCredentials.none());
    try (var registry =
        HostileRegistry.start((asked, out) -> {
          if (asked.target().contains("/tags/list")) {
            fixture.time.advance(Duration.ofMillis(250));
            int page =
                asked.target().endsWith("n=1000")
                    ? 0
                    : Integer.parseInt(asked.target().split("p=", 2)[1]);
            reply(
                out,
                200,
                list(IntStream.range(page * 100, (page + 1) * 100).mapToObj(i -> "t" + i)),
                "Link: </v2/acme/app/tags/list?p=" + (page + 1) + ">; rel=\"next\"");
          } else {
            reply(out, asked.target().equals("/v2/") ? 200 : 404, "{\"errors\":[{}]}");
          }
        })) {
      var repository = ClientFixture.image(registry.host() + "/acme/app");
      var page = assertInstanceOf(TagPage.class, fixture.client.tags(repository, 1000, null));
      assertTrue(page.truncated());
      assertTrue(page.tags().size() >= 1000, () -> page.tags().size() + " tags");
      assertTrue(fixture.time.nanos() < Duration.ofSeconds(10).toNanos());
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {404, 500, 403})
  void earlierPagesAreTheAnswerIfOneFails(int status) throws Exception {
    try (var registry =
        HostileRegistry.start((asked, out) -> {
          if (asked.target().endsWith("n=1000")) {
            reply(out, 200, list(Stream.of("a")), "Link: <?last=a>; rel=\"next\"");
          } else {
            reply(out, asked.target().equals("/v2/") ? 200 : status, "{\"errors\":[{}]}");
          }
        })) {
      var page = page(registry, 10, null);
      assertEquals(List.of("a"), names(page));
      assertTrue(page.truncated());
    }
  }

  @Test
  void aRepositoryWithoutTagsIsNoFailure() throws Exception {
    try (var registry =
        HostileRegistry.start((asked, out) -> reply(out, 200, "{\"name\":\"a\",\"tags\":null}"))) {
      var page = page(registry, 10, null);
      assertEquals(List.of(), page.tags());
      assertTrue(!page.truncated(), "this is how distribution says that there are none");
    }
  }

  @Test
  void aMissingRepositoryIsReportedAsMissing() throws Exception {
    try (var registry =
        HostileRegistry.start(
            (asked, out) -> reply(out, asked.target().equals("/v2/") ? 200 : 404, ""))) {
      var client = new ClientFixture(FakeCredentials.none()).client;
      var repository = ClientFixture.image(registry.host() + "/acme/app");
      var failure =
          assertInstanceOf(
              RegistryFailure.NoSuchRepository.class, client.tags(repository, 10, null));
      assertEquals(
          "tried to list the tags of %s/acme/app but failed because %s has no repository acme/app"
              .formatted(registry.host(), registry.host()),
          failure.message());
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{}",
        "[]",
        "{\"errors\":[]}",
        "{\"tags\":\"a\"}",
        "{\"tags\":{\"a\":1}}",
        "{\"tags\":7}",
        "{\"tags\":true}"
      })
  void invalidListIsNotAnEmptyOne(String body) throws Exception {
    try (var registry =
        HostileRegistry.start(
            (asked, out) -> reply(out, 200, asked.target().equals("/v2/") ? "{}" : body))) {
      var client = new ClientFixture(FakeCredentials.none()).client;
      var repository = ClientFixture.image(registry.host() + "/acme/app");
      assertInstanceOf(RegistryFailure.BadAnswer.class, client.tags(repository, 10, null));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"{}", "{\"tags\":\"b\"}", "{\"tags\":{}}", "[\"b\"]", ""})
  void anInvalidLaterPageIsNotTheEnd(String body) throws Exception {
    try (var registry =
        HostileRegistry.start((asked, out) -> {
          if (asked.target().endsWith("n=1000")) {
            reply(out, 200, list(Stream.of("a")), "Link: <?last=a>; rel=\"next\"");
          } else {
            reply(out, asked.target().contains("/manifests/") ? 404 : 200, body);
          }
        })) {
      var page = page(registry, 10, null);
      assertEquals(List.of("a"), names(page));
      assertTrue(page.truncated());
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"1", "null", "true", "[\"b\"]", "{\"name\":\"b\"}"})
  void aListThatAlsoHasOtherValuesIsIncomplete(String other) throws Exception {
    try (var registry =
        HostileRegistry.start((asked, out) ->
            reply(
                out,
                asked.target().contains("/manifests/") ? 404 : 200,
                "{\"tags\":[\"a\"," + other + "]}"))) {
      var page = page(registry, 10, null);
      assertEquals(List.of("a"), names(page));
      assertTrue(page.truncated());
    }
  }

  /** Starts a registry with 23 tags that rejects a page larger than its maximum. */
  private static HostileRegistry withMaximum(int most, int status, String code) {
    return HostileRegistry.start((asked, out) -> {
      if (!asked.target().contains("/tags/list")) {
        reply(out, asked.target().equals("/v2/") ? 200 : 404, "{\"errors\":[{}]}");
        return;
      }
      var size = Pattern.compile("[?&]n=([0-9]+)").matcher(asked.target());
      int wanted = size.find() ? Integer.parseInt(size.group(1)) : 0;
      if (wanted > most) {
        reply(out, status, "{\"errors\":[{\"code\":\"" + code + "\"}]}");
        return;
      }
      var after = asked.target().split("last=v", 2);
      int from = after.length < 2 ? 0 : Integer.parseInt(after[1]) - 99;
      int end = Math.min(23, from + (wanted == 0 ? 7 : wanted));
      var body = list(IntStream.range(from, end).mapToObj(i -> "v" + (100 + i)));
      reply(out, 200, from == end ? "{\"tags\":[]}" : body);
    });
  }

  @ParameterizedTest
  @CsvSource({
    "100, 400, TOO_MANY_TAGS_REQUESTED",
    "50, 400, PAGINATION_NUMBER_INVALID",
    "5, 413, X",
    "5, 422, X",
    "1, 416, X",
    "0, 405, UNSUPPORTED",
    "0, 404, UNSUPPORTED",
    "0, 400, UNSUPPORTED",
    "5, 404, PAGINATION_NUMBER_INVALID",
  })
  void allTagsAreReadForAnyMaximumOfARegistry(int most, int status, String code) throws Exception {
    try (var registry = withMaximum(most, status, code)) {
      var page = page(registry, 1000, null);
      assertEquals(23, page.tags().size());
      assertTrue(!page.truncated());
    }
  }

  @ParameterizedTest
  @CsvSource({"404, NAME_UNKNOWN", "404, NAME_INVALID", "400, NAME_INVALID", "404, ''"})
  void aMissingRepositoryIsNotQueriedWithASmallerPage(int status, String code) throws Exception {
    try (var registry = withMaximum(-1, status, code)) {
      var client = new ClientFixture(FakeCredentials.none()).client;
      var repository = ClientFixture.image(registry.host() + "/acme/app");
      assertInstanceOf(RegistryFailure.NoSuchRepository.class, client.tags(repository, 10, null));
      assertEquals(1, lists(registry));
    }
  }

  @Test
  void aRegistryWithoutAListOfTagsIsReported() throws Exception {
    try (var registry = withMaximum(-1, 405, "UNSUPPORTED")) {
      var client = new ClientFixture(FakeCredentials.none()).client;
      var repository = ClientFixture.image(registry.host() + "/acme/app");
      var failure =
          assertInstanceOf(RegistryFailure.BadAnswer.class, client.tags(repository, 10, null));
      assertTrue(failure.message().endsWith("answered 405"), failure.message());
    }
  }

  private static long lists(HostileRegistry registry) {
    return registry.asked().stream().filter(asked -> asked.target().contains("/tags/")).count();
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 7, 22, 23, 100})
  void aRegistryThatSilentlySendsLessThanRequestedIsReadToTheEnd(int cap) throws Exception {
    try (var registry =
        HostileRegistry.start((asked, out) -> {
          if (asked.target().contains("/tags/list")) {
            var after = asked.target().split("last=v", 2);
            int from = after.length < 2 ? 0 : Integer.parseInt(after[1]) - 99;
            int end = Math.min(23, from + cap);
            reply(
                out,
                200,
                from == end
                    ? "{\"tags\":null}"
                    : list(IntStream.range(from, end).mapToObj(i -> "v" + (100 + i))));
          } else {
            reply(out, asked.target().equals("/v2/") ? 200 : 404, "{\"errors\":[{}]}");
          }
        })) {
      var page = page(registry, 1000, null);
      assertEquals(23, page.tags().size());
      assertTrue(!page.truncated());
    }
  }

  @ParameterizedTest
  @CsvSource({
    "5, 400, false",
    "5, 404, false",
    "5, 200, false",
    "1000, 400, true",
    "1000, 404, true",
    "1000, 200, true"
  })
  void aListWithoutALinkIsTruncatedIfTheNextPageFails(int size, int status, boolean truncated)
      throws Exception {
    try (var registry =
        HostileRegistry.start((asked, out) -> {
          if (asked.target().contains("last=")) {
            reply(out, status, "{\"errors\":[]}");
          } else if (asked.target().contains("/tags/list")) {
            reply(out, 200, list(IntStream.range(0, size).mapToObj(i -> "v" + i)));
          } else {
            reply(out, asked.target().equals("/v2/") ? 200 : 404, "{\"errors\":[{}]}");
          }
        })) {
      assertEquals(truncated, page(registry, 1, null).truncated());
    }
  }

  @Test
  void aRegistryThatLinksItsPagesIsNotQueriedForAnotherOne() throws Exception {
    try (var registry =
        HostileRegistry.start((asked, out) -> {
          if (asked.target().endsWith("n=1000")) {
            reply(out, 200, list(Stream.of("a")), "Link: <?last=a>; rel=\"next\"");
          } else {
            reply(out, asked.target().contains("/manifests/") ? 404 : 200, list(Stream.of("b")));
          }
        })) {
      assertTrue(!page(registry, 10, null).truncated());
      assertEquals(2, lists(registry));
    }
  }
}
