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

/** Canaries, and all output of programs that know them; none of it may contain a canary. */
public final class Leaks {
  private final Map<String, Canary> canaries = new TreeMap<>();
  private final Map<String, String> seen = new TreeMap<>();

  /** Returns a new secret of that name, with characters that encodings change. */
  public String secret(String name) {
    return add(name, "c4nary+of/" + name + "=<\"quoted\">&\u00e9");
  }

  /** Adds a secret of that name, and returns it. */
  public String add(String name, String secret) {
    canaries.put(name, new Canary(secret));
    return secret;
  }

  /** Adds the output of a place. */
  public void see(String place, String text) {
    seen.put(place, text);
  }

  /** Returns the output of a place; fails the test if it is absent. */
  public String seen(String place) {
    var text = seen.get(place);
    if (text == null) {
      throw new AssertionError(place + " is not in " + seen.keySet());
    }
    return text;
  }

  /** Returns whether a place has output. */
  public boolean hasSeen(String place) {
    return seen.containsKey(place);
  }

  /** Returns whether any output contains the text. */
  public boolean anywhere(String text) {
    return seen.values().stream().anyMatch(one -> one.contains(text));
  }

  /** Adds every file below a folder. */
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
   * Asserts that no output contains a canary.
   *
   * @param secrets the least number of canaries
   * @param places the least number of places with output
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
