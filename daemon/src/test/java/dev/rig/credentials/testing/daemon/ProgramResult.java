package dev.rig.credentials.testing.daemon;

import org.junit.jupiter.api.Assertions;

/**
 * How a program ended.
 *
 * @param status its exit status; 128 and the signal's number where a signal ended it
 * @param stdout what it printed, as UTF-8, the first MiB of it
 * @param stderr the same of its standard error
 */
public record ProgramResult(int status, String stdout, String stderr) {
  /** This, if the program ended with status 0; fails the test otherwise. */
  public ProgramResult succeeded() {
    Assertions.assertEquals(0, status, this::toString);
    return this;
  }

  /** Everything it printed. */
  public String output() {
    return stdout + stderr;
  }

  @Override
  public String toString() {
    return "status %d%nstdout: %s%nstderr: %s".formatted(status, stdout, stderr);
  }
}
