package dev.rig.credentials.registry;

import java.util.List;

/**
 * Where a registry answers, and how it wants to be authenticated to.
 *
 * @param site where
 * @param challenges what it answered without a credential; empty where it wanted none
 * @param reach from how far away it is reached
 */
record Endpoint(Site site, List<Challenge> challenges, Reach reach) {
  Endpoint {
    challenges = List.copyOf(challenges);
  }

  /** The registry, for people. */
  String who() {
    return site.authority();
  }

  /** For what an answer of it names. */
  AddressRule elsewhere() {
    return new AddressRule(reach);
  }
}
