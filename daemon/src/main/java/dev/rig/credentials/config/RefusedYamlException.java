package dev.rig.credentials.config;

import org.jspecify.annotations.Nullable;

/** A document that is not read any further. It says where and why, in our words only. */
final class RefusedYamlException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final transient Origin origin;
  private final String reason;
  private final @Nullable String hint;

  RefusedYamlException(Origin origin, String reason, @Nullable String hint) {
    super(reason);
    this.origin = origin;
    this.reason = reason;
    this.hint = hint;
  }

  void report(Findings findings) {
    findings.addUnread(origin, reason, hint);
  }
}
