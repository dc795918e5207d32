package dev.rig.credentials.config.reader;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.rig.credentials.config.Configuration;
import dev.rig.credentials.config.EntrySource;
import dev.rig.credentials.config.files.PasswordFiles;
import dev.rig.credentials.files.WriteAccess;
import dev.rig.credentials.problem.ProblemsException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Any {@code config.json} of Docker gives its logins unchanged, or problems without one. */
class DockerConfigFuzz {
  private static final String CANARY = "canary-of-config";

  @FuzzTest
  void documents(byte[] content) throws IOException {
    var file = Files.createTempFile("fuzz", ".json"); // it must exist; the test supplies its bytes
    try {
      load(file, content);
      login(file, content);
    } finally {
      Files.delete(file);
    }
  }

  /** Writes a login as Docker does; the user name has no colon. */
  private static void login(Path file, byte[] content) {
    int at = Math.min(content.length, 8);
    var username = text(Arrays.copyOf(content, at)).replace(":", "");
    var password = text(Arrays.copyOfRange(content, at, content.length));
    var pair = (username + ":" + CANARY + password).getBytes(StandardCharsets.UTF_8);
    var json =
        "{\"auths\": {\"registry.example.com\": {\"auth\": \"%s\"}}}"
            .formatted(Base64.getEncoder().encodeToString(pair));
    var configuration = load(file, json.getBytes(StandardCharsets.UTF_8));
    if (configuration != null
        && configuration.registries().getFirst().source()
            instanceof EntrySource.StaticLogin(var credential)) {
      assertEquals(username, credential.username());
      assertEquals((CANARY + password).replaceAll("\\x00+$", ""), credential.secret().reveal());
    }
  }

  private static String text(byte[] bytes) {
    return new String(bytes, StandardCharsets.UTF_8);
  }

  private static @Nullable Configuration load(Path file, byte[] content) {
    try {
      return ConfigLoader.load(
          List.of(file), path -> content, new PasswordFiles(WriteAccess.ofThisProcess(Map.of())));
    } catch (ProblemsException wrong) {
      assertFalse(wrong.problems().isEmpty());
      for (var problem : wrong.problems()) {
        assertEquals(1, problem.toString().lines().count(), problem::toString);
        assertFalse(problem.toString().contains(CANARY), problem::toString);
      }
      return null;
    }
  }
}
