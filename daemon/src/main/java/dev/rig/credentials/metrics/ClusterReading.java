package dev.rig.credentials.metrics;

import dev.rig.credentials.text.Printable;
import org.jspecify.annotations.Nullable;

/**
 * The metrics of one cluster's pull secrets.
 *
 * @param cluster its key in the configuration; control characters are escaped
 * @param secrets how many this daemon keeps; 0 while another daemon keeps them
 * @param secondsLeft until the first of them expires; null if none expires
 * @param failures requests and watches that failed since the start
 */
public record ClusterReading(
    String cluster, long secrets, @Nullable Double secondsLeft, long failures) {
  public ClusterReading {
    cluster = Printable.of(cluster);
  }
}
