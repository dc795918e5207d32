package dev.rig.credentials.net;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AuthChallengeTest {
  private static List<AuthChallenge> read(String header) throws HttpFailure {
    return AuthChallenge.parse(List.of(header));
  }

  @Test
  void challengesOfRegistriesAreParsed() throws Exception {
    assertEquals(
        List.of(
            new AuthChallenge(
                "bearer",
                Map.of(
                    "realm", "https://auth.docker.io/token",
                    "service", "registry.docker.io",
                    "scope", "repository:library/nginx:pull"))),
        read(
            "Bearer realm=\"https://auth.docker.io/token\",service=\"registry.docker.io\","
                + "scope=\"repository:library/nginx:pull\""));
    assertEquals(
        List.of(new AuthChallenge("basic", Map.of("realm", "a, \"b\" = \\ c"))),
        read("BASIC  Realm = \"a, \\\"b\\\" = \\\\ c\" "));
  }

  @Test
  void severalChallengesInOneHeaderAreDistinguished() throws Exception {
    var challenges =
        read(
            "Negotiate, NTLM, Digest , Basic realm=x, charset=UTF-8 , Bearer realm=\"r\","
                + " Negotiate");
    assertEquals(
        List.of("negotiate", "ntlm", "digest", "basic", "bearer"),
        challenges.stream().map(AuthChallenge::scheme).toList());
    assertEquals(Map.of("realm", "x", "charset", "UTF-8"), challenges.get(3).parameters());
    assertEquals(Map.of("realm", "r"), challenges.get(4).parameters());
  }

  @Test
  void severalHeadersAreReadInTheirOrder() throws Exception {
    assertEquals(
        List.of("bearer", "basic"),
        AuthChallenge.parse(List.of("Bearer realm=\"r\"", "Basic realm=\"b\"")).stream()
            .map(AuthChallenge::scheme)
            .toList());
  }

  @Test
  void nothingIsNoChallenge() throws Exception {
    assertEquals(List.of(), read(""));
    assertEquals(List.of(), read(" , ,"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Bearer realm=\"a\",realm=\"b\"",
        "Bearer realm=\"a\",REALM=\"b\"",
        "Bearer realm=\"a\u0000b\"",
        "=x",
        "\"quoted\"",
        "Bearer=realm",
        "Bearer;realm=x"
      })
  void invalidChallengesAreRejected(String header) {
    assertThrows(HttpFailure.class, () -> read(header));
  }

  @Test
  void aRealmWithoutItsQuotationMarksIsRead() throws Exception {
    for (var header :
        List.of(
            "Bearer realm=https://a.example/token,service=s",
            "Bearer realm=\"https://a.example/token")) {
      assertEquals("https://a.example/token", read(header).getFirst().parameter("realm"), header);
    }
  }

  @Test
  void tooLongOrTooManyChallengesAreRefused() {
    assertThrows(HttpFailure.class, () -> read("x".repeat(9000)));
    assertThrows(HttpFailure.class, () -> read("a, ".repeat(9)));
    var parameters = new StringBuilder("Bearer ");
    for (int i = 0; i < 17; i++) {
      parameters.append('p').append(i).append("=v,");
    }
    assertThrows(HttpFailure.class, () -> read(parameters.toString()));
  }
}
