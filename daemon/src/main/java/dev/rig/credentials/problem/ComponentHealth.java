package dev.rig.credentials.problem;

import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The health of one component, for people and probes.
 *
 * @param part the component's name: {@code configuration}, {@code leases}
 * @param healthy whether it works
 * @param messages errors and remarks, one per line, without a secret
 * @param counts its counters since the start, by name
 */
public record ComponentHealth(
    String part, boolean healthy, List<String> messages, Map<String, Long> counts) {
  public ComponentHealth {
    messages = List.copyOf(messages);
    counts = Collections.unmodifiableSortedMap(new TreeMap<>(counts));
  }
}
