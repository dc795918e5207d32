package dev.rig.credentials.source;

import dev.rig.credentials.concurrent.ConcurrencyLimit;
import dev.rig.credentials.credential.Credential;
import dev.rig.credentials.credential.CredentialSource;
import dev.rig.credentials.credential.ExpiryReader;
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
import dev.rig.credentials.source.process.ProcessRunner;
import dev.rig.credentials.source.process.ProcessSpec;
import dev.rig.credentials.time.Time;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;

/**
 * A credential that another credential helper has: what {@code docker-credential-NAME get} answers
 * for a registry's host, by the protocol of docker-credential-helpers. Logins are passed on to it.
 */
public final class HelperSource implements CredentialSource, LoginKeeper {
  /** Docker Hub in its normal form. */
  private static final String HUB = "index.docker.io";

  /** The key under which Docker stores logins for its Hub; docker/cli {@code cli/config}. */
  private static final String HUB_KEY = "https://index.docker.io/v1/";

  /** Only an entry with a glob has more than one registry; a prober must not start a thousand. */
  private static final int MOST_AT_ONCE = 16;

  /** For the runner to report a timeout of its own, before the caller gives up. */
  private static final Duration GRACE = Duration.ofSeconds(2);

  private final String entry;
  private final String helper;
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
   * @param helper what follows {@code docker-credential-} in the program's name
   * @param environment the entry's variables; its {@code PATH} is where the program is looked for,
   *     before that of the runner
   * @param timeout longer than zero
   * @param expire how long a lease is good for, from the moment at which the run was begun; less if
   *     the credential itself says so
   * @param known what its stderr must not show; what it prints is added
   */
  public HelperSource(
      String entry,
      String helper,
      Map<String, String> environment,
      Duration timeout,
      Duration expire,
      KnownSecrets known,
      ProcessRunner runner,
      Time time) {
    this.entry = entry;
    this.helper = helper;
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
    var begun = time.now();
    return run(
        "get",
        Secret.of(key(host)),
        outcome -> {
          var report = report(outcome, host, "");
          throwIfFailed(outcome, host, report);
          return switch (HelperReply.parse(outcome.stdout(), host)) {
            case HelperReply.HelperAnswer(var credential) -> {
              known.add(request.registry(), credential.secret());
              report.remark();
              yield new Lease(
                  credential,
                  begun,
                  ExpiryReader.end(name(), credential, begun, expire, time.now()));
            }
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
    return switch (HelperProgram.find(helper, environment.getOrDefault("PATH", runner.path()))) {
      case HelperProgram.MissingHelper(var reason) -> unavailable(reason);
      case HelperProgram.OwnHelper(var reason) -> unavailable(reason);
      case HelperProgram.FoundHelper(var program) -> {
        var spec =
            ProcessSpec.command(List.of(program.toString(), action), environment, timeout)
                .withInput(input);
        var run = turns.take(() -> runner.run(spec));
        var result = run.thenApply(form);
        var _ =
            result.whenComplete((value, failure) -> {
              if (result.isCancelled()) {
                run.cancel(false);
              }
            });
        yield result;
      }
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
      var said = HelperReply.error(outcome.stdout(), new Redactor(known.texts()));
      throw report.failed(
          "exited with status " + status + (said.isEmpty() ? "" : " and printed: " + said));
    }
    report.throwUnlessExitedWith0();
  }

  /**
   * A report without the secrets of the entry and of this run.
   *
   * @param stored the secret that the helper was given; empty for none
   */
  private RunReport report(ProcessOutcome outcome, String host, String stored) {
    return new RunReport(
        entry,
        name(),
        HelperReply.RULE,
        () -> {
          var secrets = new ArrayList<>(known.texts());
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

  /** What Docker asks a helper with for that host. */
  private static String key(String host) {
    return host.equals(HUB) ? HUB_KEY : host;
  }
}
