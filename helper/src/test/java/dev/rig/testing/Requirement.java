package dev.rig.testing;

import org.junit.jupiter.api.Assertions;

/** What a test needs of the machine that it runs on: a program, a right, a feature. */
public final class Requirement {
  private Requirement() {}

  /**
   * Ends the test, because the machine lacks what it needs. The test is skipped; with {@code
   * RIG_REQUIRE_TOOLS=true} in the environment it fails.
   *
   * @param reason what is missing, in one line
   * @param remedy what to install or to do, in one line
   */
  public static RuntimeException missing(String reason, String remedy) {
    var exception = new MissingRequirementException(reason, remedy);
    if ("true".equals(System.getenv("RIG_REQUIRE_TOOLS"))) {
      Assertions.fail(exception.getMessage());
    }
    throw exception;
  }

  /** Ends the test unless the machine has what it needs; see {@link #missing}. */
  public static void need(boolean there, String reason, String remedy) {
    if (!there) {
      throw missing(reason, remedy);
    }
  }
}
