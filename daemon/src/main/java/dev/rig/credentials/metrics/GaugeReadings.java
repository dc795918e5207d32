package dev.rig.credentials.metrics;

import java.util.List;
import java.util.Map;

/** The daemon's state, read at each scrape. */
public interface GaugeReadings {
  /** Returns one reading for each entry. */
  List<LeaseReading> leases();

  /** Returns whether each component is healthy, by name. */
  Map<String, Boolean> parts();

  /** Returns one reading for each cluster with pull secrets. */
  List<ClusterReading> clusters();

  /** No readings. */
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
