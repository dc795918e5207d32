package dev.rig.credentials.cli.doctor;

/**
 * A finding of {@code doctor}.
 *
 * @param check the area, in a word
 * @param message a sentence without its full stop
 * @param advice what to do; empty if nothing
 */
record Finding(FindingLevel verdict, String check, String message, String advice) {
  /** The severity. */
  enum FindingLevel {
    OK,
    /** It may be intentional. */
    WARN,
    /** Pulls fail. */
    FAIL
  }

  /** Returns a number of registries in words. */
  static String registries(int count) {
    return count == 1 ? "1 registry" : count + " registries";
  }

  static Finding ok(String check, String message) {
    return new Finding(FindingLevel.OK, check, message, "");
  }

  static Finding warn(String check, String message, String advice) {
    return new Finding(FindingLevel.WARN, check, message, advice);
  }

  static Finding fail(String check, String message, String advice) {
    return new Finding(FindingLevel.FAIL, check, message, advice);
  }
}
