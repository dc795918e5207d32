package dev.rig.credentials.kube.secret;

import java.util.List;

/**
 * The unused pull secrets.
 *
 * @param removed whether they were removed
 * @param kept how many of this daemon's are in use
 */
public record PruneAnswer(String cluster, boolean removed, List<Unwanted> secrets, int kept) {
  /**
   * An unused pull secret.
   *
   * @param reason for people
   */
  public record Unwanted(String namespace, String name, String reason) {}

  public PruneAnswer {
    secrets = List.copyOf(secrets);
  }
}
