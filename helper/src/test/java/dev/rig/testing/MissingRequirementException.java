package dev.rig.testing;

import org.opentest4j.TestAbortedException;

/** Aborts a test that the machine lacks something for. */
final class MissingRequirementException extends TestAbortedException {
  private static final long serialVersionUID = 1L;

  private final String reason;
  private final String remedy;

  MissingRequirementException(String reason, String remedy) {
    super(reason + "; " + remedy);
    this.reason = reason;
    this.remedy = remedy;
  }

  String reason() {
    return reason;
  }

  String remedy() {
    return remedy;
  }
}
