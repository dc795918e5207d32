package dev.rig.credentials.image;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The table finds the same prefix as a comparison with every prefix, label by label. */
class PrefixTableFuzz {
  /** The first line is the request, the others are prefixes. */
  @FuzzTest
  void lookups(byte[] bytes) {
    var lines = new String(bytes, StandardCharsets.UTF_8).split("\n", -1);
    var prefixes = new LinkedHashMap<RegistryPrefix, String>();
    for (int i = 1; i < lines.length && i < 64; i++) {
      try {
        prefixes.put(RegistryPrefix.parse(lines[i]), lines[i]);
      } catch (InvalidReferenceException refused) {
        // The line is not a prefix.
      }
    }
    ImageReference question;
    try {
      question = ImageReference.ofKey(lines[0]);
    } catch (InvalidReferenceException refused) {
      return;
    }
    var table = PrefixTable.of(prefixes);
    var best = best(prefixes, question);
    if (best == null) {
      assertNull(table.find(question));
      assertEquals(List.of(), table.matching(question));
    } else {
      assertEquals(prefixes.get(best), table.find(question));
      assertEquals(prefixes.get(best), table.matching(question).getFirst());
    }
    assertEquals(
        prefixes.keySet().stream().filter(prefix -> matches(prefix, question)).count(),
        table.matching(question).size());
  }

  private static @Nullable RegistryPrefix best(
      Map<RegistryPrefix, String> prefixes, ImageReference question) {
    RegistryPrefix best = null;
    for (var prefix : prefixes.keySet()) {
      if (matches(prefix, question) && (best == null || isCloser(prefix, best))) {
        best = prefix;
      }
    }
    return best;
  }

  private static boolean matches(RegistryPrefix prefix, ImageReference question) {
    if (question.isExactKey()) {
      return false;
    }
    var path = segments(prefix.path());
    var asked = segments(question.path());
    return hostMatches(prefix.host(), question.host())
        && path.size() <= asked.size()
        && asked.subList(0, path.size()).equals(path);
  }

  private static List<String> segments(String path) {
    return path.isEmpty() ? List.of() : Arrays.asList(path.split("/", -1));
  }

  private static boolean hostMatches(String pattern, String host) {
    if (!pattern.contains("*")) {
      return pattern.equals(host);
    }
    if (host.startsWith("[")) {
      return false;
    }
    var patterns = new ArrayList<>(Arrays.asList(pattern.split("[.:]", -1)));
    var labels = new ArrayList<>(Arrays.asList(host.split("[.:]", -1)));
    if (patterns.size() != labels.size() || pattern.contains(":") != host.contains(":")) {
      return false;
    }
    for (int i = 0; i < labels.size(); i++) {
      if (!labelMatches(patterns.get(i), labels.get(i))) {
        return false;
      }
    }
    return true;
  }

  /** Slow and obvious: a star matches nothing, or the next character and then a star again. */
  private static boolean labelMatches(String pattern, String label) {
    if (pattern.length() + label.length() > 24) {
      var regex = pattern.replace("-", "\\-").replaceAll("\\*+", "*").replace("*", ".*");
      return label.matches(regex);
    }
    if (pattern.isEmpty()) {
      return label.isEmpty();
    }
    if (pattern.charAt(0) == '*') {
      return labelMatches(pattern.substring(1), label)
          || (!label.isEmpty() && labelMatches(pattern, label.substring(1)));
    }
    return !label.isEmpty()
        && pattern.charAt(0) == label.charAt(0)
        && labelMatches(pattern.substring(1), label.substring(1));
  }

  /** Exact before glob, then the longer path, more literal characters, alphabetical order. */
  private static boolean isCloser(RegistryPrefix one, RegistryPrefix other) {
    if (one.isGlob() != other.isGlob()) {
      return other.isGlob();
    }
    if (one.path().length() != other.path().length()) {
      return one.path().length() > other.path().length();
    }
    int literals = one.host().replace("*", "").length();
    int others = other.host().replace("*", "").length();
    return literals != others ? literals > others : one.host().compareTo(other.host()) < 0;
  }
}
