package dev.rig.credentials.socket;

import dev.rig.credentials.problem.ComponentHealth;

/** An open socket or port that requests come in by. */
public interface OpenListener extends AutoCloseable {
  /** Where it listens, for people. */
  String place();

  /** Whether clients can reach it. */
  ComponentHealth health();

  /** Makes ready for the first request, which takes a moment. */
  void warmUp();

  /** Runs that soon, if requests are answered: if not, never. */
  void ifServing(Runnable action);

  @Override
  void close();
}
