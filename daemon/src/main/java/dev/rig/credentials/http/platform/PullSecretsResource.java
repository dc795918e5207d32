package dev.rig.credentials.http.platform;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.rig.credentials.credential.Lease;
import dev.rig.credentials.http.server.ApiJson;
import dev.rig.credentials.kube.PullSecretException;
import dev.rig.credentials.kube.secret.PruneAnswer;
import dev.rig.credentials.kube.secret.PruneRequest;
import dev.rig.credentials.kube.secret.PullSecretAnswer;
import dev.rig.credentials.kube.secret.PullSecretRequest;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** {@code /v1/pull-secrets}: Secrets of clusters, made, kept true and removed. */
final class PullSecretsResource implements ApiResource {
  /** Scripts may run and a cluster may be slow; it goes on, and who asks again profits. */
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
    var body = new Body(request.body());
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

  private static void write(JsonGenerator json, PullSecretAnswer answer) throws IOException {
    json.writeStringField("cluster", answer.cluster());
    json.writeStringField("namespace", answer.namespace());
    ApiJson.text(json, "name", answer.name());
    json.writeStringField("outcome", word(answer.outcome()));
    json.writeArrayFieldStart("entries");
    for (var held : answer.entries()) {
      json.writeStartObject();
      json.writeStringField("key", held.key());
      json.writeStringField("prefix", held.prefix());
      ApiJson.instant(json, "expiresAt", held.expiresAt());
      json.writeEndObject();
    }
    json.writeEndArray();
    texts(json, "unmatched", answer.unmatched());
    if (!answer.goodUntil().equals(Lease.NEVER)) {
      ApiJson.instant(json, "goodUntil", answer.goodUntil());
    }
    texts(json, "notes", answer.notes());
    if (answer.manifest() != null) {
      json.writeFieldName("manifest");
      object(json, answer.manifest());
    }
  }

  private static String word(PullSecretAnswer.Outcome outcome) {
    return switch (outcome) {
      case CREATED -> "created";
      case UPDATED -> "updated";
      case UNCHANGED -> "unchanged";
      case NOT_NEEDED -> "notNeeded";
      case DRY_RUN -> "dryRun";
    };
  }

  private static void texts(JsonGenerator json, String name, List<String> texts)
      throws IOException {
    json.writeArrayFieldStart(name);
    for (var text : texts) {
      json.writeString(text);
    }
    json.writeEndArray();
  }

  /** A manifest's objects hold texts and objects. */
  private static void object(JsonGenerator json, Map<?, ?> fields) throws IOException {
    json.writeStartObject();
    for (var field : fields.entrySet()) {
      json.writeFieldName(String.valueOf(field.getKey()));
      if (field.getValue() instanceof Map<?, ?> inner) {
        object(json, inner);
      } else {
        json.writeString(String.valueOf(field.getValue()));
      }
    }
    json.writeEndObject();
  }

  private void prune(PlatformRequest request) throws InterruptedException {
    var body = new Body(request.body());
    var asked =
        new PruneRequest(body.required("cluster"), body.text("namespace"), body.flag("apply"));
    var answer = await(keeper.prune(asked));
    request.json(json -> write(json, answer));
  }

  private static void write(JsonGenerator json, PruneAnswer answer) throws IOException {
    json.writeStringField("cluster", answer.cluster());
    json.writeBooleanField("removed", answer.removed());
    json.writeArrayFieldStart("secrets");
    for (var secret : answer.secrets()) {
      json.writeStartObject();
      json.writeStringField("namespace", secret.namespace());
      json.writeStringField("name", secret.name());
      json.writeStringField("reason", secret.reason());
      json.writeEndObject();
    }
    json.writeEndArray();
    json.writeNumberField("kept", answer.kept());
  }

  private static <T> T await(CompletableFuture<T> answer) throws InterruptedException {
    try {
      return answer.get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException late) {
      throw ProblemResponseException.of(
          504, "tooSlow", "It takes too long", "it is still under way; ask again in a moment");
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
          ProblemResponseException.of(
              404, "notFound", "What the request names is not there", detail);
      case REFUSED ->
          ProblemResponseException.of(409, "refused", "The pull secret is refused", detail);
      case NO_CREDENTIAL -> ProblemResponseException.notAvailable(detail, Lease.NEVER);
      case CLUSTER ->
          ProblemResponseException.of(502, "clusterFailed", "The cluster did not do it", detail);
    };
  }

  /** The fields of a request's body. */
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
      return ProblemResponseException.badRequest("\"%s\" has to be %s".formatted(name, wanted));
    }
  }
}
