package dev.rig.credentials.kube;

import dev.rig.credentials.kube.KubeApiException.KubeFailureKind;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.jdkhttp.JdkHttpClientFactory;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * fabric8's client for one cluster. It is created at the first request, and again when the access
 * to the cluster changes in more than its token, which every request reads here.
 *
 * <p>Used by several threads.
 */
final class KubeClient implements AutoCloseable {
  private static final int CONNECT_MILLIS = 5_000;
  private static final int REQUEST_MILLIS = 10_000;
  private static final int RECONNECT_MILLIS = 500;
  private static final int LONGEST_MESSAGE = 300;

  private final ClusterAccessSource access;
  private final InformerWatch.WatchRequests watches = new InformerWatch.WatchRequests();
  private volatile @Nullable ClusterAccess used;
  private @Nullable KubernetesClient client; // guarded by this, as the access is

  KubeClient(ClusterAccessSource access) {
    this.access = access;
  }

  /**
   * Performs a request.
   *
   * @param what for the message: {@code list secrets}
   */
  <T> T asking(String what, Function<KubernetesClient, T> request) {
    try {
      return request.apply(client());
    } catch (KubernetesClientException e) {
      throw failure(what, e);
    } catch (PullSecretException e) {
      throw new KubeApiException(KubeFailureKind.AWAY, String.valueOf(e.getMessage()));
    }
  }

  /** Converts a failure; a rejected credential is not used again. */
  KubeApiException failure(String what, Throwable thrown) {
    Throwable cause = thrown;
    while (cause.getCause() != null && !(cause instanceof KubernetesClientException)) {
      cause = cause.getCause();
    }
    if (!(cause instanceof KubernetesClientException e)) {
      return new KubeApiException(KubeFailureKind.AWAY, "cannot " + what + ": " + cause);
    }
    var kind =
        switch (e.getCode()) {
          case 401 -> KubeFailureKind.UNAUTHORIZED;
          case 409 ->
              hasCause(e, "FieldManagerConflict")
                  ? KubeFailureKind.FIELD_CONFLICT
                  : KubeFailureKind.CONFLICT;
          case 403 ->
              hasCause(e, "NamespaceTerminating")
                  ? KubeFailureKind.ENDING
                  : KubeFailureKind.REFUSED;
          case 0, 429 -> KubeFailureKind.AWAY;
          default -> e.getCode() >= 500 ? KubeFailureKind.AWAY : KubeFailureKind.REFUSED;
        };
    if (kind == KubeFailureKind.UNAUTHORIZED) {
      synchronized (this) {
        access.rejected();
      }
    }
    return new KubeApiException(kind, "cannot " + what + ": " + reason(e));
  }

  /** Returns the requests of this cluster's watches. */
  InformerWatch.WatchRequests watches() {
    return watches;
  }

  private static boolean hasCause(KubernetesClientException e, String reason) {
    var status = e.getStatus();
    return status != null
        && status.getDetails() != null
        && status.getDetails().getCauses() != null
        && status.getDetails().getCauses().stream()
            .anyMatch(cause -> reason.equals(cause.getReason()));
  }

  private synchronized KubernetesClient client() {
    var wanted = access.current();
    var open = client;
    var before = used;
    used = wanted;
    if (open != null && before != null && wanted.sameBesidesToken(before)) {
      return open;
    }
    if (open != null) {
      open.close();
    }
    // Config.empty: nothing is read from a kubeconfig, the environment or system properties.
    var builder =
        new ConfigBuilder(Config.empty())
            .withMasterUrl(wanted.url())
            .withCaCertData(base64(wanted.certificateAuthority()))
            .withClientCertData(base64(wanted.clientCertificate()))
            .withClientKeyData(
                wanted.clientKey() == null ? null : base64(wanted.clientKey().reveal()))
            .withConnectionTimeout(CONNECT_MILLIS)
            .withRequestTimeout(REQUEST_MILLIS)
            .withRequestRetryBackoffLimit(0)
            .withWatchReconnectInterval(RECONNECT_MILLIS)
            .withHttp2Disable(true)
            .withUserAgent(SecretAnnotations.MANAGER);
    if (wanted.token() != null) {
      builder = builder.withOauthTokenProvider(this::token);
    }
    var made =
        new KubernetesClientBuilder()
            .withConfig(builder.build())
            .withHttpClientFactory(new JdkHttpClientFactory())
            .withHttpClientBuilderConsumer(http -> http.addOrReplaceInterceptor("watches", watches))
            .build();
    client = made;
    return made;
  }

  private @Nullable String token() {
    var now = used;
    return now == null || now.token() == null ? null : now.token().reveal();
  }

  private static @Nullable String base64(@Nullable String pem) {
    return pem == null
        ? null
        : Base64.getEncoder().encodeToString(pem.getBytes(StandardCharsets.US_ASCII));
  }

  /**
   * Returns the server's message, which never contains a Secret's data, or the transport's error.
   */
  private String reason(KubernetesClientException e) {
    var status = e.getStatus();
    if (status != null && status.getMessage() != null) {
      var line = status.getMessage().replaceAll("\\p{Cntrl}+", " ").strip();
      return e.getCode()
          + " "
          + (line.length() <= LONGEST_MESSAGE ? line : line.substring(0, LONGEST_MESSAGE) + "…");
    }
    if (e.getCode() > 0) {
      return "status " + e.getCode();
    }
    Throwable root = e;
    while (root.getCause() != null) {
      root = root.getCause();
    }
    var asked = used; // its url contains no login: ConfiguredAccess rejects it
    return "the API server%s does not answer (%s)"
        .formatted(asked == null ? "" : " " + asked.url(), root.getClass().getSimpleName());
  }

  @Override
  public synchronized void close() {
    var open = client;
    client = null;
    used = null;
    if (open != null) {
      open.close();
    }
  }
}
