package dev.rig.credentials.registry.content;

import dev.rig.credentials.registry.CallException;
import dev.rig.credentials.registry.JsonObject;
import dev.rig.credentials.registry.http.HttpReply;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reads all names of a repository's tags, page by page, as far as the bounds allow. */
final class TagNameListing {
  /** As many names as are looked at. */
  static final int MOST = 10_000;

  private static final int PAGE = 1000;
  private static final int MOST_PAGES = 50;
  private static final Pattern TAG = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9._-]{0,127}");

  /** {@code Link: </v2/…?last=x&n=1000>; rel="next"} (RFC 8288). */
  private static final Pattern NEXT =
      Pattern.compile("<([^<>]{1,2048})>\\s*;(?:[^,]*;)?\\s*rel=\"?next\"?(?:\\s*[;,].*)?");

  /**
   * The names.
   *
   * @param created when, for those of which the registry says it in its list
   * @param truncated whether there are more
   */
  record Listed(Set<String> names, Map<String, Instant> created, boolean truncated) {}

  private final RepositorySession session;
  private final Set<String> names = new LinkedHashSet<>();
  private final Map<String, Instant> created = new HashMap<>();

  private TagNameListing(RepositorySession session) {
    this.session = session;
  }

  /**
   * The names of all tags.
   *
   * @throws CallException when there is no such repository, or its list cannot be got
   */
  static Listed of(RepositorySession session) throws CallException, InterruptedException {
    var reader = new TagNameListing(session);
    boolean truncated = reader.readAll();
    return new Listed(reader.names, reader.created, truncated);
  }

  private boolean readAll() throws CallException, InterruptedException {
    String what = "/tags/list?n=" + PAGE;
    for (int page = 0; page < MOST_PAGES; page++) {
      var reply = session.get(what, "application/json");
      if (reply.status() == 404) {
        throw ImageReader.noSuchRepository(session);
      }
      int before = names.size();
      var json = JsonObject.parse(reply.body(), session.who());
      for (var name : json.texts("tags")) {
        if (TAG.matcher(name).matches() && names.size() < MOST) {
          names.add(name);
        }
      }
      times(json.object("manifest"));
      var next = next(reply);
      if (next == null || names.size() == before) {
        return next != null && names.size() >= MOST;
      }
      what = next;
    }
    return true;
  }

  /**
   * The next page, which is of the same list: of the address that the registry names only the query
   * is used.
   */
  private static @Nullable String next(HttpReply reply) {
    for (var link : reply.headers("link")) {
      var matcher = NEXT.matcher(link);
      if (matcher.matches()) {
        int query = matcher.group(1).indexOf('?');
        var value = query < 0 ? "" : matcher.group(1).substring(query);
        return value.chars().allMatch(TagNameListing::isQueryCharacter) && value.length() > 1
            ? "/tags/list" + value
            : null;
      }
    }
    return null;
  }

  private static boolean isQueryCharacter(int c) {
    return (c >= 'a' && c <= 'z')
        || (c >= 'A' && c <= 'Z')
        || (c >= '0' && c <= '9')
        || "?&=%-._~+/:@!$'()*,;".indexOf(c) >= 0;
  }

  /** Google's registries say in the list what every image is: {@code timeCreatedMs}. */
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
        // The next one, or none.
      }
    }
    return null;
  }
}
