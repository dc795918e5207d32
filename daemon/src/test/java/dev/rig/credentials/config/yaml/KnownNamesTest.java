package dev.rig.credentials.config.yaml;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Optional;
import org.junit.jupiter.api.Test;

class KnownNamesTest {
  private static final KnownNames NAMES = new KnownNames("key", "username", "password", "env");

  @Test
  void nameWithinTwoEditsHasANearest() {
    assertEquals(Optional.of("password"), NAMES.nearest("pasword"));
    assertEquals(Optional.of("password"), NAMES.nearest("passwd"));
    assertEquals(Optional.of("username"), NAMES.nearest("user_name"));
    assertEquals(Optional.of("env"), NAMES.nearest("envs"));
  }

  @Test
  void nameThatResemblesNoneHasNoSuggestion() {
    assertEquals(Optional.empty(), NAMES.nearest("pass"));
    assertEquals(Optional.empty(), NAMES.nearest("e12"));
    assertEquals(Optional.empty(), NAMES.nearest("x".repeat(100_000)));
  }
}
