package dev.rig.credentials.testing.daemon;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Counts the runs of a script: each appends a line to a file. */
public record RunCounter(Path file) {
  /** Returns the shell command that counts one run. */
  public String shell() {
    return "echo run >> '" + file + "'";
  }

  /** Returns the number of runs so far. */
  public int runs() {
    if (!Files.exists(file)) {
      return 0;
    }
    try (var lines = Files.lines(file)) {
      return (int) lines.count();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
