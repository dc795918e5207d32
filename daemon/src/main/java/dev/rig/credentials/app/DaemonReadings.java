package dev.rig.credentials.app;

import dev.rig.credentials.broker.Broker;
import dev.rig.credentials.http.EntryReading;
import dev.rig.credentials.metrics.LeaseReading;
import dev.rig.credentials.metrics.Readings;
import dev.rig.credentials.problem.PartHealth;
import dev.rig.credentials.time.Time;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** What the gauges read at a scrape. */
record DaemonReadings(Broker broker, HealthParts health, Time time) implements Readings {
  @Override
  public List<LeaseReading> leases() {
    var now = time.now();
    return broker.states().stream().map(state -> EntryReading.of(state, now)).toList();
  }

  @Override
  public Map<String, Boolean> parts() {
    var parts = new TreeMap<String, Boolean>();
    for (PartHealth part : health.get()) {
      parts.merge(part.part(), part.healthy(), Boolean::logicalAnd);
    }
    return parts;
  }
}
