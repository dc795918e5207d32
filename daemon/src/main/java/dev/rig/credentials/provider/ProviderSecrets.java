package dev.rig.credentials.provider;

import dev.rig.credentials.credential.Secret;
import java.util.Collection;

/** The secrets of an entry, which must not appear in messages. */
public interface ProviderSecrets {
  /** Registers a secret of the entry for that registry. */
  void add(String registry, Secret secret);

  /**
   * Returns the text with all secrets redacted.
   *
   * @param also further secrets
   */
  String redact(String text, Collection<String> also);
}
