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
 * What registries are trusted with.
 *
 * @param insecure hosts, with their port where they have one, that plain http will do for; loopback
 *     always is one
 * @param caFiles PEM files of authorities that are trusted beside those of the runtime
 * @param ownAuthorities PEM files of authorities by the host, with its port, that each signs for:
 *     of that host nobody else is believed, and of other hosts they are not
 * @param development whether a host, with its port where it has one, is a development registry:
 *     plain http will do for it, without a credential unless it is on this machine
 * @param realms the hosts of token services that a registry's credential may go to beside its own
 *     and those shipped, by the registry's host
 * @param proxies how the outside is reached
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

  /** Settings without a host that has an authority of its own. */
  public RegistrySettings(
      Set<String> insecure, List<Path> caFiles, Map<String, Set<String>> realms, Proxies proxies) {
    this(insecure, caFiles, Map.of(), host -> false, realms, proxies);
  }

  /** Settings with the proxies that an environment names. */
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
   * Why registries cannot be asked with these: proxies and files that cannot be used, as the files
   * are now. Empty if they can.
   */
  public List<String> problems() {
    var problems = new ArrayList<>(proxies.problems());
    Stream.concat(caFiles.stream(), ownAuthorities.values().stream().sorted())
        .flatMap(file -> CertificateAuthorities.problem(file).stream())
        .forEach(problems::add);
    return List.copyOf(problems);
  }

  /** These, with hosts that have an authority of their own. */
  public RegistrySettings trusting(Map<String, Path> authorities) {
    return new RegistrySettings(insecure, caFiles, authorities, development, realms, proxies);
  }

  /** These, with development registries. */
  public RegistrySettings withDevelopment(Predicate<String> hosts) {
    return new RegistrySettings(insecure, caFiles, ownAuthorities, hosts, realms, proxies);
  }
}
