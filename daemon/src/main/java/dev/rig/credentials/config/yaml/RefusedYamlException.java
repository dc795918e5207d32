package dev.rig.credentials.config.yaml;

import dev.rig.credentials.config.ProblemCollector;
import dev.rig.credentials.config.SourcePosition;
import org.jspecify.annotations.Nullable;

/**
 * A document that is rejected. The message has the location and the reason, without text of the
 * document.
 */
final class RefusedYamlException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final transient SourcePosition origin;
  private final String reason;
  private final @Nullable String hint;

  RefusedYamlException(SourcePosition origin, String reason, @Nullable String hint) {
    super(reason);
    this.origin = origin;
    this.reason = reason;
    this.hint = hint;
  }

  void report(ProblemCollector findings) {
    findings.addUnread(origin, reason, hint);
  }
}
