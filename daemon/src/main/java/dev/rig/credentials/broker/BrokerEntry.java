package dev.rig.credentials.broker;

import dev.rig.credentials.config.ServiceAccountUse;
import dev.rig.credentials.credential.CredentialSource;
import dev.rig.credentials.image.ImageReference;
import dev.rig.credentials.image.RegistryPrefix;
import org.jspecify.annotations.Nullable;

/**
 * A registry entry as the broker needs it. Two are equal when prefix and fingerprint are: then they
 * share their leases, also across a reload.
 *
 * @param prefix what it answers for
 * @param source where its credential comes from
 * @param fingerprint changes with anything that the credential depends on; no secret can be read
 *     from it
 * @param alias the helper's name that always gets this entry; null for none
 * @param isDefault whether it also answers questions that name only its host
 * @param serviceAccount what it does with the service-account token of a kubelet's request
 * @param origin where it is configured, for people
 */
public record BrokerEntry(
    RegistryPrefix prefix,
    CredentialSource source,
    String fingerprint,
    @Nullable String alias,
    boolean isDefault,
    ServiceAccountUse serviceAccount,
    String origin) {

  /** Whether its credential stands in the configuration: nothing has to be fetched or kept. */
  public boolean isStatic() {
    return source.kind().equals("static");
  }

  /** The registry that a lease is for: the prefix, with the host asked for in place of a glob. */
  String registry(ImageReference reference) {
    return prefix.isGlob()
        ? new RegistryPrefix(reference.host(), prefix.path()).toString()
        : prefix.toString();
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof BrokerEntry entry
        && prefix.equals(entry.prefix)
        && fingerprint.equals(entry.fingerprint);
  }

  @Override
  public int hashCode() {
    return 31 * prefix.hashCode() + fingerprint.hashCode();
  }
}
