package dev.rig.credentials.source;

import dev.rig.credentials.concurrent.ConcurrencyLimit;
import dev.rig.credentials.credential.CredentialSource;
import dev.rig.credentials.credential.ExpiryReader;
import dev.rig.credentials.credential.Lease;
import dev.rig.credentials.credential.SourceRequest;
import dev.rig.credentials.json.JsonForm;
import dev.rig.credentials.json.JsonWriter;
import dev.rig.credentials.source.process.ProcessOutcome;
import dev.rig.credentials.source.process.ProcessRunner;
import dev.rig.credentials.source.process.ProcessSpec;
import dev.rig.credentials.time.Time;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;

/**
 * A credential that a script prints: exit status 0, and one line {@code <username>:<password>},
 * split at the first colon. Anything else is a failure, whose reason and stderr are logged, without
 * the entry's secrets; stdout never is.
 */
public final class ScriptSource implements CredentialSource {
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
    var report = new RunReport(entry, "script", RULE, () -> redactor(outcome, request), outcome);
    report.throwUnlessExitedWith0();
    return switch (ScriptOutput.parse(outcome.stdout())) {
      case ScriptOutput.Valid(var credential) -> {
        known.add(request.registry(), credential.secret());
        report.remark();
        yield new Lease(
            credential, begun, ExpiryReader.end("script", credential, begun, expire, time.now()));
      }
      case ScriptOutput.Invalid(var reason) -> throw report.refused("printed " + reason);
    };
  }

  private Redactor redactor(ProcessOutcome outcome, SourceRequest request) {
    var secrets = new ArrayList<>(known.texts());
    secrets.addAll(ScriptOutput.texts(outcome.stdout()));
    if (request.serviceAccount() != null) {
      secrets.add(request.serviceAccount().token().reveal());
    }
    return new Redactor(secrets);
  }
}
