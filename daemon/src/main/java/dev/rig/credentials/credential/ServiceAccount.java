package dev.rig.credentials.credential;

/**
 * A Kubernetes service account. The uid distinguishes it from a later account with the same name.
 *
 * @param namespace never empty
 * @param name never empty
 * @param uid never empty
 */
public record ServiceAccount(String namespace, String name, String uid) {
  /**
   * Validates the parts.
   *
   * @throws IllegalArgumentException if a part is empty
   */
  public ServiceAccount {
    if (namespace.isEmpty() || name.isEmpty() || uid.isEmpty()) {
      throw new IllegalArgumentException("a service account has a namespace, a name and a uid");
    }
  }
}
