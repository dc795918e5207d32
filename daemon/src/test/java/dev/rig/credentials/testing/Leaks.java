package dev.rig.credentials.testing;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Canaries, and everything that was seen of programs that know them; no canary may be in that. */
public final class Leaks {
  private final Map<String, Canary> canaries = new TreeMap<>();
  private final Map<String, String> seen = new TreeMap<>();

  /** A secret of that name, with what the encodings change. */
  public String secret(String name) {
    return add(name, "c4nary+of/" + name + "=<\"quoted\">&\u00e9");
  }

  /** A secret of that name. */
  public String add(String name, String secret) {
    canaries.put(name, new Canary(secret));
    return secret;
  }

  /** Something was seen there. */
  public void see(String place, String text) {
    seen.put(place, text);
  }

  /** What was seen there; fails the test where nothing was. */
  public String seen(String place) {
    var text = seen.get(place);
    if (text == null) {
      throw new AssertionError(place + " is not in " + seen.keySet());
    }
    return text;
  }

  /** Whether anything was seen there. */
  public boolean hasSeen(String place) {
    return seen.containsKey(place);
  }

  /** Whether that was seen anywhere. */
  public boolean anywhere(String text) {
    return seen.values().stream().anyMatch(one -> one.contains(text));
  }

  /** Sees every file below a folder. */
  public void seeFiles(String name, Path folder, Path... except) {
    try (var files = Files.walk(folder)) {
      for (var file :
          files.filter(file -> Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)).toList()) {
        if (!List.of(except).contains(file)) {
          see(name + " " + file, Files.readString(file, StandardCharsets.ISO_8859_1));
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * Looks through all that.
   *
   * @param secrets how many there are at least
   * @param places how many were looked at, at least
   */
  public void assertNone(int secrets, int places) {
    var found = new ArrayList<String>();
    seen.forEach((place, text) ->
        canaries.forEach((name, canary) -> {
          for (var form : canary.foundIn(text)) {
            found.add(place + " has " + name + " as " + form + ": " + text);
          }
        }));
    assertEquals(List.of(), found);
    if (canaries.size() < secrets || seen.size() < places) {
      throw new AssertionError(canaries.size() + " secrets, seen " + seen.keySet());
    }
  }
}
