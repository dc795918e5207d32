package dev.rig.credentials.registry;

import java.net.URI;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What registries are trusted with.
 *
 * @param insecure hosts, with their port where they have one, that plain http will do for; loopback
 *     always is one
 * @param caFiles PEM files of authorities that are trusted beside those of the runtime
 * @param realms the hosts of token services that a registry's credential may go to beside its own
 *     and those shipped, by the registry's host
 * @param proxies how the outside is reached
 */
public record RegistrySettings(
    Set<String> insecure, List<Path> caFiles, Map<String, Set<String>> realms, Proxies proxies) {
  /** Https only, the runtime's authorities, no proxy. */
  public static final RegistrySettings STANDARD =
      new RegistrySettings(Set.of(), List.of(), Map.of(), Proxies.NONE);

  public RegistrySettings {
    insecure = Set.copyOf(insecure);
    caFiles = List.copyOf(caFiles);
    var copy = new HashMap<String, Set<String>>();
    realms.forEach((registry, hosts) -> copy.put(registry, Set.copyOf(hosts)));
    realms = Map.copyOf(copy);
  }

  /**
   * The proxies that the environment names.
   *
   * @param http for http; null for none
   * @param https for https; null for none
   * @param direct hosts that are reached without one, in lower case; {@code .example.org} and
   *     {@code *.example.org} stand for what ends so, {@code *} for everything
   */
  public record Proxies(@Nullable URI http, @Nullable URI https, List<String> direct) {
    /** Everything is reached directly. */
    public static final Proxies NONE = new Proxies(null, null, List.of());

    public Proxies {
      direct = direct.stream().map(host -> host.toLowerCase(Locale.ROOT)).toList();
    }
  }
}
