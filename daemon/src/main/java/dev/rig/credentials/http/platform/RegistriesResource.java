package dev.rig.credentials.http.platform;

import dev.rig.credentials.broker.Broker;
import dev.rig.credentials.broker.EntryLeaseReading;
import dev.rig.credentials.broker.EntryState;
import dev.rig.credentials.json.JsonWriter;
import dev.rig.credentials.time.Time;
import java.util.List;
import java.util.Locale;

/** {@code /v1/registries}: the entries and their leases, without secrets. */
final class RegistriesResource implements ApiResource {
  private final Broker broker;
  private final Time time;

  RegistriesResource(Broker broker, Time time) {
    this.broker = broker;
    this.time = time;
  }

  @Override
  public List<ApiOperation> operations() {
    return List.of(ApiOperation.get("/v1/registries", List.of(), this::get));
  }

  private void get(PlatformRequest request) {
    var seen =
        broker.states().stream().filter(state -> request.maySee(state.entry().prefix())).toList();
    request.json(json -> json.objects("registries", seen, this::write));
  }

  private void write(JsonWriter json, EntryState state) {
    var entry = state.entry();
    json.put("prefix", entry.prefix())
        .put("source", entry.source().kind())
        .put("origin", entry.origin().toString())
        .put("alias", entry.alias())
        .put("default", entry.isDefault())
        .put("serviceAccount", word(entry.serviceAccount()))
        .object("lease", lease -> lease(lease, state));
  }

  private void lease(JsonWriter json, EntryState state) {
    json.put("state", word(EntryLeaseReading.of(state, time.now()).state()));
    var slot = state.state();
    if (slot != null) {
      if (slot.value() != null) {
        json.put("issuedAt", slot.value().issuedAt()).put("expiresAt", slot.value().expiresAt());
      }
      if (slot.failure() != null) {
        json.put("lastError", slot.failure().reason())
            .put("nextAttempt", slot.failure().nextAttempt());
      }
    }
  }

  private static String word(Enum<?> value) {
    return value.name().toLowerCase(Locale.ROOT);
  }
}
