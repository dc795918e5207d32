package dev.rig.credentials.net;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** Any {@code WWW-Authenticate} header is rejected, or has exactly one meaning. */
class AuthChallengeFuzz {
  /** Each line is a header. */
  @FuzzTest
  void challenges(byte[] bytes) {
    var headers = List.of(new String(bytes, StandardCharsets.ISO_8859_1).split("\n", -1));
    List<AuthChallenge> challenges;
    try {
      challenges = AuthChallenge.parse(headers);
    } catch (HttpFailure refused) {
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
      assertEquals(challenges, AuthChallenge.parse(written(challenges)));
    } catch (HttpFailure refused) {
      // When written again, a token may have become a longer text in quotation marks.
      assertTrue(
          written(challenges).stream().anyMatch(header -> header.length() > 8 * 1024),
          () -> written(challenges).toString());
    }
  }

  private static List<String> written(List<AuthChallenge> challenges) {
    return challenges.stream()
        .map(challenge -> (challenge.scheme() + " " + parameters(challenge)).stripTrailing())
        .toList();
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
