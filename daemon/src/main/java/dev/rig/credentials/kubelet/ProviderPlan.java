package dev.rig.credentials.kubelet;

import dev.rig.credentials.config.RegistryEntry;
import dev.rig.credentials.config.ServiceAccountUse;
import dev.rig.credentials.image.HostGlob;
import dev.rig.credentials.image.RegistryPrefix;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The division of entries between a kubelet's providers.
 *
 * <p>A kubelet's provider sends a token with every request or with none ({@code tokenAttributes}),
 * and two providers that match one image are both called. Therefore entries are divided into two
 * groups, and entries whose hosts can be equal are in the same one: each image has one provider. An
 * entry without a token is not affected in the group with tokens, because the daemon passes a token
 * only to entries that use it.
 *
 * @param plain the images of the provider without tokens
 * @param withToken the images of the provider with tokens
 * @param everyTokenRequired whether all entries in {@code withToken} require a token
 * @param unmatchable prefixes that no pattern of a kubelet can match
 */
public record ProviderPlan(
    List<String> plain,
    List<String> withToken,
    boolean everyTokenRequired,
    List<String> unmatchable) {
  private static final String HUB = "index.docker.io";

  /**
   * The names of Docker Hub's images in requests to a provider: the kubelet writes the first for
   * the first two, and keeps the third (distribution/reference {@code normalize.go}).
   */
  private static final List<String> HUB_NAMES =
      List.of("docker.io", "index.docker.io", "registry-1.docker.io");

  public ProviderPlan {
    plain = List.copyOf(plain);
    withToken = List.copyOf(withToken);
    unmatchable = List.copyOf(unmatchable);
  }

  /** Divides entries. */
  public static ProviderPlan of(List<RegistryEntry> entries) {
    var tokenHosts = tokenHosts(entries);
    var plain = new LinkedHashSet<String>();
    var withToken = new LinkedHashSet<String>();
    var unmatchable = new ArrayList<String>();
    boolean everyTokenRequired = true;
    for (var asked : asked(entries)) {
      var prefix = asked.prefix();
      if (prefix.host().endsWith("]")) {
        unmatchable.add(prefix.toString());
      } else if (tokenHosts.contains(prefix.host())) {
        withToken.addAll(patterns(prefix));
        everyTokenRequired &= asked.serviceAccount() == ServiceAccountUse.REQUIRED;
      } else {
        plain.addAll(patterns(prefix));
      }
    }
    return new ProviderPlan(
        List.copyOf(plain), List.copyOf(withToken), everyTokenRequired, unmatchable);
  }

  /** A prefix that a kubelet asks for, and its entry's use of a token. */
  private record AskedPrefix(RegistryPrefix prefix, ServiceAccountUse serviceAccount) {}

  /** Returns the entries' own prefixes, and those of the registries that they are mirrors of. */
  private static List<AskedPrefix> asked(List<RegistryEntry> entries) {
    var asked = new ArrayList<AskedPrefix>();
    for (var entry : entries) {
      asked.add(new AskedPrefix(entry.prefix(), entry.serviceAccount()));
      entry
          .mirrorOf()
          .forEach(upstream -> asked.add(new AskedPrefix(upstream, entry.serviceAccount())));
    }
    return asked;
  }

  /**
   * Returns the kubelet's patterns for an entry's images: globs in the host, then a prefix of the
   * path.
   */
  private static List<String> patterns(RegistryPrefix prefix) {
    var path = prefix.path().isEmpty() ? "" : "/" + prefix.path();
    var patterns = new LinkedHashSet<String>();
    if (prefix.host().equals(HUB)) {
      HUB_NAMES.forEach(host -> patterns.add(host + path));
      return List.copyOf(patterns);
    }
    patterns.add(prefix.host() + path);
    if (HostGlob.overlap(prefix.host(), HUB)) {
      HUB_NAMES.forEach(host -> patterns.add(host + path));
    }
    return List.copyOf(patterns);
  }

  /**
   * Returns the hosts of entries that use a token, and all that overlap with them, directly or not.
   */
  private static Set<String> tokenHosts(List<RegistryEntry> entries) {
    var wanting = new LinkedHashSet<String>();
    var hosts = new LinkedHashSet<String>();
    for (var asked : asked(entries)) {
      hosts.add(asked.prefix().host());
      if (asked.serviceAccount() != ServiceAccountUse.IGNORED) {
        wanting.add(asked.prefix().host());
      }
    }
    var neighbours = wanting.isEmpty() ? Map.<String, Set<String>>of() : neighbours(hosts);
    var reached = new HashSet<>(wanting);
    var next = new ArrayDeque<>(wanting);
    while (!next.isEmpty()) {
      for (var neighbour : neighbours.getOrDefault(next.remove(), Set.of())) {
        if (reached.add(neighbour)) {
          next.add(neighbour);
        }
      }
    }
    return reached;
  }

  /** Returns overlapping hosts; different hosts overlap only if one of them is a glob. */
  private static Map<String, Set<String>> neighbours(Set<String> hosts) {
    var neighbours = new HashMap<String, Set<String>>();
    for (var glob : hosts) {
      if (glob.indexOf('*') < 0) {
        continue;
      }
      for (var host : hosts) {
        if (!host.equals(glob) && HostGlob.overlap(glob, host)) {
          neighbours.computeIfAbsent(glob, h -> new HashSet<>()).add(host);
          neighbours.computeIfAbsent(host, h -> new HashSet<>()).add(glob);
        }
      }
    }
    return neighbours;
  }
}
