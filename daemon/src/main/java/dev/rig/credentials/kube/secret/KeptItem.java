package dev.rig.credentials.kube.secret;

/** What is kept up to date, one at a time. */
sealed interface KeptItem {
  String namespace();

  String name();

  /** A Capsule, with the Secret that it pulls with. */
  record OfCapsule(String namespace, String name) implements KeptItem {
    /** Returns its pull secret's name. */
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

  /** A namespace of a group, with the Secret that its service accounts pull with. */
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
