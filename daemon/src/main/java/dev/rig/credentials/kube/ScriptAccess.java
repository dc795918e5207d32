package dev.rig.credentials.kube;

import dev.rig.credentials.credential.Secret;
import dev.rig.credentials.time.Backoff;
import dev.rig.credentials.time.Time;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/**
 * The access by a cluster's {@code script}, which prints an {@code ExecCredential}. Its output is
 * used until shortly before its expiry, or until the cluster rejects it. A script that fails runs
 * again only after a growing pause, because watches ask for the access every few seconds.
 */
final class ScriptAccess implements ClusterAccessSource {
  /** The variable that client-go sets for such a program: KEP-541. */
  private static final Map<String, String> ENVIRONMENT =
      Map.of(
          "KUBERNETES_EXEC_INFO",
          "{\"apiVersion\":\"client.authentication.k8s.io/v1\",\"kind\":\"ExecCredential\","
              + "\"spec\":{\"interactive\":false}}");

  /** A margin, so that a token does not expire before a request arrives. */
  private static final Duration MARGIN = Duration.ofSeconds(10);

  private static final Backoff BACKOFF = new Backoff(Duration.ofSeconds(4), Duration.ofMinutes(2));

  /**
   * @param pauseNanos how long its message is repeated instead of another run
   */
  private record Failure(PullSecretException cause, int number, long atNanos, long pauseNanos) {}

  private final String cluster;
  private final String url;
  private final @Nullable String certificateAuthority;
  private final Secret script;
  private final CredentialScript scripts;
  private final Time time;
  private @Nullable ClusterAccess cached;
  private @Nullable Instant until;
  private @Nullable Failure failure;

  ScriptAccess(
      String cluster,
      String url,
      @Nullable String certificateAuthority,
      Secret script,
      CredentialScript scripts,
      Time time) {
    this.cluster = cluster;
    this.url = url;
    this.certificateAuthority = certificateAuthority;
    this.script = script;
    this.scripts = scripts;
    this.time = time;
  }

  @Override
  public ClusterAccess current() {
    var held = cached;
    if (held != null && (until == null || time.now().isBefore(until.minus(MARGIN)))) {
      return held;
    }
    var address = ConfiguredAccess.url(url);
    var authority = ConfiguredAccess.pem(certificateAuthority);
    var printed = run();
    var access =
        new ClusterAccess(
            address, authority, printed.token(), printed.clientCertificate(), printed.clientKey());
    cached = access;
    until = printed.expiresAt();
    return access;
  }

  private ExecCredential run() {
    var last = failure;
    if (last != null && time.nanos() - last.atNanos < last.pauseNanos) {
      throw new PullSecretException(
          last.cause.reason(), last.cause.getMessage() + "; it runs again within two minutes");
    }
    try {
      var printed = ExecCredential.parse(scripts.run(cluster, script, ENVIRONMENT));
      failure = null;
      return printed;
    } catch (PullSecretException e) {
      int number = last == null ? 1 : last.number + 1;
      var pause = BACKOFF.pause(number, ThreadLocalRandom.current());
      failure = new Failure(e, number, time.nanos(), pause.toNanos());
      throw e;
    }
  }

  @Override
  public void rejected() {
    cached = null;
  }
}
