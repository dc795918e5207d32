package dev.rig.credentials.config;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.rig.credentials.config.reader.ConfigLoader;
import dev.rig.credentials.problem.ProblemsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** T11: no problem of any invalid configuration contains a value of it. */
class CanaryTest {
  private static final int ROUNDS = 4_000;

  private static final List<String> DOCUMENTS =
      List.of(
          """
          image: CANARY
          rig:
            auth: {secret: CANARY, list: [CANARY, "CANARY"]}
            dockerRegistries:
              ghcr.io: {username: CANARY, password: "CANARY"}
              CANARY: {username: 'CANARY', password: CANARY}
              registry.gitlab.com/rigdev:
                script: |
                  echo "CANARY:CANARY"
                expire: CANARY
                timeout: CANARY
                env: {CANARY: CANARY, A: &a CANARY, B: *a, RIG_CANARY: x}
                alias: CANARY CANARY
                default: CANARY
                serviceAccount: CANARY
                CANARY: CANARY
                pasword: CANARY
            clusters:
              prod: {type: CANARY, url: CANARY, token: CANARY, script: CANARY, git: {url: CANARY}}
              CANARY: {devRegistry: CANARY, createPullSecrets: CANARY}
          daemon:
            socket: CANARY
            socketMode: CANARY
            admin: CANARY:CANARY
            log: {level: CANARY, format: CANARY, CANARY: CANARY}
            access: [{users: [CANARY], actions: [CANARY], registries: [CANARY/CANARY], CANARY: 1}]
            CANARY: CANARY
          """,
          """
          apiVersion: config.rig.dev/v1alpha1
          kind: PlatformConfig
          dockerRegistries:
            "ghcr.io": {"username": "CANARY", "password": "", "script": "CANARY", "expire": "1h"}
            quay.io: {password: "CANARY\\n"}
          clusters: {prod: {token: "CANARY", script: >-
            CANARY}}
          ---
          {"kind": "CANARY", "apiVersion": "CANARY", "rig": "CANARY"}
          """);

  private static final List<String> PIECES =
      List.of(
          "\"",
          "'",
          "{",
          "}",
          "[",
          "]",
          ":",
          ": ",
          " ",
          "\n",
          "\t",
          "|",
          "> ",
          "!",
          "!!CANARY ",
          "&CANARY ",
          "*CANARY ",
          "\\",
          "\\x",
          "\\U0011ffff",
          "%CANARY\n",
          "%YAML 99999999999\n",
          "---\n",
          "...\n",
          "- ",
          "? ",
          ",",
          "#",
          "<<: ",
          "\u0000",
          "\ud83d\ude00",
          "\ufeff",
          "@",
          "`",
          "CANARY",
          "CANARY: ",
          "~",
          "\u2028",
          "\u0085",
          "%TAG ! CANARY\n",
          "0",
          "\r");

  @TempDir private Path folder;

  @Test
  void t11_noValueIsInAnyProblem() throws Exception {
    var random = new Random(20_260_101);
    var path = folder.resolve("values.yaml");
    int refused = 0;
    for (int round = 0; round < ROUNDS; round++) {
      var canary = canary(random);
      var text = DOCUMENTS.get(random.nextInt(DOCUMENTS.size()));
      for (int edits = random.nextInt(4); edits > 0; edits--) {
        text = edit(random, text);
      }
      Files.writeString(path, text.replace("CANARY", canary));
      try {
        var printed = ConfigLoader.load(List.of(path)).toString();
        assertFalse(printed.contains(canary), printed);
      } catch (ProblemsException e) {
        refused++;
        assertFalse(
            String.valueOf(e.getMessage()).toLowerCase(Locale.ROOT).contains(canary),
            () -> "round with " + canary + ": " + e.getMessage());
        assertTrue(e.getCause() == null && e.getSuppressed().length == 0);
        assertTrue(e.problems().stream().allMatch(p -> p.line() >= 0 && p.column() >= 0));
      }
    }
    assertTrue(refused > ROUNDS / 2, "most mutations have to reach a problem: " + refused);
  }

  private static String edit(Random random, String text) {
    int at = random.nextInt(text.length() + 1);
    int end = Math.min(text.length(), at + random.nextInt(20));
    return switch (random.nextInt(4)) {
      case 0 -> text.substring(0, at) + text.substring(end);
      case 1 -> text.substring(0, at);
      case 2 -> text.substring(0, end) + text.substring(at);
      default ->
          text.substring(0, at) + PIECES.get(random.nextInt(PIECES.size())) + text.substring(at);
    };
  }

  /** Returns lower case and digits, valid in a host, a key, a name or at the start of a number. */
  private static String canary(Random random) {
    var text = new StringBuilder("zq");
    for (int i = 0; i < 8; i++) {
      text.append("bcdfgjkvwxz0123456789".charAt(random.nextInt(21)));
    }
    return text.toString();
  }
}
