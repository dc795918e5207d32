package dev.rig.credentials.kube;

import dev.rig.credentials.credential.Secret;
import dev.rig.credentials.testing.kube.FakeKubernetes;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import java.util.Map;
import org.jspecify.annotations.NullUnmarked;

/**
 * The fake API server through fabric8's client, except for watches: changes arrive before the write
 * returns, so that a test controls the order.
 */
@NullUnmarked
public final class DirectApi extends Fabric8Api {
  private static final KubernetesSerialization JSON = new KubernetesSerialization();

  private final FakeKubernetes kubernetes;

  public DirectApi(FakeKubernetes kubernetes) {
    super(new ConfiguredAccess(kubernetes.url(), null, Secret.of("api-token")));
    this.kubernetes = kubernetes;
  }

  @Override
  public <T> ObjectWatch watch(Watched<T> kind, String namespace, WatchListener<T> listener) {
    return watch(kind, kind.source(), namespace, listener);
  }

  private <R extends HasMetadata, T> ObjectWatch watch(
      Watched<T> kind, Watched.Source<R, T> source, String namespace, WatchListener<T> listener) {
    var watch = new Watch<>(kind, source, namespace == null ? "" : namespace, listener);
    watch.connect();
    listener.caughtUp();
    return watch;
  }

  /** Like an informer, it continues when the server ends it, and fails when that is rejected. */
  private final class Watch<R extends HasMetadata, T>
      implements ObjectWatch, FakeKubernetes.Direct {
    private final Watched<T> kind;
    private final Watched.Source<R, T> source;
    private final String namespace;
    private final WatchListener<T> listener;
    private FakeKubernetes.DirectWatch open;
    private int turns;

    Watch(
        Watched<T> kind, Watched.Source<R, T> source, String namespace, WatchListener<T> listener) {
      this.kind = kind;
      this.source = source;
      this.namespace = namespace;
      this.listener = listener;
    }

    void connect() {
      try {
        open =
            kubernetes.watch(
                kind.plural().equals("capsules") ? "rig.dev" : "",
                kind.plural(),
                namespace,
                kind.plural().equals("secrets")
                    ? Map.of(
                        "labelSelector", SecretAnnotations.LABEL + "=" + SecretAnnotations.MANAGER)
                    : Map.of(),
                this);
      } catch (RuntimeException e) {
        throw new KubeApiException(
            e.getMessage().contains("forbidden")
                ? KubeApiException.KubeFailureKind.REFUSED
                : KubeApiException.KubeFailureKind.AWAY,
            "cannot watch " + kind.plural() + ": " + e.getMessage());
      }
    }

    @Override
    public void present(Map<String, Object> object) {
      source.reads().apply(JSON.convertValue(object, source.type())).ifPresent(listener::present);
    }

    @Override
    public void absent(String ofNamespace, String name) {
      listener.absent(ofNamespace, name);
    }

    @Override
    public void end() {
      try {
        connect();
      } catch (KubeApiException e) {
        if (e.kind() == KubeApiException.KubeFailureKind.REFUSED) {
          listener.failed(e);
        }
      }
    }

    @Override
    public String progress() {
      if (!open.hangs()) {
        turns++;
      }
      return String.valueOf(turns);
    }

    @Override
    public boolean isConnected() {
      return open.isOpen();
    }

    @Override
    public void close() {
      open.close();
    }
  }
}
