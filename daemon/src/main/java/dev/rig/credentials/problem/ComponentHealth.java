package dev.rig.credentials.problem;

import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * How one part of the daemon does, for people and probes.
 *
 * @param part the part in a word: {@code configuration}, {@code leases}
 * @param healthy whether it does what it is for
 * @param messages what is wrong or worth knowing, a line each, without a secret
 * @param counts what it has counted since the start, by name
 */
public record ComponentHealth(
    String part, boolean healthy, List<String> messages, Map<String, Long> counts) {
  public ComponentHealth {
    messages = List.copyOf(messages);
    counts = Collections.unmodifiableSortedMap(new TreeMap<>(counts));
  }
}
