package dev.rig.credentials.helperapi;

import dev.rig.credentials.broker.BrokerEntry;
import dev.rig.credentials.broker.EntryState;
import dev.rig.credentials.broker.Explanation;
import dev.rig.credentials.broker.Explanation.Considered;
import dev.rig.credentials.config.ServiceAccountUse;
import dev.rig.credentials.credential.Lookup;
import dev.rig.credentials.credential.ReasonClass;
import dev.rig.credentials.helperapi.ExplainHandler.ExplainedLogin;
import dev.rig.credentials.image.RegistryPrefix;
import dev.rig.credentials.json.JsonForm;
import dev.rig.credentials.json.JsonWriter;
import dev.rig.credentials.json.JsonWriter.Fields;
import dev.rig.credentials.problem.ComponentHealth;
import dev.rig.credentials.store.StoredLogin;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Writes the answers to {@code explain} and {@code status}: everything except credentials. */
final class StatusJson {
  /** The limit of hosts shown for one glob, because probing can create many. */
  private static final int MOST_HOSTS = 100;

  private StatusJson() {}

  /**
   * Writes the explanation of a request that entries answer.
   *
   * @param own a login of the peer that does not answer; null if absent
   * @param mayGet the entries for which the full reason is shown
   * @param note what else the peer should know; empty if nothing
   */
  static byte[] explanation(
      Explanation explanation,
      @Nullable ExplainedLogin own,
      Predicate<BrokerEntry> mayGet,
      String note) {
    var answering = explanation.answering();
    boolean whole = answering != null && mayGet.test(answering.entry());
    return JsonWriter.line(
        JsonForm.GO,
        json -> {
          json.put("reference", explanation.reference());
          switch (explanation.lookup()) {
            case Lookup.Found found -> json.put("outcome", "found");
            case Lookup.NotFound notFound ->
                json.put("outcome", "not found").put("reason", notFound.reason());
            case Lookup.Failed failed ->
                json.put("outcome", "failed")
                    .put("reason", whole ? failed.reason() : failed.reasonClass().text())
                    .put("reasonClass", word(failed.reasonClass()))
                    .put("nextAttempt", failed.nextAttempt());
          }
          if (!note.isEmpty()) {
            json.put("note", note);
          }
          json.objects(
              "considered",
              considered(explanation.considered(), null, own),
              (one, fields) -> fields.write(one));
          if (answering != null) {
            json.object("answering", one -> state(one, answering, whole));
          }
        });
  }

  /** Writes the explanation of a request that the peer's own login answers. */
  static byte[] explanation(String reference, List<Considered> entries, ExplainedLogin own) {
    return JsonWriter.line(
        JsonForm.GO,
        json ->
            json.put("reference", reference)
                .put("outcome", "found")
                .objects(
                    "considered",
                    considered(entries, own, null),
                    (one, fields) -> fields.write(one))
                .object(
                    "answering",
                    answering -> source(answering.put("prefix", own.login().name()), own)));
  }

  private static List<Fields> considered(
      List<Considered> entries, @Nullable ExplainedLogin first, @Nullable ExplainedLogin last) {
    var considered = new ArrayList<Fields>();
    if (first != null) {
      considered.add(json -> login(json, first));
    }
    entries.forEach(entry -> considered.add(json -> entry(json, entry)));
    if (last != null) {
      considered.add(json -> login(json, last));
    }
    return considered;
  }

  private static void entry(JsonWriter json, Considered considered) {
    json.put("prefix", considered.entry().prefix())
        .put("answers", considered.answers())
        .put("why", considered.why())
        .put("source", considered.entry().source().kind())
        .put("origin", considered.entry().origin().toString());
  }

  private static void login(JsonWriter json, ExplainedLogin own) {
    json.put("prefix", own.login().name()).put("answers", own.answers()).put("why", own.why());
    source(json, own);
  }

