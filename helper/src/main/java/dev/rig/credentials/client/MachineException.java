package dev.rig.credentials.client;

/** A standard stream that fails. Its message names the stream and the reason. */
final class MachineException extends Exception {
  private static final long serialVersionUID = 1L;

  MachineException(String message) {
    super(message);
  }
}
