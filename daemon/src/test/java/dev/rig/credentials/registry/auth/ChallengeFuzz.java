package dev.rig.credentials.registry.auth;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.rig.credentials.registry.CallException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** Whatever a server sends as {@code WWW-Authenticate}: refused, or understood in one way only. */
class ChallengeFuzz {
  /** Each line is a header. */
  @FuzzTest
  void challenges(byte[] bytes) {
    var headers = List.of(new String(bytes, StandardCharsets.ISO_8859_1).split("\n", -1));
    List<AuthChallenge> challenges;
    try {
      challenges = ChallengeParser.parse(headers);
    } catch (CallException refused) {
      assertTrue(String.valueOf(refused.getMessage()).chars().allMatch(c -> c >= ' ' && c < 0x7f));
      return;
    }
    for (var challenge : challenges) {
      assertTrue(challenge.scheme().chars().allMatch(c -> c > ' ' && c < 0x7f && c != '"'));
      for (var value : challenge.parameters().values()) {
        assertTrue(value.chars().allMatch(c -> (c >= ' ' && c != 0x7f) || c == '\t'), value);
      }
    }
    try {
      assertEquals(challenges, ChallengeParser.parse(List.of(written(challenges))));
    } catch (CallException refused) {
      // Written anew, a token may have become a longer text in quotation marks.
      assertTrue(written(challenges).length() > 8 * 1024, written(challenges));
    }
  }

  private static String written(List<AuthChallenge> challenges) {
    return challenges.stream()
        .map(challenge -> challenge.scheme() + " " + parameters(challenge))
        .map(String::stripTrailing)
        .collect(Collectors.joining(", "));
  }

  private static String parameters(AuthChallenge challenge) {
    return new TreeMap<>(challenge.parameters())
        .entrySet().stream()
            .map(parameter -> parameter.getKey() + "=" + quoted(parameter.getValue()))
            .collect(Collectors.joining(","));
  }

  private static String quoted(String value) {
    return '"' + value.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
  }
}
