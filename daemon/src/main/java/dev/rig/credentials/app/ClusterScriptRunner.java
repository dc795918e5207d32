package dev.rig.credentials.app;

import dev.rig.credentials.credential.Secret;
import dev.rig.credentials.kube.CredentialScript;
import dev.rig.credentials.kube.PullSecretException;
import dev.rig.credentials.source.process.ProcessOutcome;
import dev.rig.credentials.source.process.ProcessOutcome.CouldNotStart;
import dev.rig.credentials.source.process.ProcessOutcome.Exited;
import dev.rig.credentials.source.process.ProcessOutcome.Flooded;
import dev.rig.credentials.source.process.ProcessOutcome.Stopped;
import dev.rig.credentials.source.process.ProcessOutcome.TimedOut;
import dev.rig.credentials.source.process.ProcessRunner;
import dev.rig.credentials.source.process.ProcessSpec;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.Map;

/** Runs the credential scripts of clusters with the process runner. */
final class ClusterScriptRunner implements CredentialScript {
  private static final Logger LOG = System.getLogger(ClusterScriptRunner.class.getName());
  private static final Duration TIMEOUT = Duration.ofSeconds(30);

  private final ProcessRunner runner;

  ClusterScriptRunner(ProcessRunner runner) {
    this.runner = runner;
  }

  @Override
  public byte[] run(String cluster, Secret script, Map<String, String> environment) {
    var outcome = runner.run(ProcessSpec.script(script.reveal(), environment, TIMEOUT)).join();
    if (outcome.ending() instanceof Exited(int status) && status == 0) {
      return outcome.stdout();
    }
    var reason = reason(outcome);
    // Standard error can contain the token, so only its number of lines is logged.
    LOG.log(
        Level.WARNING,
        "the script of cluster {0} failed: {1}; {2} lines of stderr",
        cluster,
        reason,
        outcome.stderr().size());
    throw new PullSecretException(PullSecretException.Reason.CLUSTER, "its script " + reason);
  }

  private static String reason(ProcessOutcome outcome) {
    return switch (outcome.ending()) {
      case Exited(int status) -> "exited with status " + status;
      case TimedOut(var after) -> "was stopped after " + after.toSeconds() + " s";
      case Flooded(int limit) -> "printed more than " + limit / 1024 + " KiB and was stopped";
      case Stopped _ -> "was stopped before its end";
      case CouldNotStart(var why) -> "could not be started: " + why;
    };
  }
}
