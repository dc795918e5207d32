package dev.rig.credentials.source.process;

import java.time.Duration;
import java.util.List;

/** How a run ended and what it printed. It does not print stdout, which can be a credential. */
public final class ProcessOutcome {
  private final Ending ending;
  private final byte[] stdout;
  private final List<String> stderr;
  private final Duration duration;
  private final boolean inShortage;

  ProcessOutcome(
      Ending ending, byte[] stdout, List<String> stderr, Duration duration, boolean inShortage) {
    this.ending = ending;
    this.stdout = stdout.clone();
    this.stderr = List.copyOf(stderr);
    this.duration = duration;
    this.inShortage = inShortage;
  }

  /** Why it ended. */
  public Ending ending() {
    return ending;
  }

  /**
   * What it printed until then, at most as much as its limit; complete only when it exited. Never
   * for a log.
   */
  public byte[] stdout() {
    return stdout.clone();
  }

  /**
   * The last lines of its stderr, at most 20 of them and 4 KiB, oldest first, with control
   * characters escaped. They can hold whatever the program wrote there.
   */
  public List<String> stderr() {
    return stderr;
  }

  /** From the request to the ending, by the monotonic clock. */
  public Duration duration() {
    return duration;
  }

  /**
   * Whether the system was short of processes, threads, descriptors or space at some time of the
   * run: a failure may have come of that.
   */
  public boolean inShortage() {
    return inShortage;
  }

  @Override
  public String toString() {
    return "ProcessOutcome[ending=" + ending + ", duration=" + duration + "]";
  }

  /** Why a run ended. */
  public sealed interface Ending {}

  /**
   * The program ended by itself.
   *
   * @param status its exit status; 128 and the signal's number where a signal ended it
   */
  public record Exited(int status) implements Ending {}

  /**
   * It took too long and is being stopped.
   *
   * @param after its timeout
   */
  public record TimedOut(Duration after) implements Ending {}

  /**
   * It printed too much and was stopped.
   *
   * @param limit the most that it was allowed to print, in bytes
   */
  public record Flooded(int limit) implements Ending {}

  /** It was running when the runner was closed. */
  public record Stopped() implements Ending {}

  /**
   * It never ran.
   *
   * @param reason for people, without a secret
   */
  public record CouldNotStart(String reason) implements Ending {}
}
