package dev.rig.credentials.cli;

/** A command that cannot go on: one line for stderr, and the exit status. */
final class CommandException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final int status;

  CommandException(int status, String message) {
    super(message);
    this.status = status;
  }

  int status() {
    return status;
  }
}
