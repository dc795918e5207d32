package dev.rig.credentials.config;

import org.yaml.snakeyaml.error.Mark;

/**
 * A location in the configuration.
 *
 * @param file the file as it was named
 * @param line counted from 1; 0 for the file as a whole
 * @param column counted from 1, in code points; 0 for the file as a whole
 */
public record SourcePosition(String file, int line, int column) {
  /** Returns the position of a whole file. */
  public static SourcePosition file(String file) {
    return new SourcePosition(file, 0, 0);
  }

  public static SourcePosition at(String file, Mark mark) {
    return new SourcePosition(file, mark.getLine() + 1, mark.getColumn() + 1);
  }

  /** Returns {@code file:line}, for people. */
  @Override
  public String toString() {
    return line > 0 ? file + ":" + line : file;
  }
}
