package dev.rig.credentials.registry.client;

import dev.rig.credentials.net.CertificateAuthorities;
import dev.rig.credentials.net.Proxies;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * The trust settings for registries.
 *
 * @param insecure hosts, with or without a port, that may use plain http; loopback always may
 * @param caFiles PEM files of authorities in addition to those of the runtime
 * @param ownAuthorities PEM files of authorities by host, with its port; each is trusted only for
 *     its host, and is the only one trusted for it
 * @param development whether a host, with or without a port, is a development registry: it may use
 *     plain http, without a credential unless it is on this machine
 * @param realms the hosts of token services that may get a registry's credential in addition to its
 *     own and the built-in ones, by the registry's host
 * @param proxies the proxies
 */
public record RegistrySettings(
    Set<String> insecure,
    List<Path> caFiles,
    Map<String, Path> ownAuthorities,
    Predicate<String> development,
    Map<String, Set<String>> realms,
    Proxies proxies) {
  /** Https only, the runtime's authorities, no proxy. */
  public static final RegistrySettings STANDARD =
      new RegistrySettings(Set.of(), List.of(), Map.of(), Proxies.NONE);

  /** Creates settings without a host that has an authority of its own. */
  public RegistrySettings(
      Set<String> insecure, List<Path> caFiles, Map<String, Set<String>> realms, Proxies proxies) {
    this(insecure, caFiles, Map.of(), host -> false, realms, proxies);
  }

  /** Returns settings with the proxies in an environment. */
  public static RegistrySettings of(
      Set<String> insecure,
      List<Path> caFiles,
      Map<String, Set<String>> realms,
      Map<String, String> environment) {
    return new RegistrySettings(insecure, caFiles, realms, Proxies.of(environment));
  }

  public RegistrySettings {
    insecure = Set.copyOf(insecure);
    caFiles = List.copyOf(caFiles);
    ownAuthorities = Map.copyOf(ownAuthorities);
    var copy = new HashMap<String, Set<String>>();
    realms.forEach((registry, hosts) -> copy.put(registry, Set.copyOf(hosts)));
    realms = Map.copyOf(copy);
  }

  /**
   * Returns why registries cannot be queried with these settings: unusable proxies and files, as
   * the files are now. Empty if they can.
   */
  public List<String> problems() {
    var problems = new ArrayList<>(proxies.problems());
    Stream.concat(caFiles.stream(), ownAuthorities.values().stream().sorted())
        .flatMap(file -> CertificateAuthorities.problem(file).stream())
        .forEach(problems::add);
    return List.copyOf(problems);
  }

  /** Returns these settings with hosts that have an authority of their own. */
  public RegistrySettings trusting(Map<String, Path> authorities) {
    return new RegistrySettings(insecure, caFiles, authorities, development, realms, proxies);
  }

  /** Returns these settings with development registries. */
  public RegistrySettings withDevelopment(Predicate<String> hosts) {
    return new RegistrySettings(insecure, caFiles, ownAuthorities, hosts, realms, proxies);
  }
}
