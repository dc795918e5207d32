package dev.rig.credentials.registry.content;

import dev.rig.credentials.json.JsonObject;
import dev.rig.credentials.net.HttpResponse;
import dev.rig.credentials.net.WebLink;
import dev.rig.credentials.registry.CallException;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reads the names of a repository's tags, page by page, within the limits. */
final class TagNameListing {
  /** The most names that are read. */
  static final int MOST = 10_000;

  /** The page sizes, tried in order while the registry rejects them; 0 requests no size. */
  private static final int[] PAGES = {1000, 100, 10, 5, 1, 0};

  /** Statuses by which registries reject a page size. */
  private static final int[] REFUSED = {400, 405, 413, 416, 422};

  private static final List<String> REFUSALS =
      List.of("UNSUPPORTED", "PAGINATION_NUMBER_INVALID", "TOO_MANY_TAGS_REQUESTED");

  private static final int MOST_PAGES = 200;

  /** The time reserved for reading the first images. */
  private static final Duration LEFT_FOR_IMAGES = Duration.ofSeconds(2);

  private static final String JSON = "application/json";
  private static final Pattern TAG = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9._-]{0,127}");
  private static final Pattern NEXT =
      Pattern.compile("rel\\s*=[\\s\"']*(?:\\S+ )*next\\b", Pattern.CASE_INSENSITIVE);

  /**
   * The names.
   *
   * @param created the times of tags, if the registry's list has them
   * @param truncated whether there are, or may be, more
   */
  record Listed(Set<String> names, Map<String, Instant> created, boolean truncated) {}

  private final RepositorySession session;
  private final Set<String> names = new LinkedHashSet<>();
  private final Map<String, Instant> created = new HashMap<>();
  private boolean cut;
  private int pageSize;
  private String last = "";

  private TagNameListing(RepositorySession session) {
    this.session = session;
  }

  /**
   * Reads the names of all tags.
   *
   * @throws CallException if there is no such repository, or its list is unavailable
   */
  static Listed of(RepositorySession session) throws CallException, InterruptedException {
    var reader = new TagNameListing(session);
    boolean truncated = reader.readAll();
    return new Listed(reader.names, reader.created, truncated);
  }

  private boolean readAll() throws CallException, InterruptedException {
    var reply = first();
    boolean linked = false; // whether the registry names its next page
    boolean owed = true; // whether there is a next page, as far as the registry reports
    for (int page = 1; ; page++) {
      int before = names.size();
      int read;
      try {
        read = add(reply);
      } catch (CallException e) {
        if (page == 1) {
          throw e;
        }
        return owed || cut; // the previous pages are a valid result
      }
      boolean grown = names.size() > before;
      var next = next(reply);
      linked |= next != null;
      boolean full = pageSize > 0 && read >= pageSize;
      if (next == null && mentionsNext(reply)) {
        return true;
      }
      if (next == null && (!grown || (linked && !full))) {
        return cut;
      }
      owed = next != null || full;
      if (!grown
          || names.size() >= MOST
          || page == MOST_PAGES
          || session.isShortOf(LEFT_FOR_IMAGES)) {
        return owed || cut;
      }
      try {
        // Some registries send no link, and some of these send less than the requested size.
        reply = session.get("/tags/list" + (next == null ? after(last) : next), JSON);
      } catch (CallException e) {
        return owed || cut;
      }
      if (reply.status() == 404) {
        return owed || cut;
      }
    }
  }

  private String after(String name) {
    return pageSize > 0 ? "?n=%d&last=%s".formatted(pageSize, name) : "?last=" + name;
  }

  /** Returns the first page, with a smaller size if the registry rejects a larger one. */
  private HttpResponse first() throws CallException, InterruptedException {
    for (int size : PAGES) {
      pageSize = size;
      var reply = session.get("/tags/list" + (size > 0 ? "?n=" + size : ""), JSON, REFUSED);
      if (reply.status() == 200) {
        return reply;
      }
      var errors = RegistryErrors.of(reply);
      boolean missing = reply.status() == 404 && REFUSALS.stream().noneMatch(errors::hasCode);
      if (missing || errors.hasCode("NAME_INVALID") || errors.hasCode("NAME_UNKNOWN")) {
        throw ImageReader.noSuchRepository(session);
      }
      if (size == 0) {
        throw session.unexpected(reply);
      }
    }
    throw new AssertionError("the last page size is 0");
  }

  /** Adds the names of a page; returns their number. */
  private int add(HttpResponse reply) throws CallException {
    var json = CallException.json(reply.body(), session.who());
    var tags = json.fields().get("tags");
    boolean none =
        tags == null && json.fields().containsKey("tags"); // as distribution writes an empty list
    if (!none && !(tags instanceof List<?>)) {
      throw CallException.badAnswer(session.who() + " sent no list of tags");
    }
    var listed = json.texts("tags");
    cut |= tags instanceof List<?> all && all.size() > listed.size();
    for (var name : listed) {
      if (!TAG.matcher(name).matches()) {
        continue;
      }
      if (names.size() < MOST) {
        names.add(name);
        last = name;
      } else {
        cut |= !names.contains(name);
      }
    }
    times(json.object("manifest"));
    return listed.size();
  }

  /**
   * Returns the query of the next page of the same list: of the address in the response only the
   * query is used.
   */
  private @Nullable String next(HttpResponse reply) {
    var link = WebLink.next(reply.headers("link"));
    var address = link == null ? null : session.site().at("/").resolve(link);
    var target = address == null ? "" : address.target();
    int query = target.indexOf('?');
    return query < 0 || query == target.length() - 1 ? null : target.substring(query);
  }

  /** Returns whether the response names a next page, even if the address is unsupported. */
  private static boolean mentionsNext(HttpResponse reply) {
    return reply.headers("link").stream().anyMatch(link -> NEXT.matcher(link).find());
  }

  /** Reads the times that Google's registries include in the list: {@code timeCreatedMs}. */
  private void times(JsonObject manifests) {
    for (var digest : manifests.fields().keySet()) {
      var manifest = manifests.object(digest);
      var time = instant(manifest.text("timeCreatedMs"), manifest.text("timeUploadedMs"));
      if (time != null) {
        manifest.texts("tag").forEach(tag -> created.put(tag, time));
      }
    }
  }

  private static @Nullable Instant instant(@Nullable String... milliseconds) {
    for (var text : List.of(String.valueOf(milliseconds[0]), String.valueOf(milliseconds[1]))) {
      try {
        long value = Long.parseLong(text);
        if (value > 0) {
          return Instant.ofEpochMilli(value);
        }
      } catch (NumberFormatException | DateTimeException e) {
        // Continues with the next one.
      }
    }
    return null;
  }
}
