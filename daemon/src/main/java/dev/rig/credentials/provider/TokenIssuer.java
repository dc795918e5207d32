package dev.rig.credentials.provider;

import dev.rig.credentials.credential.Credential;
import dev.rig.credentials.credential.SourceRequest;
import java.time.Instant;

/** Asks a provider for credentials. */
@FunctionalInterface
interface TokenIssuer {
  /**
   * A credential with the end that the provider states.
   *
   * @param expiresAt {@link dev.rig.credentials.credential.Lease#NEVER} if it states none
   */
  record IssuedCredential(Credential credential, Instant expiresAt) {}

  /**
   * Asks for a credential; blocks, and ends soon after an interrupt.
   *
   * @throws dev.rig.credentials.credential.SourceException if there is none
   */
  IssuedCredential issue(SourceRequest request) throws InterruptedException;
}
