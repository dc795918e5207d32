package dev.rig.credentials.socket;

import dev.rig.credentials.problem.ComponentHealth;

/** An open socket or port for requests. */
public interface OpenListener extends AutoCloseable {
  /** Returns the address, for people. */
  String place();

  /** Returns whether clients can reach it. */
  ComponentHealth health();

  /** Prepares for the first request, which takes a moment. */
  void warmUp();

  /** Runs the action soon if requests are answered; never if not. */
  void ifServing(Runnable action);

  @Override
  void close();
}
