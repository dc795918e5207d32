package dev.rig.credentials.registry.auth;

import dev.rig.credentials.net.AuthChallenge;
import dev.rig.credentials.net.HttpAddress;
import dev.rig.credentials.net.NetworkZone;
import dev.rig.credentials.net.Origin;
import dev.rig.credentials.net.PlainHttpPolicy;
import dev.rig.credentials.registry.CallException;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Decides which token services may get a registry's credential (T4). */
public final class RealmPolicy {
  /**
   * A permitted token service.
   *
   * @param address its address
   * @param nearest the nearest zone that its name may resolve to
   */
  public record Realm(HttpAddress address, NetworkZone nearest) {}

  /** The token services of well-known registries on other hosts, as the registries name them. */
  private static final Map<String, Set<String>> SHIPPED =
      Map.of(
          "index.docker.io", Set.of("auth.docker.io"),
          "registry.gitlab.com", Set.of("gitlab.com"),
          "docker.elastic.co", Set.of("docker-auth.elastic.co"),
          "registry.digitalocean.com", Set.of("api.digitalocean.com"),
          "registry.suse.com", Set.of("scc.suse.com"));

  private final Map<String, Set<String>> configured;
  private final PlainHttpPolicy plain;

  public RealmPolicy(Map<String, Set<String>> configured, PlainHttpPolicy plain) {
    this.configured = configured;
    this.plain = plain;
  }

  /**
   * Returns the token service in a challenge, if it is permitted.
   *
   * @param registry the host of the image's reference
   * @param endpoint the source of the challenge
   * @param withCredential whether a credential would be sent; without one any host is permitted
   *     that uses https and is not nearer than the registry
   * @throws CallException if it is not permitted; nothing was sent then
   */
  public Realm check(
      String registry, RegistryEndpoint endpoint, AuthChallenge challenge, boolean withCredential)
      throws CallException {
    var address = address(challenge.parameter("realm"), endpoint);
    var realm = address.origin();
    boolean plainToo = !endpoint.site().isSecure() && plain.allows(realm);
    if (!realm.isSecure() && !plainToo) {
      throw CallException.refused(
          "%s names a token realm without https (%s)".formatted(endpoint.who(), realm));
    }
    boolean own =
        realm.host().equals(endpoint.site().host()) && realm.port() == endpoint.site().port();
    boolean listed = lists(configured.get(registry), realm);
    if (withCredential && !own && !listed && !lists(SHIPPED.get(registry), realm)) {
      throw CallException.refused(
          "%s names a token realm on another host, %s; list it in daemon.registryClient.realms for"
                  .formatted(endpoint.who(), realm.authority())
              + " "
              + registry
              + " if the credential may go there");
    }
    var nearest = endpoint.reach();
    if (listed && nearest == NetworkZone.PUBLIC) {
      nearest = NetworkZone.PRIVATE; // a configured realm may be in a private network
    }
    return new Realm(address, nearest);
  }

  private static HttpAddress address(@Nullable String realm, RegistryEndpoint endpoint)
      throws CallException {
    if (realm == null) {
      throw CallException.refused(endpoint.who() + " names no token realm");
    }
    boolean fragment = realm.indexOf('#') >= 0;
    var address = fragment ? null : HttpAddress.parse(realm);
    if (address == null) {
      throw CallException.refused(
          "%s names a token realm that is %s"
              .formatted(
                  endpoint.who(),
                  fragment ? "an address with a fragment" : HttpAddress.fault(realm)));
    }
    return address;
  }

  private static boolean lists(@Nullable Set<String> hosts, Origin realm) {
    return hosts != null
        && (hosts.contains(realm.authority()) || hosts.contains(realm.host() + ":" + realm.port()));
  }
}
