package dev.rig.credentials.source;

import dev.rig.credentials.credential.Credential;
import dev.rig.credentials.credential.CredentialSource;
import dev.rig.credentials.credential.Lease;
import dev.rig.credentials.credential.LoginKeeper;
import dev.rig.credentials.credential.ReasonClass;
import dev.rig.credentials.credential.Secret;
import dev.rig.credentials.credential.SourceException;
import dev.rig.credentials.credential.SourceRequest;
import dev.rig.credentials.json.JsonForm;
import dev.rig.credentials.json.JsonWriter;
import dev.rig.credentials.source.process.ProcessOutcome;
import dev.rig.credentials.source.process.ProcessOutcome.Exited;
import dev.rig.credentials.source.process.ProcessSpec;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;

/**
 * The source of credentials from another credential helper: the answer of {@code
 * docker-credential-NAME get} for a registry's host, by the protocol of docker-credential-helpers.
 * Logins are passed on to the helper.
 */
public final class HelperSource implements CredentialSource, LoginKeeper {
  /** Docker Hub in its normal form. */
  private static final String HUB = "index.docker.io";

  /** Docker's key for logins to Docker Hub; docker/cli {@code cli/config}. */
  private static final String HUB_KEY = "https://index.docker.io/v1/";

  private final String helper;
  private final EntryProgram program;

  /**
   * Creates a source for one registry entry.
   *
   * @param helper what follows {@code docker-credential-} in the program's name
   * @param program the helper's environment and limits; the helper is searched in the {@code PATH}
   *     of that environment, or in the daemon's if it has none
   */
  public HelperSource(String helper, EntryProgram program) {
    this.helper = helper;
    this.program = program;
  }

  @Override
  public Duration patience() {
    return program.patience();
  }

  @Override
  public String kind() {
    return "helper";
  }

  @Override
  public String name() {
    return HelperProgram.PREFIX + helper;
  }

  @Override
  public LoginKeeper logins() {
    return this;
  }

  @Override
  public CompletableFuture<Lease> issue(SourceRequest request) {
    var host = host(request.registry());
    var begun = program.now();
    return run(
        "get",
        Secret.of(key(host)),
        outcome -> {
          var report = report(outcome, host, "");
          throwIfFailed(outcome, host, report);
          return switch (HelperReply.parse(outcome.stdout(), host)) {
            case HelperReply.HelperAnswer(var credential) ->
                program.lease(name(), request.registry(), credential, begun, report);
            case HelperReply.EmptyAnswer _ -> throw notFound(host);
            case HelperReply.UnusableAnswer(var reason) ->
                throw report.refused("printed " + reason);
          };
        });
  }

  @Override
  public CompletableFuture<Void> store(String registry, Credential credential) {
    var host = host(registry);
    var secret = credential.secret().reveal();
    var login =
        JsonWriter.text(
                JsonForm.GO,
                Map.of("ServerURL", key(host), "Username", credential.username(), "Secret", secret))
            + "\n";
    return run(
        "store",
        Secret.of(login),
        outcome -> {
          throwIfFailed(outcome, host, report(outcome, host, secret));
          return null;
        });
  }

  @Override
  public CompletableFuture<Void> erase(String registry) {
    var host = host(registry);
    return run(
        "erase",
        Secret.of(key(host)),
        outcome -> {
          throwIfFailed(outcome, host, report(outcome, host, ""));
          return null;
        });
  }

  private <T> CompletableFuture<T> run(
      String action, Secret input, Function<ProcessOutcome, T> form) {
    return switch (HelperProgram.find(helper, program.path())) {
      case HelperProgram.MissingHelper(var reason) -> unavailable(reason);
      case HelperProgram.OwnHelper(var reason) -> unavailable(reason);
      case HelperProgram.FoundHelper(var file) ->
          program.run(
              ProcessSpec.command(
                      List.of(file.toString(), action), program.environment(), program.timeout())
                  .withInput(input),
              form);
    };
  }

  private static <T> CompletableFuture<T> unavailable(String reason) {
    return CompletableFuture.failedFuture(new SourceException(ReasonClass.START, reason));
  }

  private SourceException notFound(String host) {
    return new SourceException(
        ReasonClass.NOT_FOUND, "%s has no credential for %s".formatted(name(), host));
  }

  private void throwIfFailed(ProcessOutcome outcome, String host, RunReport report) {
    if (outcome.ending() instanceof Exited(int status) && status != 0) {
      if (HelperReply.isNotFound(outcome.stdout())) {
        throw notFound(host);
      }
      var said = HelperReply.error(outcome.stdout(), new Redactor(program.known().texts()));
      throw report.failed(
          "exited with status " + status + (said.isEmpty() ? "" : " and printed: " + said));
    }
    report.throwUnlessExitedWith0();
  }

  /**
   * Returns a report without the secrets of the entry and of this run.
   *
   * @param stored the secret that was passed to the helper; empty if none
   */
  private RunReport report(ProcessOutcome outcome, String host, String stored) {
    return new RunReport(
        program.entry(),
        name(),
        HelperReply.RULE,
        () -> {
          var secrets = new ArrayList<>(program.known().texts());
          secrets.add(stored);
          secrets.addAll(ScriptOutput.texts(outcome.stdout()));
          secrets.removeAll(List.of(host, key(host)));
          return new Redactor(secrets);
        },
        outcome);
  }

  private static String host(String registry) {
    int slash = registry.indexOf('/');
    return slash < 0 ? registry : registry.substring(0, slash);
  }

  /** Returns Docker's key for that host. */
  private static String key(String host) {
    return host.equals(HUB) ? HUB_KEY : host;
  }
}
