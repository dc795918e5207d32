package dev.rig.credentials.credential;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CredentialLineTest {
  private static Credential credential(String username, String secret) {
    return new Credential(username, Secret.of(secret));
  }

  @ParameterizedTest
  @ValueSource(strings = {"s", "a:b", " begins with a space", "back\\nslash", "ünicode", "$(id)"})
  void credentialOfOneLineIsWrittenLiterally(String secret) {
    var credential = credential("bot", secret);
    assertEquals(Optional.empty(), CredentialLine.refusal(credential));
    assertEquals("bot:" + secret, CredentialLine.of(credential));
  }

  @ParameterizedTest
  @CsvSource({
    "a:b, s, user name contains a colon",
    "<token>, s, identity token",
    "a%b, s, user name contains a line break",
    "bot, s%t, password contains a line break",
    "bot, s~t, password contains a line break",
    "bot, s%, password contains a line break",
    "bot, s^t, password contains a NUL character",
    "b^t, s, user name contains a NUL character",
  })
  void credentialThatDoesNotFitOneLineIsRejectedWithTheReason(
      String username, String secret, String reason) {
    var refusal =
        CredentialLine.refusal(credential(controls(username), controls(secret))).orElseThrow();
    assertTrue(refusal.contains(reason), refusal);
  }

  private static String controls(String text) {
    return text.replace('%', '\n').replace('~', '\r').replace('^', '\0');
  }

  @Test
  void theReasonRepeatsNoSecret() {
    assertFalse(
        CredentialLine.refusal(credential("bot", "hun\nter2")).orElseThrow().contains("hun"));
  }
}
