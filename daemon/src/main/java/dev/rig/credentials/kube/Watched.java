package dev.rig.credentials.kube;

import dev.rig.credentials.kube.GroupObjects.NamespaceLabels;
import dev.rig.credentials.kube.GroupObjects.PendingPod;
import dev.rig.credentials.kube.GroupObjects.PullingAccount;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.KubernetesResourceList;
import io.fabric8.kubernetes.api.model.Namespace;
import io.fabric8.kubernetes.api.model.NamespaceList;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.ServiceAccount;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.FilterWatchListDeletable;
import io.fabric8.kubernetes.client.dsl.MixedOperation;
import io.fabric8.kubernetes.client.dsl.Resource;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * A kind of watched object, and the fields that are read.
 *
 * @param <T> the fields
 */
public final class Watched<T> {
  /** All Capsules. */
  public static final Watched<Capsule> CAPSULES =
      new Watched<>(
          new Source<>(
              "capsules",
              GenericKubernetesResource.class,
              GenericKubernetesResource::new,
              kubernetes ->
                  kubernetes.genericKubernetesResources(
                      Workloads.context(Rollouts.WorkloadKind.CAPSULE)),
              UnaryOperator.identity(),
              found -> Optional.of(Capsule.read(found))));

  /** The Secrets with this daemon's label. */
  public static final Watched<PullSecret> SECRETS =
      new Watched<>(
          new Source<>(
              "secrets",
              Secret.class,
              Secret::new,
              KubernetesClient::secrets,
              all -> all.withLabel(SecretAnnotations.LABEL, SecretAnnotations.MANAGER),
              found ->
                  SecretObjects.isOurs(found)
                      ? Optional.of(SecretObjects.read(found))
                      : Optional.empty()));

  /** All namespaces. */
  public static final Watched<NamespaceLabels> NAMESPACES =
      new Watched<>(
          new Source<>(
              "namespaces",
              Namespace.class,
              Namespace::new,
              kubernetes -> kubernetes.resources(Namespace.class, NamespaceList.class),
              UnaryOperator.identity(),
              found -> Optional.of(NamespaceLabels.read(found))));

  /** All service accounts. */
  public static final Watched<PullingAccount> SERVICE_ACCOUNTS =
      new Watched<>(
          new Source<>(
              "serviceaccounts",
              ServiceAccount.class,
              ServiceAccount::new,
              KubernetesClient::serviceAccounts,
              UnaryOperator.identity(),
              found -> Optional.of(PullingAccount.read(found))));

  /** The pods that have not started. */
  public static final Watched<PendingPod> PENDING_PODS =
      new Watched<>(
          new Source<>(
              "pods",
              Pod.class,
              Pod::new,
              KubernetesClient::pods,
              all -> all.withField("status.phase", "Pending"),
              found -> Optional.of(PendingPod.read(found))));

  /**
   * The API of the objects.
   *
   * @param plural the resource's name in the API
   * @param blank an object without content
   * @param selected selects the objects to watch
   * @param reads reads an object; empty for one that is not of this kind
   */
  record Source<R extends HasMetadata, T>(
      String plural,
      Class<R> type,
      Supplier<R> blank,
      Function<
              KubernetesClient,
              MixedOperation<R, ? extends KubernetesResourceList<R>, ? extends Resource<R>>>
          all,
      UnaryOperator<
              FilterWatchListDeletable<
                  R, ? extends KubernetesResourceList<R>, ? extends Resource<R>>>
          selected,
      Function<R, Optional<T>> reads) {
    ObjectWatch open(
        KubernetesClient kubernetes,
        @Nullable String namespace,
        WatchListener<T> listener,
        Function<Throwable, KubeApiException> failure,
        InformerWatch.WatchRequests.Collection requests) {
      var operation = all.apply(kubernetes);
      var objects =
          selected.apply(
              namespace == null ? operation.inAnyNamespace() : operation.inNamespace(namespace));
      return InformerWatch.start(this, objects, listener, failure, requests);
    }
  }

  private final Source<?, T> source;

  private Watched(Source<?, T> source) {
    this.source = source;
  }

  Source<?, T> source() {
    return source;
  }

  /** Returns the resource's name in the API. */
  public String plural() {
    return source.plural();
  }
}
