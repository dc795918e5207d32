package dev.rig.credentials.config.reader;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.rig.credentials.config.Configuration;
import dev.rig.credentials.config.files.PasswordFiles;
import dev.rig.credentials.files.WriteAccess;
import dev.rig.credentials.problem.ProblemsException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** Any configuration file gives a configuration, or problems with positions in that file. */
class ConfigurationFuzz {
  @FuzzTest
  void documents(byte[] content) throws IOException {
    var file = Files.createTempFile("fuzz", ".yaml"); // it must exist; the test supplies its bytes
    try {
      load(file, content);
    } finally {
      Files.delete(file);
    }
  }

  private static void load(Path file, byte[] content) {
    Configuration configuration;
    try {
      configuration =
          ConfigLoader.load(
              List.of(file),
              path -> content,
              new PasswordFiles(WriteAccess.ofThisProcess(Map.of())));
    } catch (ProblemsException wrong) {
      assertFalse(wrong.problems().isEmpty());
      for (var problem : wrong.problems()) {
        assertEquals(1, problem.toString().lines().count(), problem::toString);
        assertEquals(file.toString(), problem.file());
        assertTrue(problem.line() >= 0 && problem.column() >= 0, problem::toString);
      }
      return;
    }
    assertEquals(
        configuration,
        ConfigLoader.load(
            List.of(file),
            path -> content,
            new PasswordFiles(WriteAccess.ofThisProcess(Map.of()))));
    for (var entry : configuration.registries()) {
      assertTrue(entry.expire().isPositive(), entry::toString);
    }
  }
}
