package dev.rig.credentials.config;

import org.jspecify.annotations.Nullable;

/** An invalid value of a setting. Neither message nor hint contains the value. */
public final class InvalidSettingException extends Exception {
  private static final long serialVersionUID = 1L;

  private final @Nullable String hint;

  public InvalidSettingException(String message, @Nullable String hint) {
    super(message);
    this.hint = hint;
  }

  /** Returns what is wrong, as the message of a {@link dev.rig.credentials.problem.Problem}. */
  public String reason() {
    var message = getMessage();
    return message == null ? "not valid" : message;
  }

  /** Returns what to write instead; null if the reason says it. */
  public @Nullable String hint() {
    return hint;
  }
}
