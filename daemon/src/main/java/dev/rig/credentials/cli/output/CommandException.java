package dev.rig.credentials.cli.output;

/** A command that cannot go on: one line for stderr, and the exit status. */
public final class CommandException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final int status;

  public CommandException(int status, String message) {
    super(message);
    this.status = status;
  }

  public int status() {
    return status;
  }
}
