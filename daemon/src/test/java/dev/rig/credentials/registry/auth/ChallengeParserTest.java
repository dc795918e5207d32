package dev.rig.credentials.registry.auth;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.rig.credentials.registry.CallException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ChallengeParserTest {
  @Test
  void whatRegistriesSendIsRead() throws Exception {
    assertEquals(
        List.of(
            new AuthChallenge(
                "bearer",
                Map.of(
                    "realm", "https://auth.docker.io/token",
                    "service", "registry.docker.io",
                    "scope", "repository:library/nginx:pull"))),
        ChallengeParser.parse(
            "Bearer realm=\"https://auth.docker.io/token\",service=\"registry.docker.io\","
                + "scope=\"repository:library/nginx:pull\""));
    assertEquals(
        List.of(new AuthChallenge("basic", Map.of("realm", "a, \"b\" = \\ c"))),
        ChallengeParser.parse("BASIC  Realm = \"a, \\\"b\\\" = \\\\ c\" "));
  }

  @Test
  void severalChallengesInOneHeaderAreToldApart() throws Exception {
    var challenges =
        ChallengeParser.parse(
            "Negotiate, NTLM, Digest , Negotiate YII+/a==, Basic realm=x, charset=UTF-8 , , Bearer"
                + " realm=\"r\"");
    assertEquals(
        List.of("negotiate", "ntlm", "digest", "negotiate", "basic", "bearer"),
        challenges.stream().map(AuthChallenge::scheme).toList());
    assertEquals(Map.of("realm", "x", "charset", "UTF-8"), challenges.get(4).parameters());
    assertEquals(Map.of("realm", "r"), challenges.get(5).parameters());
  }

  @Test
  void severalHeadersAreReadInTheirOrder() throws Exception {
    assertEquals(
        List.of("bearer", "basic"),
        ChallengeParser.parse(List.of("Bearer realm=\"r\"", "Basic realm=\"b\"")).stream()
            .map(AuthChallenge::scheme)
            .toList());
  }

  @Test
  void nothingIsNoChallenge() throws Exception {
    assertEquals(List.of(), ChallengeParser.parse(""));
    assertEquals(List.of(), ChallengeParser.parse(" , ,"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Bearer realm=\"never closed",
        "Bearer realm=\"ends in \\",
        "Bearer realm=\"a\" service=\"b\"",
        "Bearer realm=\"a\",realm=\"b\"",
        "Bearer realm=\"a\",REALM=\"b\"",
        "Bearer realm=\"a\u0000b\"",
        "Bearer realm=\"a\nb\"",
        "Bearer realm=https://a.example/token",
        "=x",
        "\"quoted\"",
        "Bearer=realm",
        "Bearer;realm=x",
        "Bearer realm=\"a\"x"
      })
  void whatTheGrammarDoesNotAllowIsRefused(String header) {
    assertThrows(CallException.class, () -> ChallengeParser.parse(header));
  }

  @Test
  void tooMuchIsRefused() {
    assertThrows(CallException.class, () -> ChallengeParser.parse("x".repeat(9000)));
    assertThrows(CallException.class, () -> ChallengeParser.parse("a, ".repeat(9)));
    var parameters = new StringBuilder("Bearer ");
    for (int i = 0; i < 17; i++) {
      parameters.append('p').append(i).append("=v,");
    }
    assertThrows(CallException.class, () -> ChallengeParser.parse(parameters.toString()));
  }
}
