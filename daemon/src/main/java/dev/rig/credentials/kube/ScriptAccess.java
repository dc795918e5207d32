package dev.rig.credentials.kube;

import dev.rig.credentials.credential.Secret;
import dev.rig.credentials.time.Time;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The access by a cluster's {@code script}, which prints an {@code ExecCredential}. Its output is
 * used until shortly before its expiry, or until the cluster rejects it.
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

  private final String cluster;
  private final String url;
  private final @Nullable String certificateAuthority;
  private final Secret script;
  private final CredentialScript scripts;
  private final Time time;
  private @Nullable ClusterAccess cached;
  private @Nullable Instant until;

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
    var printed = ExecCredential.parse(scripts.run(cluster, script, ENVIRONMENT));
    var access =
        new ClusterAccess(
            address, authority, printed.token(), printed.clientCertificate(), printed.clientKey());
    cached = access;
    until = printed.expiresAt();
    return access;
  }

  @Override
  public void rejected() {
    cached = null;
  }
}
