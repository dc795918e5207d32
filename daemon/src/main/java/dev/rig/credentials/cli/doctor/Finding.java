package dev.rig.credentials.cli.doctor;

/**
 * What {@code doctor} has found.
 *
 * @param check what was looked at, in a word
 * @param message a sentence without its full stop
 * @param advice what to do; empty where nothing is
 */
record Finding(FindingLevel verdict, String check, String message, String advice) {
  /** How it is. */
  enum FindingLevel {
    OK,
    /** It may be meant so. */
    WARN,
    /** Somebody's pull fails. */
    FAIL
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
