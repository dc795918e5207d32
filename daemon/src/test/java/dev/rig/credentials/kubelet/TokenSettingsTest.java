package dev.rig.credentials.kubelet;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.rig.credentials.kubelet.TokenSettings.CacheType;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TokenSettingsTest {
  private static TokenSettings settings(boolean require, String required, String optional) {
    return new TokenSettings(
        "sts",
        CacheType.TOKEN,
        require,
        List.of(required.split(",")),
        List.of(optional.split(",")));
  }

  @ParameterizedTest
  @ValueSource(strings = {"role", "eks.amazonaws.com/role-arn", "a/B_c.d-e", "1/2"})
  void keysOfAnnotationsAreTaken(String key) {
    assertEquals(List.of(), settings(true, key, "other").problems());
  }

  @ParameterizedTest
  @ValueSource(strings = {"/role", "a/", "-a", "a-", "a b", "a/b/c", "a_b/c", "a..b/c", "ø"})
  void othersAreRefused(String key) {
    assertEquals(
        List.of("\"" + key + "\" is not the key of an annotation"),
        settings(true, key, "other").problems());
  }

  @Test
  void keyIsNamedOnce() {
    assertEquals(
        List.of("the annotation \"a\" is named twice"), settings(true, "a", "a").problems());
    assertEquals(1, settings(true, "a,a", "b").problems().size());
  }

  @Test
  void annotationsAreRequiredOfServiceAccountsOnly() {
    assertEquals(1, settings(false, "a", "b").problems().size());
  }
}
