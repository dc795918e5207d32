package dev.rig.credentials.registry.auth;

import dev.rig.credentials.net.AuthChallenge;
import dev.rig.credentials.net.NetworkZone;
import dev.rig.credentials.net.Origin;
import java.util.List;

/**
 * Where a registry answers, and how it wants to be authenticated to.
 *
 * @param site where
 * @param challenges what it answered without a credential; empty where it wanted none
 * @param reach from how far away it is reached
 */
public record RegistryEndpoint(Origin site, List<AuthChallenge> challenges, NetworkZone reach) {
  public RegistryEndpoint {
    challenges = List.copyOf(challenges);
  }

  /** The registry, for people. */
  public String who() {
    return site.authority();
  }
}
