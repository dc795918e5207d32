package dev.rig.credentials.kube;

import dev.rig.credentials.credential.Secret;
import java.util.Map;

/** Runs a cluster's script. */
@FunctionalInterface
public interface CredentialScript {
  /**
   * Runs the script to its end, for at most 30 s.
   *
   * @return its output, never for a log
   * @throws PullSecretException if it failed; the message does not contain the output
   */
  byte[] run(String cluster, Secret script, Map<String, String> environment);
}
