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

  /** After that time without a failure, the next one counts as the first. */
  private static final Duration RECENT = Duration.ofMinutes(5);

  /**
   * A run without use.
   *
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
    if (held != null && !isOver()) {
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
    if (isOver()) {
      failed(1, "its script printed a credential that is over, or that is about to end");
    }
    return access;
  }

  private boolean isOver() {
    return until != null && !time.now().isBefore(until.minus(MARGIN));
  }

  private ExecCredential run() {
    var last = failure;
    if (last != null && time.nanos() - last.atNanos < last.pauseNanos) {
      throw new PullSecretException(
          last.cause.reason(), last.cause.getMessage() + "; it runs again within two minutes");
    }
    try {
      return ExecCredential.parse(scripts.run(cluster, script, ENVIRONMENT));
    } catch (PullSecretException e) {
      failed(0, e);
      throw e;
    }
  }

  /**
   * Determines when the script may run again.
   *
   * @param free the number of failures in succession that cause no pause
   */
  private void failed(int free, PullSecretException cause) {
    var last = failure;
    long now = time.nanos();
    boolean again = last != null && now - last.atNanos < RECENT.toNanos();
    int number = last != null && again ? last.number + 1 : 1;
    var pause =
        number > free ? BACKOFF.pause(number - free, ThreadLocalRandom.current()) : Duration.ZERO;
    failure = new Failure(cause, number, now, pause.toNanos());
  }

  private void failed(int free, String problem) {
    failed(free, new PullSecretException(PullSecretException.Reason.CLUSTER, problem));
  }

  @Override
  public void rejected() {
    if (cached != null) {
      cached = null;
      if (!isOver()) {
        failed(1, "the cluster rejects what its script printed");
      }
    }
  }
}
