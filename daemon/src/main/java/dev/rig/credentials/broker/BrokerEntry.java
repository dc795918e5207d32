package dev.rig.credentials.broker;

import dev.rig.credentials.config.ServiceAccountUse;
import dev.rig.credentials.config.SourcePosition;
import dev.rig.credentials.credential.CredentialSource;
import dev.rig.credentials.image.ImageReference;
import dev.rig.credentials.image.RegistryPrefix;
import org.jspecify.annotations.Nullable;

/**
 * A registry entry of the broker, which is also the cache's key. Two are equal if registry and
 * fingerprint are equal; then they share their leases, also across a reload.
 *
 * @param prefix the images that it answers for
 * @param registry the registry of its leases: the prefix, with the requested host in place of a
 *     glob
 * @param source the source of its credential
 * @param fingerprint changes with everything that the credential depends on; reveals no secret
 * @param scope what it answers for in addition
 * @param serviceAccount the use of the service-account token in a kubelet's request
 * @param origin the location in the configuration, shown to people
 */
public record BrokerEntry(
    RegistryPrefix prefix,
    String registry,
    CredentialSource source,
    String fingerprint,
    EntryScope scope,
    ServiceAccountUse serviceAccount,
    SourcePosition origin) {

  /** Returns the helper name that always selects this entry; null if absent. */
  public @Nullable String alias() {
    return scope.alias();
  }

  /** Returns whether the entry also answers requests that name only its host. */
  public boolean isDefault() {
    return scope.isDefault();
  }

  /**
   * Returns whether the configuration contains the credential, so that nothing is fetched or saved.
   */
  public boolean isStatic() {
    return source.kind().equals("static");
  }

  /** Returns this entry for the registry of an image: itself, unless its host is a glob. */
  BrokerEntry at(ImageReference reference) {
    return prefix.isGlob() ? at(registryOf(reference)) : this;
  }

  /** Returns the registry for which the source gives a credential, as host and path. */
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
