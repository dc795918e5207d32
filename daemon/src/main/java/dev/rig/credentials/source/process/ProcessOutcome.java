package dev.rig.credentials.source.process;

import java.time.Duration;
import java.util.List;
import java.util.regex.Pattern;

/** The result of a run with its output. It does not print stdout, which can be a credential. */
public final class ProcessOutcome {
  /** The messages of shells and Python if the system has no process or thread for them. */
  private static final Pattern NO_CHILD =
      Pattern.compile(
          "(cannot|can't) fork|can't start new thread|fork.*(temporarily unavailable|allocate"
              + " memory)",
          Pattern.CASE_INSENSITIVE);

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
    boolean told = stderr.stream().anyMatch(line -> NO_CHILD.matcher(line).find());
    this.inShortage = inShortage || (told && !ending.equals(new Exited(0)));
  }

  /** Returns why the run ended. */
  public Ending ending() {
    return ending;
  }

  /**
   * Returns stdout, truncated to the limit; complete only if the program exited. Must not be
   * logged.
   */
  public byte[] stdout() {
    return stdout.clone();
  }

  /**
   * Returns the last lines of its stderr, at most 20 of them and 4 KiB, oldest first, with control
   * characters escaped. They can contain any text of the program.
   */
  public List<String> stderr() {
    return stderr;
  }

  /** Returns the time from the request to the end, by the monotonic clock. */
  public Duration duration() {
    return duration;
  }

  /**
   * Returns whether the system was short of processes, threads, descriptors or space during the
   * run, which may have caused a failure: for the daemon, or for a child of the program if its
   * stderr reports it.
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
   * @param status its exit status; 128 + the signal's number if a signal ended it
   */
  public record Exited(int status) implements Ending {}

  /**
   * The program exceeded its timeout and is being stopped.
   *
   * @param after its timeout
   */
  public record TimedOut(Duration after) implements Ending {}

  /**
   * The program printed too much and was stopped.
   *
   * @param limit its limit in bytes
   */
  public record Flooded(int limit) implements Ending {}

  /** The program was running when the runner was closed. */
  public record Stopped() implements Ending {}

  /**
   * The program could not be started.
   *
   * @param reason for people, without a secret
   */
  public record CouldNotStart(String reason) implements Ending {}
}
