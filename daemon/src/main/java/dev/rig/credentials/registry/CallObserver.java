package dev.rig.credentials.registry;

import java.time.Duration;

/** Who counts the calls to registries. */
@FunctionalInterface
public interface CallObserver {
  /** Nobody counts. */
  CallObserver NONE = (host, outcome, took) -> {};

  /** How a call ended. */
  enum CallOutcome {
    /** It was answered: also with a redirect or a "not found". */
    ANSWERED,
    /** 401 or 403. */
    UNAUTHORISED,
    /** 429. */
    RATE_LIMITED,
    /** 5xx. */
    SERVER_ERROR,
    /** There was no valid answer. */
    FAILED
  }

  /**
   * A call has ended.
   *
   * @param host the registry's, token service's or storage's, with a port that is not the usual one
   * @param took from before the connection to the end of the answer
   */
  void ended(String host, CallOutcome outcome, Duration took);
}
