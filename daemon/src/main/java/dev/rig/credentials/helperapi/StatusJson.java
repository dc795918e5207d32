package dev.rig.credentials.helperapi;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.rig.credentials.broker.BrokerEntry;
import dev.rig.credentials.broker.EntryState;
import dev.rig.credentials.broker.Explanation;
import dev.rig.credentials.broker.Explanation.Considered;
import dev.rig.credentials.config.ServiceAccountUse;
import dev.rig.credentials.credential.Lease;
import dev.rig.credentials.credential.Lookup;
import dev.rig.credentials.credential.ReasonClass;
import dev.rig.credentials.helperapi.ExplainHandler.OwnLogin;
import dev.rig.credentials.problem.ComponentHealth;
import java.io.IOException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Locale;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** What {@code explain} and {@code status} answer: everything but credentials. */
final class StatusJson {
  /** Hosts of one glob that are shown: an answer has an end, and who probes asks for many. */
  private static final int MOST_HOSTS = 100;

  private StatusJson() {}

  /**
   * A question that goes to the entries.
   *
   * @param own a login of who asks that does not answer; null for none
   * @param mayGet for which entries a reason is shown whole
   */
  static byte[] explanation(
      Explanation explanation, @Nullable OwnLogin own, Predicate<BrokerEntry> mayGet) {
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
          var answering = explanation.answering();
          boolean whole = answering != null && mayGet.test(answering.entry());
          json.writeStringField("reason", whole ? failed.reason() : failed.reasonClass().text());
          json.writeStringField("reasonClass", word(failed.reasonClass()));
          if (!failed.nextAttempt().equals(Lease.NEVER)) {
            instant(json, "nextAttempt", failed.nextAttempt());
          }
        }
      }
      json.writeArrayFieldStart("considered");
      entries(json, explanation.considered());
      if (own != null) {
        login(json, own);
      }
      json.writeEndArray();
      if (explanation.answering() != null) {
        json.writeFieldName("answering");
        state(json, explanation.answering(), mayGet.test(explanation.answering().entry()));
      }
      json.writeEndObject();
    });
  }

  /** A question that the asker's own login answers. */
  static byte[] explanation(String reference, List<Considered> entries, OwnLogin own) {
    return GoJson.line(json -> {
      json.writeStartObject();
      json.writeStringField("reference", reference);
      json.writeStringField("outcome", "found");
      json.writeArrayFieldStart("considered");
      login(json, own);
      entries(json, entries);
      json.writeEndArray();
      json.writeObjectFieldStart("answering");
      json.writeStringField("prefix", own.login().name());
      source(json, own);
      json.writeEndObject();
      json.writeEndObject();
    });
  }

  private static void entries(JsonGenerator json, List<Considered> entries) throws IOException {
    for (var considered : entries) {
      json.writeStartObject();
      considered(
          json, considered.entry().prefix().toString(), considered.answers(), considered.why());
      json.writeStringField("source", considered.entry().source().kind());
      json.writeStringField("origin", considered.entry().origin());
      json.writeEndObject();
    }
  }

  private static void login(JsonGenerator json, OwnLogin own) throws IOException {
    json.writeStartObject();
    considered(json, own.login().name(), own.answers(), own.why());
    source(json, own);
    json.writeEndObject();
  }

  private static void considered(JsonGenerator json, String prefix, boolean answers, String why)
      throws IOException {
    json.writeStringField("prefix", prefix);
    json.writeBooleanField("answers", answers);
    json.writeStringField("why", why);
  }

  private static void source(JsonGenerator json, OwnLogin own) throws IOException {
    json.writeStringField("source", "login");
    json.writeStringField("origin", "uid " + Integer.toUnsignedString(own.uid()));
    instant(json, "storedAt", own.login().storedAt());
  }

  /**
   * All entries and the daemon's parts.
   *
   * @param mayGet for which entries a reason is shown whole
   * @param scripts what scripts run with
   */
  static byte[] states(
      List<EntryState> states,
      Predicate<BrokerEntry> mayGet,
      List<ComponentHealth> health,
      ScriptSurroundings scripts) {
    return GoJson.line(json -> {
      json.writeStartObject();
      json.writeStringField("scriptPath", scripts.path());
      json.writeStringField("scriptShell", scripts.shell());
      json.writeArrayFieldStart("entries");
      for (var state : states) {
        state(json, state, mayGet.test(state.entry()));
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

  private static void part(JsonGenerator json, ComponentHealth part) throws IOException {
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

  private static void state(JsonGenerator json, EntryState state, boolean whole)
      throws IOException {
    var entry = state.entry();
    json.writeStartObject();
    json.writeStringField("prefix", entry.prefix().toString());
    json.writeStringField("registry", entry.registry());
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
    lease(json, state, whole);
    if (!state.hosts().isEmpty()) {
      json.writeNumberField("hostCount", state.hosts().size());
      json.writeArrayFieldStart("hosts");
      for (var host : state.hosts().subList(0, Math.min(MOST_HOSTS, state.hosts().size()))) {
        json.writeStartObject();
        json.writeStringField("registry", host.entry().registry());
        lease(json, host, whole);
        json.writeEndObject();
      }
      json.writeEndArray();
    }
    json.writeEndObject();
  }

  private static void lease(JsonGenerator json, EntryState entry, boolean whole)
      throws IOException {
    var state = entry.state();
    json.writeBooleanField("loading", state != null && state.loading());
    json.writeNumberField("hits", entry.hits());
    json.writeNumberField("runs", entry.runs());
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
      var failureClass = entry.failureClass();
      if (state.failure() != null && failureClass != null) {
        json.writeStringField("lastError", whole ? state.failure().reason() : failureClass.text());
        json.writeStringField("lastErrorClass", word(failureClass));
        json.writeNumberField("failures", state.failure().count());
        instant(json, "nextAttempt", state.failure().nextAttempt());
      }
    }
  }

  private static String word(ReasonClass reasonClass) {
    return reasonClass.name().toLowerCase(Locale.ROOT);
  }

  private static void instant(JsonGenerator json, String name, @Nullable Instant instant)
      throws IOException {
    if (instant != null) {
      json.writeStringField(name, instant.truncatedTo(ChronoUnit.SECONDS).toString());
    }
  }
}
