package dev.rig.credentials.kube.secret;

/** An object whose pull secret is kept up to date. */
sealed interface KeptItem {
  String namespace();

  String name();

  /** A Capsule, with the Secret of its pods. */
  record OfCapsule(String namespace, String name) implements KeptItem {
    /** Returns the name of the Capsule's pull secret. */
    String secret() {
      return SecretNames.ofCapsule(name);
    }

    @Override
    public String toString() {
      return "Capsule " + path();
    }
  }

  /** A Secret that was requested. */
  record Requested(String namespace, String name) implements KeptItem {
    @Override
    public String toString() {
      return path();
    }
  }

  /** A namespace of a group, with the Secret of its service accounts. */
  record OfNamespace(String namespace) implements KeptItem {
    @Override
    public String name() {
      return NamespaceSecrets.NAME;
    }

    @Override
    public String toString() {
      return "namespace " + namespace;
    }
  }

  /** Returns the path, for the API and for people. */
  default String path() {
    return namespace() + "/" + name();
  }
}
