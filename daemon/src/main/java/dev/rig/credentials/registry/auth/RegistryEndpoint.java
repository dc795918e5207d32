package dev.rig.credentials.registry.auth;

import dev.rig.credentials.net.AuthChallenge;
import dev.rig.credentials.net.NetworkZone;
import dev.rig.credentials.net.Origin;
import java.util.List;

/**
 * The endpoint of a registry, and how to authenticate.
 *
 * @param site its origin
 * @param challenges the response without a credential; empty if none is required
 * @param reach the zone of its address
 */
public record RegistryEndpoint(Origin site, List<AuthChallenge> challenges, NetworkZone reach) {
  public RegistryEndpoint {
    challenges = List.copyOf(challenges);
  }

  /** Returns the registry's name, for people. */
  public String who() {
    return site.authority();
  }
}
