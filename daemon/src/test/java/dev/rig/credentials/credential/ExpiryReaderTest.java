package dev.rig.credentials.credential;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Base64;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class ExpiryReaderTest {
  private static final String HEADER = "{\"alg\":\"RS256\",\"typ\":\"JWT\"}";
  private static final Optional<Instant> END = Optional.of(Instant.ofEpochSecond(1_757_147_299));

  private static Optional<Instant> end(String secret) {
    return ExpiryReader.of(new Credential("u", Secret.of(secret)));
  }

  private static String url(String json) {
    return Base64.getUrlEncoder()
        .withoutPadding()
        .encodeToString(json.getBytes(StandardCharsets.UTF_8));
  }

  private static String jwt(String header, String claims) {
    return url(header) + "." + url(claims) + ".c2lnbmF0dXJl";
  }

  private static String ecr(String rest) {
    var json =
        "{\"payload\":\"cDlQ+w==\",\"datakey\":\"AQEB\",\"version\":\"2\",\"type\":\"DATA_KEY\""
            + rest
            + "}";
    return Base64.getEncoder().encodeToString(json.getBytes(StandardCharsets.UTF_8));
  }

  @Test
  void webTokenStatesItsExp() {
    assertEquals(END, end(jwt(HEADER, "{\"aud\":[\"x\"],\"exp\":1757147299,\"more\":{\"a\":1}}")));
  }

  @Test
  void fractionOfASecondIsCutOff() {
    assertEquals(END, end(jwt(HEADER, "{\"exp\":1757147299.9}")));
    assertEquals(END, end(jwt(HEADER, "{\"exp\":1.757147299e9}")));
  }

  @Test
  void ecrTokenStatesItsExpiration() {
    assertEquals(END, end(ecr(",\"expiration\":1757147299")));
  }

  @Test
  void ecrTokenWithoutAnExpirationStatesNone() {
    assertEquals(Optional.empty(), end(ecr("")));
    assertEquals(Optional.empty(), end(ecr(",\"expiration\":\"1757147299\"")));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{}",
        "{\"exp\":\"1757147299\"}",
        "{\"exp\":null}",
        "{\"nested\":{\"exp\":1757147299}}",
        "{\"exp\":1757147299",
        "{\"exp\":1757147299}{}",
        "[1757147299]",
        "",
        "{\"exp\":1e40}",
        "{\"exp\":1e400000000}",
        "{\"exp\":99999999999999999}"
      })
  void webTokenWithoutAUsableExpStatesNone(String claims) {
    assertEquals(Optional.empty(), end(jwt(HEADER, claims)));
  }

  @Test
  void textThatResemblesATokenStatesNone() {
    var claims = "{\"exp\":1757147299}";
    assertEquals(Optional.empty(), end(jwt("{\"typ\":\"JWT\"}", claims)), "no alg");
    assertEquals(Optional.empty(), end(url(HEADER) + "." + url(claims)), "two parts");
    assertEquals(Optional.empty(), end(url(claims)), "no ECR token");
    assertEquals(Optional.empty(), end("dckr_pat_abc"));
    assertEquals(Optional.empty(), end("a.b.c"));
    assertEquals(Optional.empty(), end("ya29.c.b0Aaekm1K"));
  }
}
