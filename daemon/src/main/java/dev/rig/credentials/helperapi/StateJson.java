package dev.rig.credentials.helperapi;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.rig.credentials.broker.EntryState;
import dev.rig.credentials.broker.Explanation;
import dev.rig.credentials.config.ServiceAccountUse;
import dev.rig.credentials.credential.Lease;
import dev.rig.credentials.credential.Lookup;
import dev.rig.credentials.problem.PartHealth;
import java.io.IOException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** What {@code explain} and {@code status} answer: everything but credentials. */
final class StateJson {
  private StateJson() {}

  static byte[] explanation(Explanation explanation) {
    return GoJson.line(json -> {
      json.writeStartObject();
      json.writeStringField("reference", explanation.reference());
      switch (explanation.lookup()) {
        case Lookup.Found found -> json.writeStringField("outcome", "found");
        case Lookup.NotFound notFound -> {
          json.writeStringField("outcome", "not found");
          json.writeStringField("reason", notFound.reason());
        }
        case Lookup.Failed failed -> {
          json.writeStringField("outcome", "failed");
          json.writeStringField("reason", failed.reason());
          if (!failed.nextAttempt().equals(Lease.NEVER)) {
            instant(json, "nextAttempt", failed.nextAttempt());
          }
        }
      }
      json.writeArrayFieldStart("considered");
      for (var considered : explanation.considered()) {
        json.writeStartObject();
        json.writeStringField("prefix", considered.entry().prefix().toString());
        json.writeBooleanField("answers", considered.answers());
        json.writeStringField("why", considered.why());
        json.writeStringField("source", considered.entry().source().kind());
        json.writeStringField("origin", considered.entry().origin());
        json.writeEndObject();
      }
      json.writeEndArray();
      if (explanation.answering() != null) {
        json.writeFieldName("answering");
        state(json, explanation.answering());
      }
      json.writeEndObject();
    });
  }

  static byte[] states(List<EntryState> states, List<PartHealth> health) {
    return GoJson.line(json -> {
      json.writeStartObject();
      json.writeArrayFieldStart("entries");
      for (var state : states) {
        state(json, state);
      }
      json.writeEndArray();
      json.writeArrayFieldStart("health");
      for (var part : health) {
        part(json, part);
      }
      json.writeEndArray();
      json.writeEndObject();
    });
  }

  private static void part(JsonGenerator json, PartHealth part) throws IOException {
    json.writeStartObject();
    json.writeStringField("part", part.part());
    json.writeBooleanField("healthy", part.healthy());
    json.writeArrayFieldStart("messages");
    for (var message : part.messages()) {
      json.writeString(message);
    }
    json.writeEndArray();
    json.writeObjectFieldStart("counts");
    for (var count : part.counts().entrySet()) {
      json.writeNumberField(count.getKey(), count.getValue());
    }
    json.writeEndObject();
    json.writeEndObject();
  }

  private static void state(JsonGenerator json, EntryState entryState) throws IOException {
    var entry = entryState.entry();
    json.writeStartObject();
    json.writeStringField("prefix", entry.prefix().toString());
    json.writeStringField("registry", entryState.registry());
    json.writeStringField("source", entry.source().kind());
    json.writeStringField("origin", entry.origin());
    if (entry.alias() != null) {
      json.writeStringField("alias", entry.alias());
    }
    json.writeBooleanField("default", entry.isDefault());
    if (entry.serviceAccount() != ServiceAccountUse.IGNORED) {
      json.writeStringField(
          "serviceAccount", entry.serviceAccount().name().toLowerCase(Locale.ROOT));
    }
    var state = entryState.state();
    json.writeBooleanField("loading", state != null && state.loading());
    json.writeNumberField("hits", state == null ? 0 : state.hits());
    json.writeNumberField("runs", state == null ? 0 : state.loads());
    if (state != null) {
      var lease = state.value();
      if (lease != null) {
        instant(json, "issuedAt", lease.issuedAt());
        if (lease.expires()) {
          instant(json, "expiresAt", lease.expiresAt());
        }
      }
      instant(json, "lastRun", state.lastLoad());
      if (state.lastLoadTook() != null) {
        json.writeNumberField("lastRunMillis", state.lastLoadTook().toMillis());
      }
      if (state.failure() != null) {
        json.writeStringField("lastError", state.failure());
        json.writeNumberField("failures", state.failures());
      }
      instant(json, "nextAttempt", state.nextAttempt());
    }
    json.writeEndObject();
  }

  private static void instant(JsonGenerator json, String name, @Nullable Instant instant)
      throws IOException {
    if (instant != null) {
      json.writeStringField(name, instant.truncatedTo(ChronoUnit.SECONDS).toString());
    }
  }
}
