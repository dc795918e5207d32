package dev.rig.credentials.config;

import org.jspecify.annotations.Nullable;

/** A text that is not what a setting needs. Neither message nor hint repeats the text. */
public final class InvalidSettingException extends Exception {
  private static final long serialVersionUID = 1L;

  private final @Nullable String hint;

  public InvalidSettingException(String message, @Nullable String hint) {
    super(message);
    this.hint = hint;
  }

  /** What is wrong; fit for a {@link dev.rig.credentials.problem.Problem}. */
  public String reason() {
    var message = getMessage();
    return message == null ? "not valid" : message;
  }

  /** What to write instead; null where the reason says it. */
  public @Nullable String hint() {
    return hint;
  }
}
