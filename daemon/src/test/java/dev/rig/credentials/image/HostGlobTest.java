package dev.rig.credentials.image;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HostGlobTest {
  @ParameterizedTest
  @CsvSource({
    "ghcr.io, ghcr.io, true",
    "ghcr.io, quay.io, false",
    "*.docker.io, index.docker.io, true",
    "*.docker.io, docker.io, false",
    "*.dkr.ecr.*.amazonaws.com, 1.dkr.ecr.eu-west-1.amazonaws.com, true",
    "*.example.org, eu*.example.*, true",
    "us*.example.org, eu*.example.org, false",
    "registry.example.org:5000, registry.example.org, false",
    "*.example.org:5000, registry.example.org:5000, true",
    "*.example.org:5000, registry.example.org:5001, false",
    "a.b:1, a.b.1, false"
  })
  void globsOverlapIfBothMatchOneName(String one, String other, boolean expected) {
    assertEquals(expected, HostGlob.overlap(one, other));
    assertEquals(expected, HostGlob.overlap(other, one));
  }

  /** Compares every pair of short labels with every text that both could match. */
  @Test
  void overlapAgreesWithTryingNames() {
    var labels = words("ab*", 3);
    var texts = words("ab", 6);
    for (var one : labels) {
      for (var other : labels) {
        boolean found =
            texts.stream()
                .anyMatch(text -> HostGlob.matches(one, text) && HostGlob.matches(other, text));
        assertEquals(found, HostGlob.overlap(one, other), () -> one + " and " + other);
      }
    }
  }

  private static List<String> words(String letters, int longest) {
    var words = new ArrayList<>(List.of(""));
    for (int from = 0, length = 0; length < longest; length++) {
      int to = words.size();
      for (; from < to; from++) {
        for (int i = 0; i < letters.length(); i++) {
          words.add(words.get(from) + letters.charAt(i));
        }
      }
    }
    return words;
  }
}