  private static void source(JsonWriter json, ExplainedLogin own) {
    json.put("source", "login")
        .put("origin", "uid " + Integer.toUnsignedString(own.uid()))
        .put("storedAt", own.login().storedAt());
  }

  /**
   * Writes all entries, the peer's own logins and the components.
   *
   * @param own the peer's logins
   * @param mayGet the entries for which the full reason is shown
   * @param scripts the environment of scripts
   * @param files the configuration files
   */
  static byte[] states(
      List<EntryState> states,
      Predicate<BrokerEntry> mayGet,
      List<StoredLogin> own,
      List<ComponentHealth> health,
      ScriptSurroundings scripts,
      String version,
      List<String> files) {
    return JsonWriter.line(
        JsonForm.GO,
        json ->
            json.put("scriptPath", scripts.path())
                .put("scriptShell", scripts.shell())
                .objects(
                    "entries",
                    states,
                    (one, state) -> state(one, state, mayGet.test(state.entry())))
                .objects("logins", own, StatusJson::login)
                .objects("health", health, StatusJson::part)
                .put("pid", ProcessHandle.current().pid())
                .put("version", version)
                .put("configuration", files));
  }

  /** Returns the files of the entries: an origin is a file with line and column. */
  static List<String> files(List<EntryState> states) {
    return states.stream().map(state -> state.entry().origin().file()).distinct().toList();
  }

  private static void login(JsonWriter json, StoredLogin login) {
    json.put("prefix", login.name())
        .put("username", login.credential().username())
        .put("storedAt", login.storedAt());
  }

  private static void part(JsonWriter json, ComponentHealth part) {
    json.put("part", part.part())
        .put("healthy", part.healthy())
        .put("messages", part.messages())
        .put("counts", part.counts());
  }

  private static void state(JsonWriter json, EntryState state, boolean whole) {
    var entry = state.entry();
    json.put("prefix", entry.prefix())
        .put("registry", entry.registry())
        .put("source", entry.source().kind())
        .put("origin", entry.origin().toString())
        .put("alias", entry.alias())
        .put("default", entry.isDefault());
    var mirrorOf = entry.scope().mirrorOf();
    if (!mirrorOf.isEmpty()) {
      json.put("mirrorOf", mirrorOf.stream().map(RegistryPrefix::toString).toList());
    }
    if (entry.serviceAccount() != ServiceAccountUse.IGNORED) {
      json.put("serviceAccount", entry.serviceAccount().name().toLowerCase(Locale.ROOT));
    }
    lease(json, state, whole);
    var hosts = state.hosts();
    if (!hosts.isEmpty()) {
      json.put("hostCount", hosts.size())
          .objects(
              "hosts",
              hosts.subList(0, Math.min(MOST_HOSTS, hosts.size())),
              (one, host) -> {
                one.put("registry", host.entry().registry());
                lease(one, host, whole);
              });
    }
  }

  private static String word(ReasonClass reasonClass) {
    return reasonClass.name().toLowerCase(Locale.ROOT);
  }

  private static void lease(JsonWriter json, EntryState entry, boolean whole) {
    var state = entry.state();
    json.put("loading", state != null && state.loading())
        .put("hits", entry.hits())
        .put("runs", entry.runs());
    if (state == null) {
      return;
    }
    var lease = state.value();
    if (lease != null) {
      json.put("issuedAt", lease.issuedAt()).put("expiresAt", lease.expiresAt());
    }
    json.put("lastRun", state.lastLoad());
    if (state.lastLoadTook() != null) {
      json.put("lastRunMillis", state.lastLoadTook().toMillis());
    }
    var failure = state.failure();
    var failureClass = entry.failureClass();
    if (failure != null && failureClass != null) {
      json.put("lastError", whole ? failure.reason() : failureClass.text())
          .put("lastErrorClass", word(failureClass))
          .put("failures", failure.count())
          .put("nextAttempt", failure.nextAttempt());
    }
  }
}
