package dev.rig.credentials.http.platform;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.rig.credentials.broker.Broker;
import dev.rig.credentials.broker.EntryLeaseReading;
import dev.rig.credentials.broker.EntryState;
import dev.rig.credentials.http.server.ApiJson;
import dev.rig.credentials.time.Time;
import java.io.IOException;
import java.util.List;
import java.util.Locale;

/** {@code /v1/registries}: the entries and how their leases do, without a secret. */
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
    request.json(json -> {
      json.writeArrayFieldStart("registries");
      for (var state : broker.states()) {
        if (request.maySee(state.entry().prefix())) {
          write(json, state);
        }
      }
      json.writeEndArray();
    });
  }

  private void write(JsonGenerator json, EntryState state) throws IOException {
    var entry = state.entry();
    json.writeStartObject();
    json.writeStringField("prefix", entry.prefix().toString());
    json.writeStringField("source", entry.source().kind());
    json.writeStringField("origin", entry.origin());
    ApiJson.text(json, "alias", entry.alias());
    json.writeBooleanField("default", entry.isDefault());
    json.writeStringField("serviceAccount", word(entry.serviceAccount()));
    json.writeObjectFieldStart("lease");
    json.writeStringField("state", word(EntryLeaseReading.of(state, time.now()).state()));
    var slot = state.state();
    if (slot != null) {
      if (slot.value() != null) {
        ApiJson.instant(json, "issuedAt", slot.value().issuedAt());
        ApiJson.instant(json, "expiresAt", slot.value().expiresAt());
      }
      if (slot.failure() != null) {
        ApiJson.text(json, "lastError", slot.failure().reason());
        ApiJson.instant(json, "nextAttempt", slot.failure().nextAttempt());
      }
    }
    json.writeEndObject();
    json.writeEndObject();
  }

  private static String word(Enum<?> value) {
    return value.name().toLowerCase(Locale.ROOT);
  }
}
