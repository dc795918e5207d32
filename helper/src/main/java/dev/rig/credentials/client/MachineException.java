package dev.rig.credentials.client;

/** A failure of a standard stream. The message has the stream and the reason. */
final class MachineException extends Exception {
  private static final long serialVersionUID = 1L;

  MachineException(String message) {
    super(message);
  }
}
