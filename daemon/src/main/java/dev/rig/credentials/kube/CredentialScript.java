package dev.rig.credentials.kube;

import dev.rig.credentials.credential.Secret;
import java.util.Map;

/** Runs a cluster's script, as every script of this daemon is run. */
@FunctionalInterface
public interface CredentialScript {
  /**
   * Runs it to its end, which takes 30 s at the most.
   *
   * @return what it printed, never for a log
   * @throws PullSecretException when it failed; the message says how, without what it printed
   */
  byte[] run(String cluster, Secret script, Map<String, String> environment);
}
