package dev.rig.credentials.broker;

import dev.rig.credentials.config.ServiceAccountUse;
import dev.rig.credentials.credential.CredentialSource;
import dev.rig.credentials.image.ImageReference;
import dev.rig.credentials.image.RegistryPrefix;
import org.jspecify.annotations.Nullable;

/**
 * A registry entry as the broker needs it, which is also what a lease is held for. Two are equal if
 * registry and fingerprint are: then they share their leases, also across a reload.
 *
 * @param prefix what it answers for
 * @param registry the registry that its leases are for: the prefix, with the host that was asked
 *     for in place of a glob
 * @param source where its credential comes from
 * @param fingerprint changes with anything that the credential depends on; no secret can be read
 *     from it
 * @param scope what it answers for besides
 * @param serviceAccount what it does with the service-account token of a kubelet's request
 * @param origin where it is configured, for people
 */
public record BrokerEntry(
    RegistryPrefix prefix,
    String registry,
    CredentialSource source,
    String fingerprint,
    EntryScope scope,
    ServiceAccountUse serviceAccount,
    String origin) {

  /** The helper's name that always gets this entry; null for none. */
  public @Nullable String alias() {
    return scope.alias();
  }

  /** Whether it also answers questions that name only its host. */
  public boolean isDefault() {
    return scope.isDefault();
  }

  /** Whether its credential stands in the configuration: nothing has to be fetched or kept. */
  public boolean isStatic() {
    return source.kind().equals("static");
  }

  /** This entry for the registry of an image: itself, unless its host is a glob. */
  BrokerEntry at(ImageReference reference) {
    return prefix.isGlob() ? at(registryOf(reference)) : this;
  }

  /** The registry of an image that its source is asked for, as host and path. */
  public String registryOf(ImageReference reference) {
    return prefix.isGlob()
        ? new RegistryPrefix(reference.host(), prefix.path()).toString()
        : registry;
  }

  BrokerEntry at(String other) {
    return new BrokerEntry(prefix, other, source, fingerprint, scope, serviceAccount, origin);
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof BrokerEntry entry
        && registry.equals(entry.registry)
        && prefix.equals(entry.prefix)
        && fingerprint.equals(entry.fingerprint);
  }

  @Override
  public int hashCode() {
    return 31 * registry.hashCode() + fingerprint.hashCode();
  }
}
