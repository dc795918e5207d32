package dev.rig.credentials.http.admin;

import dev.rig.credentials.json.JsonForm;
import dev.rig.credentials.json.JsonWriter;
import dev.rig.credentials.problem.ComponentHealth;
import io.helidon.health.HealthCheck;
import io.helidon.health.HealthCheckResponse;
import io.helidon.health.HealthCheckResponse.Status;
import io.helidon.health.HealthCheckType;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;

/**
 * The answers to probes. Live: this process answers. Started: the first configuration is in effect.
 * Ready: the sockets accept connections; the configuration in effect is valid or, after a rejected
 * reload, the last valid one (F14).
 */
final class HealthPages {
  private final Supplier<List<ComponentHealth>> parts;
  private final Set<String> needed;

  /**
   * Creates the probes of a daemon.
   *
   * @param needed the components that clients need
   */
  HealthPages(Supplier<List<ComponentHealth>> parts, Set<String> needed) {
    this.parts = parts;
    this.needed = Set.copyOf(needed);
  }

  /** The answer to a probe. */
  record Report(boolean up, String body) {}

  Report report(HealthCheckType type) {
    var answers =
        checks(type).stream().map(check -> Map.entry(check.name(), check.call())).toList();
    boolean up = answers.stream().allMatch(answer -> answer.getValue().status() == Status.UP);
    return new Report(
        up,
        JsonWriter.text(
            JsonForm.COMPACT,
            json ->
                json.put("status", up ? "UP" : "DOWN")
                    .objects(
                        "checks",
                        answers,
                        (one, check) ->
                            one.put("name", check.getKey())
                                .put("status", check.getValue().status())
                                .put("data", check.getValue().details()))));
  }

  private List<HealthCheck> checks(HealthCheckType type) {
    return switch (type) {
      case LIVENESS -> List.of(new Check(type, "process", true, List.of()));
      case STARTUP -> List.of(new Check(type, "configuration", true, List.of()));
      case READINESS ->
          parts.get().stream()
              .<HealthCheck>map(part ->
                  new Check(
                      type,
                      part.part(),
                      part.healthy() || !needed.contains(part.part()),
                      part.messages()))
              .toList();
    };
  }

  private record Check(HealthCheckType type, String name, boolean up, List<String> messages)
      implements HealthCheck {
    @Override
    public HealthCheckResponse call() {
      var answer = HealthCheckResponse.builder().status(up);
      if (!messages.isEmpty()) {
        answer.detail("messages", String.join("; ", messages));
      }
      return answer.build();
    }
  }
}
