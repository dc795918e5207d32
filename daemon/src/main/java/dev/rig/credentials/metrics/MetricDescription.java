package dev.rig.credentials.metrics;

import java.util.List;

/**
 * A metric in the catalogue.
 *
 * @param name as Prometheus stores it
 * @param type counter, gauge, histogram or info
 * @param labels the names of its labels, in order
 * @param help in one sentence
 */
public record MetricDescription(String name, String type, List<String> labels, String help) {
  public MetricDescription {
    labels = List.copyOf(labels);
  }
}
