package dev.rig.credentials.http.platform;

import dev.rig.credentials.credential.Lease;
import dev.rig.credentials.json.JsonWriter;
import dev.rig.credentials.kube.PullSecretException;
import dev.rig.credentials.kube.secret.PruneAnswer;
import dev.rig.credentials.kube.secret.PruneRequest;
import dev.rig.credentials.kube.secret.PullSecretAnswer;
import dev.rig.credentials.kube.secret.PullSecretRequest;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** {@code /v1/pull-secrets}: creates, updates and removes Secrets of clusters. */
final class PullSecretsResource implements ApiResource {
  /**
   * How long a request waits for scripts and the cluster; the work continues for the next request.
   */
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private final PullSecretKeeper keeper;

  PullSecretsResource(PullSecretKeeper keeper) {
    this.keeper = keeper;
  }

  @Override
  public List<ApiOperation> operations() {
    return List.of(
        ApiOperation.post("/v1/pull-secrets", this::create),
        ApiOperation.post("/v1/pull-secrets/prune", this::prune));
  }

  private void create(PlatformRequest request) throws InterruptedException {
    var body = new Body(request.body().fields());
    var asked =
        new PullSecretRequest(
            body.required("cluster"),
            body.required("namespace"),
            body.text("name"),
            body.texts("images"),
            body.text("capsule"),
            body.flag("force"),
            body.flag("dryRun"));
    var answer = await(keeper.create(asked, request::mayAskAbout));
    request.json(json -> write(json, answer));
  }

  private static void write(JsonWriter json, PullSecretAnswer answer) {
    json.put("cluster", answer.cluster());
    json.put("namespace", answer.namespace());
    json.put("name", answer.name());
    json.put("outcome", word(answer.outcome()));
    json.objects(
        "entries",
        answer.entries(),
        (one, held) ->
            one.put("key", held.key())
                .put("prefix", held.prefix())
                .put("expiresAt", held.expiresAt()));
    json.put("unmatched", answer.unmatched());
    json.put("goodUntil", answer.goodUntil());
    json.put("notes", answer.notes());
    json.put("manifest", answer.manifest());
  }

  private static String word(PullSecretAnswer.PullSecretOutcome outcome) {
    return switch (outcome) {
      case CREATED -> "created";
      case UPDATED -> "updated";
      case UNCHANGED -> "unchanged";
      case NOT_NEEDED -> "notNeeded";
      case DRY_RUN -> "dryRun";
    };
  }

  private void prune(PlatformRequest request) throws InterruptedException {
    var body = new Body(request.body().fields());
    var asked =
        new PruneRequest(body.required("cluster"), body.text("namespace"), body.flag("apply"));
    var answer = await(keeper.prune(asked));
    request.json(json -> write(json, answer));
  }

  private static void write(JsonWriter json, PruneAnswer answer) {
    json.put("cluster", answer.cluster());
    json.put("removed", answer.removed());
    json.objects(
        "secrets",
        answer.secrets(),
        (one, secret) ->
            one.put("namespace", secret.namespace())
                .put("name", secret.name())
                .put("reason", secret.reason()));
    json.put("kept", answer.kept());
  }

  private static <T> T await(CompletableFuture<T> answer) throws InterruptedException {
    try {
      return answer.get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException late) {
      throw ProblemResponseException.of(
          504, "tooSlow", "The work is not finished yet", "it is still running; retry in a moment");
    } catch (ExecutionException e) {
      if (e.getCause() instanceof PullSecretException refused) {
        throw problem(refused);
      }
      throw new IllegalStateException("a pull secret failed", e);
    }
  }

  private static ProblemResponseException problem(PullSecretException refused) {
    var detail = String.valueOf(refused.getMessage());
    return switch (refused.reason()) {
      case INVALID -> ProblemResponseException.badRequest(detail);
      case DENIED -> ProblemResponseException.denied(detail);
      case NOT_FOUND ->
          ProblemResponseException.of(404, "notFound", "Not found in the cluster", detail);
      case REFUSED ->
          ProblemResponseException.of(409, "refused", "The pull secret is refused", detail);
      case NO_CREDENTIAL -> ProblemResponseException.notAvailable(detail, Lease.NEVER);
      case CLUSTER ->
          ProblemResponseException.of(
              502, "clusterFailed", "The cluster refused the change", detail);
    };
  }

  /** The fields of the request's body. */
  private record Body(Map<String, Object> fields) {
    String required(String name) {
      var text = text(name);
      if (text == null) {
        throw ProblemResponseException.badRequest("the body has no text \"" + name + "\"");
      }
      return text;
    }

    @Nullable String text(String name) {
      return switch (fields.get(name)) {
        case null -> null;
        case String text when !text.isEmpty() -> text;
        default -> throw wrong(name, "a text that is not empty");
      };
    }

    boolean flag(String name) {
      return switch (fields.get(name)) {
        case null -> false;
        case Boolean flag -> flag;
        default -> throw wrong(name, "true or false");
      };
    }

    List<String> texts(String name) {
      return switch (fields.get(name)) {
        case null -> List.of();
        case List<?> list when list.stream().allMatch(String.class::isInstance) ->
            list.stream().map(String.class::cast).toList();
        default -> throw wrong(name, "a list of texts");
      };
    }

    private static ProblemResponseException wrong(String name, String wanted) {
      return ProblemResponseException.badRequest("\"%s\" must be %s".formatted(name, wanted));
    }
  }
}
