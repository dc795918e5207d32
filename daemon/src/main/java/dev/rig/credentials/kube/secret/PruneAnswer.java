package dev.rig.credentials.kube.secret;

import java.util.List;

/**
 * The pull secrets that nobody wants any more.
 *
 * @param removed whether they are gone now
 * @param kept how many of ours are wanted
 */
public record PruneAnswer(String cluster, boolean removed, List<Unwanted> secrets, int kept) {
  /**
   * One of them.
   *
   * @param reason for people
   */
  public record Unwanted(String namespace, String name, String reason) {}

  public PruneAnswer {
    secrets = List.copyOf(secrets);
  }
}
