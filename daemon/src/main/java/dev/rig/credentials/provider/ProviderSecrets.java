package dev.rig.credentials.provider;

import dev.rig.credentials.credential.Secret;

/** The secrets of an entry, which no message must show. */
public interface ProviderSecrets {
  /** The entry holds this secret for that registry. */
  void add(String registry, Secret secret);

  /** The text without any of them. */
  String redact(String text);
}
