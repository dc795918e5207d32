package dev.rig.credentials.app;

import dev.rig.credentials.broker.Broker;
import dev.rig.credentials.broker.EntryLeaseReading;
import dev.rig.credentials.metrics.GaugeReadings;
import dev.rig.credentials.metrics.LeaseReading;
import dev.rig.credentials.problem.ComponentHealth;
import dev.rig.credentials.time.Time;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** What the gauges read at a scrape. */
record DaemonGauges(Broker broker, ComponentHealthChecks health, Time time)
    implements GaugeReadings {
  @Override
  public List<LeaseReading> leases() {
    var now = time.now();
    return broker.states().stream().map(state -> EntryLeaseReading.of(state, now)).toList();
  }

  @Override
  public Map<String, Boolean> parts() {
    var parts = new TreeMap<String, Boolean>();
    for (ComponentHealth part : health.get()) {
      parts.merge(part.part(), part.healthy(), Boolean::logicalAnd);
    }
    return parts;
  }
}
