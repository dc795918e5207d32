package dev.rig.credentials.source;

import dev.rig.credentials.credential.Credential;
import dev.rig.credentials.credential.CredentialSource;
import dev.rig.credentials.credential.Lease;
import dev.rig.credentials.credential.ReasonClass;
import dev.rig.credentials.credential.SourceException;
import dev.rig.credentials.credential.SourceRequest;
import dev.rig.credentials.json.JsonForm;
import dev.rig.credentials.json.JsonWriter;
import dev.rig.credentials.source.process.ProcessOutcome;
import dev.rig.credentials.source.process.ProcessOutcome.CouldNotStart;
import dev.rig.credentials.source.process.ProcessOutcome.Exited;
import dev.rig.credentials.source.process.ProcessOutcome.Flooded;
import dev.rig.credentials.source.process.ProcessOutcome.Stopped;
import dev.rig.credentials.source.process.ProcessOutcome.TimedOut;
import dev.rig.credentials.source.process.ProcessRunner;
import dev.rig.credentials.source.process.ProcessSpec;
import dev.rig.credentials.time.Time;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;

/**
 * A credential that a script prints: exit status 0, and one line {@code <username>:<password>},
 * split at the first colon. Anything else is a failure, whose reason and stderr are logged, without
 * the entry's secrets; stdout never is.
 */
public final class ScriptSource implements CredentialSource {
  private static final Logger LOG = System.getLogger(ScriptSource.class.getName());

  /** The registry of the request, in the script's environment. */
  private static final String REGISTRY = "RIG_REGISTRY";

  /** Only an entry with a glob has more than one registry; a prober must not start a thousand. */
  private static final int MOST_AT_ONCE = 16;

  /** Where the script finds the service-account token that the kubelet brought. */
  private static final String TOKEN_FILE = "RIG_SERVICE_ACCOUNT_TOKEN_FILE";

  /** The service account's annotations that came with it, as a JSON object of texts. */
  private static final String ANNOTATIONS = "RIG_SERVICE_ACCOUNT_ANNOTATIONS";

  private static final String RULE = "; " + ScriptOutput.RULE;

  /** For the runner to report a timeout of its own, before the caller gives up. */
  private static final Duration GRACE = Duration.ofSeconds(2);

  /** In an exception's message; the log has all that is kept. */
  private static final int MAX_STDERR_CHARACTERS = 200;

  private final String entry;
  private final String script;
  private final Map<String, String> environment;
  private final Duration timeout;
  private final Duration expire;
  private final KnownSecrets known;
  private final ProcessRunner runner;
  private final Time time;
  private final ConcurrencyLimit turns = new ConcurrencyLimit(MOST_AT_ONCE);

  /**
   * A source for one registry entry.
   *
   * @param entry the entry's prefix, for the log
   * @param script the text of the script
   * @param environment the entry's variables; {@code RIG_REGISTRY} is set by the request alone
   * @param timeout longer than zero
   * @param expire how long a lease is good for, from the moment at which the run was begun; less
   *     where the credential itself says so
   * @param known what its stderr must not show; what it prints is added
   */
  public ScriptSource(
      String entry,
      String script,
      Map<String, String> environment,
      Duration timeout,
      Duration expire,
      KnownSecrets known,
      ProcessRunner runner,
      Time time) {
    this.entry = entry;
    this.script = script;
    this.environment = Map.copyOf(environment);
    this.timeout = timeout;
    this.expire = expire;
    this.known = known;
    known.configured(KnownSecrets.values(this.environment));
    this.runner = runner;
    this.time = time;
  }

  @Override
  public Duration patience() {
    return timeout.plus(GRACE);
  }

  @Override
  public String kind() {
    return "script";
  }

  @Override
  public CompletableFuture<Lease> issue(SourceRequest request) {
    var variables = new HashMap<>(environment);
    variables.put(REGISTRY, request.registry());
    var pod = request.serviceAccount();
    if (pod != null) {
      variables.put(ANNOTATIONS, JsonWriter.text(JsonForm.ASCII, new TreeMap<>(pod.annotations())));
    }
    var spec = ProcessSpec.script(script, variables, timeout);
    var begun = time.now();
    var privately = pod == null ? spec : spec.withPrivateFile(TOKEN_FILE, pod.token());
    var run = turns.take(() -> runner.run(privately));
    var lease = run.thenApply(outcome -> lease(outcome, request, begun));
    var _ =
        lease.whenComplete((result, failure) -> {
          if (lease.isCancelled()) {
            run.cancel(false);
          }
        });
    return lease;
  }

