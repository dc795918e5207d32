package dev.rig.credentials.metrics;

import org.jspecify.annotations.Nullable;

/**
 * What the metrics show of one cluster's pull secrets.
 *
 * @param cluster its key in the configuration
 * @param secrets how many this daemon keeps; 0 while another daemon keeps them
 * @param secondsLeft until the first of them ends; null where none ends
 * @param failures requests and watches that failed since the start
 */
public record ClusterReading(
    String cluster, long secrets, @Nullable Double secondsLeft, long failures) {}
