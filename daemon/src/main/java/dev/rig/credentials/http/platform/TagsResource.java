package dev.rig.credentials.http.platform;

import dev.rig.credentials.registry.RegistryFailure;
import dev.rig.credentials.registry.TagPage;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** {@code /v1/tags}: the tags of a repository, the newest first, in pages. */
final class TagsResource implements ApiResource {
  private static final int PAGE = 100;
  private static final int LARGEST_PAGE = 1000;

  private final ImageLookup images;

  TagsResource(ImageLookup images) {
    this.images = images;
  }

  @Override
  public List<ApiOperation> operations() {
    return List.of(
        ApiOperation.get("/v1/tags", List.of("repository", "limit", "after"), this::get));
  }

  private void get(PlatformRequest request) throws InterruptedException {
    var asked = request.required("repository");
    var repository = request.repository("repository", asked);
    if (repository.tag() != null || repository.digest() != null) {
      throw ProblemResponseException.badRequest("repository has a tag or a digest: leave it out");
    }
    int limit = request.optional("limit").map(TagsResource::limit).orElse(PAGE);
    switch (images.tags(repository, limit, request.optional("after").orElse(null))) {
      case TagPage page -> answer(request, asked, limit, page);
      case RegistryFailure failure -> throw ProblemResponseException.of(failure);
    }
  }

  private static int limit(String text) {
    try {
      int limit = Integer.parseInt(text);
      if (limit >= 1 && limit <= LARGEST_PAGE) {
        return limit;
      }
    } catch (NumberFormatException e) {
      // reported below
    }
    throw ProblemResponseException.badRequest("limit is not a number from 1 to " + LARGEST_PAGE);
  }

  private static void answer(PlatformRequest request, String asked, int limit, TagPage page) {
    if (page.next() != null) {
      request.header(
          "Link",
          "</v1/tags?repository=%s&limit=%d&after=%s>; rel=\"next\""
              .formatted(encoded(asked), limit, encoded(page.next())));
    }
    request.json(json -> {
      json.put("registry", page.registry());
      json.put("repository", page.repository());
      json.objects(
          "tags",
          page.tags(),
          (one, tag) ->
              one.put("name", tag.name())
                  .put("digest", tag.digest())
                  .put("createdAt", tag.createdAt()));
      json.put("truncated", page.truncated());
      json.put("next", page.next());
    });
  }

  private static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }
}
