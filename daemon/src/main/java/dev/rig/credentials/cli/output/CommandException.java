package dev.rig.credentials.cli.output;

/** Ends a command with one line on stderr and an exit status. */
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
