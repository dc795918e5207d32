package dev.rig.credentials.metrics;

import java.util.List;
import java.util.Map;

/** What is read at a scrape, not pushed: the daemon's state at that moment. */
public interface GaugeReadings {
  /** One for each entry. */
  List<LeaseReading> leases();

  /** Whether each part of the daemon does what it is for, by its name. */
  Map<String, Boolean> parts();

  /** One for each cluster with pull secrets. */
  List<ClusterReading> clusters();

  /** Nothing to read. */
  GaugeReadings NONE =
      new GaugeReadings() {
        @Override
        public List<LeaseReading> leases() {
          return List.of();
        }

        @Override
        public Map<String, Boolean> parts() {
          return Map.of();
        }

        @Override
        public List<ClusterReading> clusters() {
          return List.of();
        }
      };
}
