package dev.rig.credentials.credential;

/**
 * A Kubernetes service account. The uid tells it from a later one of the same name.
 *
 * @param namespace never empty
 * @param name never empty
 * @param uid never empty
 */
public record ServiceAccount(String namespace, String name, String uid) {
  /**
   * A service account.
   *
   * @throws IllegalArgumentException when a part is empty
   */
  public ServiceAccount {
    if (namespace.isEmpty() || name.isEmpty() || uid.isEmpty()) {
      throw new IllegalArgumentException("a service account has a namespace, a name and a uid");
    }
  }
}
