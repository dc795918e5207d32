package dev.rig.credentials.registry;

import java.time.Duration;

/** Receives the outcome of calls to registries. */
@FunctionalInterface
public interface CallObserver {
  /** Ignores all calls. */
  CallObserver NONE = (host, outcome, took) -> {};

  /** The outcome of a call. */
  enum CallOutcome {
    /** There was a response, possibly a redirect or "not found". */
    ANSWERED,
    /** 401 or 403. */
    UNAUTHORISED,
    /** 429. */
    RATE_LIMITED,
    /** 5xx. */
    SERVER_ERROR,
    /** There was no valid response. */
    FAILED
  }

  /**
   * Reports an ended call.
   *
   * @param host of the registry, token service or storage, with a port unless it is the default
   * @param took from before the connect to the end of the response
   */
  void ended(String host, CallOutcome outcome, Duration took);
}
