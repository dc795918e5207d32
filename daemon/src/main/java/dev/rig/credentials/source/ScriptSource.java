package dev.rig.credentials.source;

import dev.rig.credentials.credential.CredentialSource;
import dev.rig.credentials.credential.Lease;
import dev.rig.credentials.credential.SourceRequest;
import dev.rig.credentials.json.JsonForm;
import dev.rig.credentials.json.JsonWriter;
import dev.rig.credentials.source.process.ProcessOutcome;
import dev.rig.credentials.source.process.ProcessSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;

/**
 * The source of a credential that a script prints: exit status 0, and one line {@code
 * <username>:<password>}, split at the first colon. Anything else is a failure, whose reason and
 * stderr are logged, without the entry's secrets; stdout is never logged.
 */
public final class ScriptSource implements CredentialSource {
  /** The registry of the request, in the script's environment. */
  private static final String REGISTRY = "RIG_REGISTRY";

  /** The variable with the path of the service-account token of the kubelet's request. */
  private static final String TOKEN_FILE = "RIG_SERVICE_ACCOUNT_TOKEN_FILE";

  /** The variable with the service account's annotations, as a JSON object of texts. */
  private static final String ANNOTATIONS = "RIG_SERVICE_ACCOUNT_ANNOTATIONS";

  private static final String RULE = "; " + ScriptOutput.RULE;

  private final String script;
  private final EntryProgram program;

  /**
   * Creates a source for one registry entry.
   *
   * @param script the text of the script
   * @param program the script's environment and limits; each request sets {@code RIG_REGISTRY}
   */
  public ScriptSource(String script, EntryProgram program) {
    this.script = script;
    this.program = program;
  }

  @Override
  public Duration patience() {
    return program.patience();
  }

  @Override
  public String kind() {
    return "script";
  }

  @Override
  public CompletableFuture<Lease> issue(SourceRequest request) {
    var variables = new HashMap<>(program.environment());
    variables.put(REGISTRY, request.registry());
    var pod = request.serviceAccount();
    if (pod != null) {
      variables.put(ANNOTATIONS, JsonWriter.text(JsonForm.ASCII, new TreeMap<>(pod.annotations())));
    }
    var spec = ProcessSpec.script(script, variables, program.timeout());
    var begun = program.now();
    var privately = pod == null ? spec : spec.withPrivateFile(TOKEN_FILE, pod.token());
    return program.run(privately, outcome -> lease(outcome, request, begun));
  }

  private Lease lease(ProcessOutcome outcome, SourceRequest request, Instant begun) {
    var report =
        new RunReport(program.entry(), "script", RULE, () -> redactor(outcome, request), outcome);
    report.throwUnlessExitedWith0();
    return switch (ScriptOutput.parse(outcome.stdout())) {
      case ScriptOutput.Valid(var credential) ->
          program.lease("script", request.registry(), credential, begun, report);
      case ScriptOutput.Invalid(var reason) -> throw report.refused("printed " + reason);
    };
  }

  private Redactor redactor(ProcessOutcome outcome, SourceRequest request) {
    var secrets = new ArrayList<>(program.known().texts());
    secrets.addAll(ScriptOutput.texts(outcome.stdout()));
    if (request.serviceAccount() != null) {
      secrets.add(request.serviceAccount().token().reveal());
    }
    return new Redactor(secrets);
  }
}