  private Lease lease(ProcessOutcome outcome, SourceRequest request, Instant begun) {
    var lines = outcome.stderr();
    var stderr = lines.isEmpty() ? lines : redactor(outcome, request).redact(lines);
    if (outcome.ending() instanceof Exited(int status)
        && status == 0
        && ScriptOutput.parse(outcome.stdout()) instanceof ScriptOutput.Valid(var credential)) {
      known.add(request.registry(), credential.secret());
      if (!stderr.isEmpty()) {
        LOG.log(Level.INFO, "the script of {0} wrote to stderr: {1}", entry, joined(stderr));
      }
      return new Lease(credential, begun, end(credential, begun));
    }
    var failed = failure(outcome, stderr);
    var failure =
        outcome.inShortage()
            ? new SourceException(ReasonClass.SHORTAGE, String.valueOf(failed.getMessage()))
            : failed;
    // Here and not where the exception ends up: stderr goes no further, and belongs beside it.
    LOG.log(
        Level.WARNING,
        "the script of {0} failed: {1}{2}",
        entry,
        failure.getMessage(),
        String.valueOf(failure.getMessage()).endsWith(joined(stderr))
            ? ""
            : "; its stderr: " + joined(stderr));
    throw failure;
  }

  private Redactor redactor(ProcessOutcome outcome, SourceRequest request) {
    var secrets = new ArrayList<>(known.texts());
    secrets.addAll(ScriptOutput.texts(outcome.stdout()));
    if (request.serviceAccount() != null) {
      secrets.add(request.serviceAccount().token().reveal());
    }
    return new Redactor(secrets);
  }

  /** The earlier of what is configured and what the credential itself says. */
  private Instant end(Credential credential, Instant begun) {
    var configured = configuredEnd(begun);
    var stated = ExpiryReader.of(credential).orElse(Lease.NEVER);
    if (!stated.isAfter(time.now())) {
      throw new SourceException(
          ReasonClass.EXPIRED,
          "script printed a credential that says of itself that it ended at " + stated);
    }
    return stated.isBefore(configured) ? stated : configured;
  }

  private Instant configuredEnd(Instant begun) {
    try {
      return begun.plus(expire);
    } catch (DateTimeException | ArithmeticException e) {
      return Lease.NEVER;
    }
  }

  private static SourceException failure(ProcessOutcome outcome, List<String> stderr) {
    return switch (outcome.ending()) {
      case Exited(int status) when status != 0 ->
          failure(ReasonClass.STATUS, "script exited with status " + status, "", stderr);
      case Exited _ -> failure(ReasonClass.FORM, "script printed " + broken(outcome), RULE, stderr);
      case TimedOut(var after) ->
          failure(ReasonClass.TIMEOUT, "script was stopped after " + text(after), "", stderr);
      case Flooded(int limit) ->
          failure(
              ReasonClass.SIZE,
              "script printed more than " + limit / 1024 + " KiB and was stopped",
              RULE,
              stderr);
      case Stopped _ ->
          failure(ReasonClass.STOPPED, "script was stopped before its end", "", stderr);
      case CouldNotStart(var why) ->
          failure(ReasonClass.START, "script could not be started: " + why, "", stderr);
    };
  }

  /** What the script says of it is the best advice; without that the rule is. */
  private static SourceException failure(
      ReasonClass reasonClass, String reason, String advice, List<String> stderr) {
    return new SourceException(
        reasonClass,
        stderr.isEmpty() ? reason + advice : reason + "; stderr: " + bounded(stderr.getLast()));
  }

  private static String broken(ProcessOutcome outcome) {
    return switch (ScriptOutput.parse(outcome.stdout())) {
      case ScriptOutput.Invalid(var reason) -> reason;
      case ScriptOutput.Valid _ -> throw new IllegalStateException("a valid line is no failure");
    };
  }

  private static String bounded(String line) {
    return line.length() <= MAX_STDERR_CHARACTERS
        ? line
        : line.substring(0, MAX_STDERR_CHARACTERS) + "…";
  }

  private static String joined(List<String> lines) {
    return String.join(" | ", lines);
  }

  private static String text(Duration duration) {
    return duration.toMillis() % 1_000 == 0
        ? duration.toSeconds() + " s"
        : duration.toMillis() + " ms";
  }
}
