package dev.rig.credentials.provider;

import dev.rig.credentials.credential.Credential;
import dev.rig.credentials.credential.SourceRequest;
import java.time.Instant;

/** Requests credentials from a provider. */
@FunctionalInterface
interface TokenIssuer {
  /**
   * A credential with the provider's expiry.
   *
   * @param expiresAt {@link dev.rig.credentials.credential.Lease#NEVER} if the provider states none
   */
  record IssuedCredential(Credential credential, Instant expiresAt) {}

  /**
   * Requests a credential; blocks, and ends soon after an interrupt.
   *
   * @throws dev.rig.credentials.credential.SourceException if no credential is available
   */
  IssuedCredential issue(SourceRequest request) throws InterruptedException;
}
