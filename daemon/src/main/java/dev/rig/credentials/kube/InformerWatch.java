package dev.rig.credentials.kube;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.Informable;
import io.fabric8.kubernetes.client.http.BasicBuilder;
import io.fabric8.kubernetes.client.http.HttpRequest;
import io.fabric8.kubernetes.client.http.HttpResponse;
import io.fabric8.kubernetes.client.http.Interceptor;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import io.fabric8.kubernetes.client.informers.cache.ItemStore;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import java.util.function.IntConsumer;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A watch by fabric8's informer: it lists in pages, watches with bookmarks, reconnects when the
 * server ends a watch, and lists again after 410 Gone. Any other failure ends it, so that the
 * failure is reported and the caller decides when to retry.
 */
final class InformerWatch implements ObjectWatch {
  private static final long PAGE = 500;

  /**
   * The requests of informers to one cluster. The API server ends each watch after {@link
   * #SECONDS}, and the informer continues with another request; with its default timeout an
   * informer would notice a silent connection only after ten minutes. The requests are counted, so
   * that a missing one is noticed. A rejected one is reported, because an informer only retries it,
   * less and less often.
   */
  static final class WatchRequests implements Interceptor {
    /**
     * The longest time that a watch is served. The server sends a bookmark shortly before it ends.
     */
    static final int SECONDS = 60;

    /** Statuses of temporary failures: the token is renewed, or the server is less busy later. */
    private static final Set<Integer> RETRIED = Set.of(401, 429);

    private static final Pattern TIMEOUT = Pattern.compile("\\btimeoutSeconds=\\d+");

    /** The requests for one kind of object, in one namespace or in all. */
    static final class Collection {
      private final AtomicLong count = new AtomicLong();
      private volatile IntConsumer refused = status -> {};
    }

    private final Map<String, Collection> collections = new ConcurrentHashMap<>();

    /**
     * Returns the requests for a kind of object.
     *
     * @param namespace null for all
     */
    Collection of(String plural, @Nullable String namespace) {
      return of(namespace == null ? plural : "namespaces/" + namespace + "/" + plural);
    }

    private Collection of(String end) {
      return collections.computeIfAbsent(end, one -> new Collection());
    }

    private Collection of(URI uri) {
      var parts = List.of(uri.getPath().split("/", -1));
      int from = parts.size() - 3;
      boolean inNamespace = from > 0 && parts.get(from).equals("namespaces");
      return of(String.join("/", parts.subList(inNamespace ? from : from + 2, parts.size())));
    }

    private static boolean isWatch(URI uri) {
      return String.valueOf(uri.getRawQuery()).contains("watch=true");
    }

    @Override
    public void before(BasicBuilder builder, HttpRequest request, RequestTags tags) {
      var uri = request.uri();
      if (isWatch(uri)) {
        builder.uri(
            URI.create(TIMEOUT.matcher(uri.toString()).replaceFirst("timeoutSeconds=" + SECONDS)));
      } else if (!String.valueOf(uri.getRawQuery()).contains("limit=")) {
        return; // not a request of an informer
      }
      of(uri).count.incrementAndGet();
    }

    @Override
    public CompletableFuture<Boolean> afterFailure(
        BasicBuilder builder, HttpResponse<?> response, RequestTags tags) {
      int status = response.code();
      var uri = response.request().uri();
      if (status >= 400 && status < 500 && !RETRIED.contains(status) && isWatch(uri)) {
        of(uri).refused.accept(status);
      }
      return CompletableFuture.completedFuture(false);
    }
  }

  private final SharedIndexInformer<?> informer;
  private final WatchRequests.Collection requests;

  private InformerWatch(SharedIndexInformer<?> informer, WatchRequests.Collection requests) {
    this.informer = informer;
    this.requests = requests;
  }

  static <R extends HasMetadata, T> InformerWatch start(
      Watched.Source<R, T> source,
      Informable<R> objects,
      WatchListener<T> listener,
      Function<Throwable, KubeApiException> failure,
      WatchRequests.Collection requests) {
    var informer = objects.withLimit(PAGE).runnableInformer(0);
    informer.itemStore(new ObjectVersions<>(source));
    informer.exceptionHandler((started, thrown) -> false);
    informer.addEventHandler(new Events<>(source, listener));
    var _ =
        informer
            .stopped()
            .whenComplete((nothing, thrown) -> {
              if (thrown != null) {
                listener.failed(failure.apply(thrown));
              }
            });
    var started = informer.start().toCompletableFuture();
    requests.refused =
        status -> {
          if (started.isDone() && !started.isCompletedExceptionally()) {
            listener.failed(failure.apply(new KubernetesClientException("refused", status, null)));
          }
        };
    return new InformerWatch(informer, requests);
  }

  @Override
  public boolean isConnected() {
    return informer.isRunning()
        && (informer.isWatching() || informer.lastSyncResourceVersion() == null);
  }

  @Override
  public String progress() {
    return requests.count + " requests, then " + informer.lastSyncResourceVersion();
  }

  @Override
  public void close() {
    informer.stop();
  }

  private record Events<R extends HasMetadata, T>(
      Watched.Source<R, T> source, WatchListener<T> listener) implements ResourceEventHandler<R> {
    @Override
    public void onAdd(R found) {
      source.reads().apply(found).ifPresentOrElse(listener::present, () -> absent(found));
    }

    @Override
    public void onUpdate(R before, R now) {
      onAdd(now);
    }

    @Override
    public void onDelete(R last, boolean stateUnknown) {
      absent(last);
    }

    @Override
    public void onList(String resourceVersion, boolean remainedEmpty) {
      listener.caughtUp();
    }

    private void absent(R object) {
      var namespace = object.getMetadata().getNamespace();
      listener.absent(namespace == null ? "" : namespace, object.getMetadata().getName());
    }
  }

  /** Stores only the name and version of each object: the listener keeps what it needs. */
  private record ObjectVersions<R extends HasMetadata>(
      Watched.Source<R, ?> source, Map<String, R> kept) implements ItemStore<R> {
    ObjectVersions(Watched.Source<R, ?> source) {
      this(source, new ConcurrentHashMap<>());
    }

    @Override
    public String getKey(R object) {
      return object.getMetadata().getNamespace() + "/" + object.getMetadata().getName();
    }

    @Override
    public @Nullable R put(String key, R object) {
      var metadata = object.getMetadata();
      var stripped = source.blank().get();
      stripped.setMetadata(
          new ObjectMetaBuilder()
              .withNamespace(metadata.getNamespace())
              .withName(metadata.getName())
              .withResourceVersion(metadata.getResourceVersion())
              .build());
      return kept.put(key, stripped);
    }

    @Override
    public @Nullable R remove(String key) {
      return kept.remove(key);
    }

    @Override
    public Stream<String> keySet() {
      return kept.keySet().stream();
    }

    @Override
    public Stream<R> values() {
      return kept.values().stream();
    }

    @Override
    public int size() {
      return kept.size();
    }

    @Override
    public @Nullable R get(String key) {
      return kept.get(key);
    }

    @Override
    public boolean isFullState() {
      return false;
    }
  }
}
