package dev.rig.credentials.source;

import dev.rig.credentials.concurrent.ConcurrencyLimit;
import dev.rig.credentials.credential.Credential;
import dev.rig.credentials.credential.CredentialSource;
import dev.rig.credentials.credential.ExpiryReader;
import dev.rig.credentials.credential.Lease;
import dev.rig.credentials.source.process.ProcessOutcome;
import dev.rig.credentials.source.process.ProcessRunner;
import dev.rig.credentials.source.process.ProcessSpec;
import dev.rig.credentials.time.Time;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;

/**
 * The environment and limits of an entry's program, which is a script or a helper. Its runs are
 * limited to {@link CredentialSource#MOST_AT_ONCE} at a time.
 */
public final class EntryProgram {
  private final String entry;
  private final Map<String, String> environment;
  private final Duration timeout;
  private final Duration expire;
  private final KnownSecrets known;
  private final ProcessRunner runner;
  private final Time time;
  private final ConcurrencyLimit turns = new ConcurrencyLimit(CredentialSource.MOST_AT_ONCE);

  /**
   * Creates the program of one registry entry.
   *
   * @param entry the entry's prefix, for the log
   * @param environment the entry's variables
   * @param timeout the longest run; longer than zero
   * @param expire the life of a lease from the start of the run; shorter if the credential has an
   *     expiry
   * @param known the secrets to redact from stderr; printed secrets are added
   */
  public EntryProgram(
      String entry,
      Map<String, String> environment,
      Duration timeout,
      Duration expire,
      KnownSecrets known,
      ProcessRunner runner,
      Time time) {
    this.entry = entry;
    this.environment = Map.copyOf(environment);
    this.timeout = timeout;
    this.expire = expire;
    this.known = known;
    known.configured(EnvironmentSecrets.ofEntry(this.environment));
    this.runner = runner;
    this.time = time;
  }

  String entry() {
    return entry;
  }

  Map<String, String> environment() {
    return environment;
  }

  Duration timeout() {
    return timeout;
  }

  KnownSecrets known() {
    return known;
  }

  /** Returns the folders in which a program without a path is searched, as in {@code PATH}. */
  String path() {
    return environment.getOrDefault("PATH", runner.path());
  }

  Instant now() {
    return time.now();
  }

  /** Returns how long a caller waits; the runner reports its own timeout earlier. */
  Duration patience() {
    return timeout.plus(CredentialSource.GRACE);
  }

  /**
   * Runs the program as soon as the limit permits it.
   *
   * @param form converts the outcome of a run; may throw
   * @return cancelling it ends the run
   */
  <T> CompletableFuture<T> run(ProcessSpec spec, Function<ProcessOutcome, T> form) {
    var run = turns.take(() -> runner.run(spec));
    var result = run.thenApply(form);
    var _ =
        result.whenComplete((value, failure) -> {
          if (result.isCancelled()) {
            run.cancel(false);
          }
        });
    return result;
  }

  /**
   * Returns the lease of a printed credential, and adds its secret to the redacted ones.
   *
   * @param source what printed it, for error messages
   * @param report of the run; what the program wrote to stderr is logged
   */
  Lease lease(
      String source, String registry, Credential credential, Instant begun, RunReport report) {
    known.add(registry, credential.secret());
    report.remark();
    return new Lease(
        credential, begun, ExpiryReader.end(source, credential, begun, expire, time.now()));
  }
}
