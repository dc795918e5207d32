package dev.rig.credentials.testing.daemon;

import org.junit.jupiter.api.Assertions;

/**
 * The result of a program.
 *
 * @param status its exit status; 128 + the signal's number if a signal ended it
 * @param stdout the first MiB of its standard output, as UTF-8
 * @param stderr the first MiB of its standard error
 */
public record ProgramResult(int status, String stdout, String stderr) {
  /** Returns this if the program ended with status 0; fails the test otherwise. */
  public ProgramResult succeeded() {
    Assertions.assertEquals(0, status, this::toString);
    return this;
  }

  /** Returns standard output and standard error. */
  public String output() {
    return stdout + stderr;
  }

  @Override
  public String toString() {
    return "status %d%nstdout: %s%nstderr: %s".formatted(status, stdout, stderr);
  }
}
