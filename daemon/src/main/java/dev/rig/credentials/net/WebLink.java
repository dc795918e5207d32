package dev.rig.credentials.net;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One link of a header {@code Link} (RFC 8288), also in forms that registries have sent and that
 * the grammar does not allow: without angle brackets, and with apostrophes for quotation marks.
 *
 * @param target the reference, as it was sent
 * @param relations in lower case
 */
public record WebLink(String target, List<String> relations) {
  private static final int LONGEST = 16 * 1024;

  public WebLink {
    relations = List.copyOf(relations);
  }

  /** The links of all headers, in their order; nothing of what cannot be read. */
  public static List<WebLink> parse(List<String> headers) {
    var links = new ArrayList<WebLink>();
    for (var header : headers) {
      if (header.length() <= LONGEST) {
        new LinkReader(header).read(links);
      }
    }
    return links;
  }

  /** Reads one header. */
  private static final class LinkReader {
    private final String text;
    private int at;

    LinkReader(String text) {
      this.text = text;
    }

    void read(List<WebLink> links) {
      while (skip(" \t,")) {
        var target = target();
        var relation = parameters().get("rel");
        if (!target.isEmpty() && relation != null && !relation.isBlank()) {
          links.add(new WebLink(target, List.of(relation.toLowerCase(Locale.ROOT).split("\\s+"))));
        }
      }
    }

    private String target() {
      if (text.charAt(at) == '<') {
        at++;
        var target = until(">");
        at = Math.min(at + 1, text.length());
        return target.strip();
      }
      return until(";").strip(); // a query may have a comma in it
    }

    /** The parameters up to the next link; of two with one name the first counts. */
    private Map<String, String> parameters() {
      var parameters = new HashMap<String, String>();
      while (skip(" \t") && text.charAt(at) != ',') {
        at++; // the semicolon, or what stands in its place
        skip(" \t");
        var name = until("=;,").strip().toLowerCase(Locale.ROOT);
        var value = "";
        if (at < text.length() && text.charAt(at) == '=') {
          at++;
          value = value();
        }
        parameters.putIfAbsent(name, value);
      }
      return parameters;
    }

    private String value() {
      if (!skip(" \t")) {
        return "";
      }
      char mark = text.charAt(at);
      if (mark != '"' && mark != '\'') {
        return until(";,").strip();
      }
      at++;
      var value = until(String.valueOf(mark));
      at = Math.min(at + 1, text.length());
      return value.strip();
    }

    private String until(String ends) {
      int start = at;
      while (at < text.length() && ends.indexOf(text.charAt(at)) < 0) {
        at++;
      }
      return text.substring(start, at);
    }

    /** Skips characters; returns whether there is more. */
    private boolean skip(String characters) {
      while (at < text.length() && characters.indexOf(text.charAt(at)) >= 0) {
        at++;
      }
      return at < text.length();
    }
  }

  /** The target of the first link of a relation; null if there is none. */
  public static @Nullable String first(List<WebLink> links, String relation) {
    for (var link : links) {
      if (link.relations().contains(relation)) {
        return link.target();
      }
    }
    return null;
  }
}
