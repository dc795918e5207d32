package dev.rig.credentials.kube;

import dev.rig.credentials.json.JsonForm;
import dev.rig.credentials.json.JsonWriter;
import dev.rig.credentials.kube.GroupObjects.PendingPod;
import dev.rig.credentials.kube.GroupObjects.PullingAccount;
import io.fabric8.kubernetes.api.model.EventBuilder;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.api.model.ObjectReferenceBuilder;
import io.fabric8.kubernetes.api.model.coordination.v1.Lease;
import io.fabric8.kubernetes.api.model.coordination.v1.LeaseBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.Resource;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.fabric8.kubernetes.client.dsl.base.ResourceDefinitionContext;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Sends requests to a cluster's API server through fabric8's client. Several threads may use it.
 */
public class Fabric8Api implements KubeApi {
  private static final int LONGEST_NOTE = 1024;

  private static final ResourceDefinitionContext CAPSULES =
      Workloads.context(Rollouts.WorkloadKind.CAPSULE);

  private final KubeClient client;

  public Fabric8Api(ClusterAccessSource access) {
    this.client = new KubeClient(access);
  }

  @Override
  public <T> ObjectWatch watch(
      Watched<T> kind, @Nullable String namespace, WatchListener<T> listener) {
    var what = "watch " + kind.plural() + (namespace == null ? "" : " in namespace " + namespace);
    return client.asking(
        what,
        kubernetes ->
            kind.source()
                .open(
                    kubernetes,
                    namespace,
                    listener,
                    thrown -> client.failure(what, thrown),
                    client.watches().of(kind.plural(), namespace)));
  }

  @Override
  public List<PullSecret> secrets(@Nullable String namespace) {
    return client.asking(
        "list secrets",
        kubernetes -> {
          var secrets = kubernetes.secrets();
          var there = namespace == null ? secrets.inAnyNamespace() : secrets.inNamespace(namespace);
          return there
              .withLabel(SecretAnnotations.LABEL, SecretAnnotations.MANAGER)
              .list()
              .getItems()
              .stream()
              .filter(SecretObjects::isOurs)
              .map(SecretObjects::read)
              .toList();
        });
  }

  /** Uses a list request, so that the right to get any Secret is not required. */
  @Override
  public Optional<Occupant> secret(String namespace, String name) {
    return client.asking(
        "list secrets",
        kubernetes ->
            kubernetes
                .secrets()
                .inNamespace(namespace)
                .withField("metadata.name", name)
                .list()
                .getItems()
                .stream()
                .findFirst()
                .map(found ->
                    SecretObjects.isOurs(found)
                        ? new Ours(SecretObjects.read(found))
                        : new Foreign()));
  }

  @Override
  public PullSecret apply(PullSecret secret, boolean force) {
    return client.asking(
        "apply secret " + secret.path(),
        kubernetes -> {
          return SecretObjects.read(
              kubernetes
                  .secrets()
                  .inNamespace(secret.namespace())
                  .resource(SecretObjects.written(secret))
                  .patch(patch(PatchType.SERVER_SIDE_APPLY, SecretAnnotations.MANAGER, force)));
        });
  }

  @Override
  public void delete(PullSecret secret) {
    var version = Objects.requireNonNull(secret.version());
    client.asking(
        "delete secret " + secret.path(),
        kubernetes ->
            kubernetes
                .secrets()
                .inNamespace(secret.namespace())
                .withName(secret.name())
                .lockResourceVersion(version.resourceVersion())
                .delete());
  }

  @Override
  public Optional<Capsule> capsule(String namespace, String name) {
    return client.asking(
        "get capsule " + namespace + "/" + name,
        kubernetes ->
            Optional.ofNullable(capsule(kubernetes, namespace, name).get()).map(Capsule::read));
  }

  @Override
  public void annotate(Capsule seen, String pullSecret) {
    boolean replaces = seen.pullSecret() != null;
    var written = new GenericKubernetesResource();
    written.setApiVersion(CAPSULES.getGroup() + "/" + CAPSULES.getVersion());
    written.setKind(CAPSULES.getKind());
    written.setMetadata(
        new ObjectMetaBuilder()
            .withNamespace(seen.namespace())
            .withName(seen.name())
            // With a uid, apply does not create a Capsule that was deleted in the meantime.
            .withUid(seen.uid())
            .withResourceVersion(replaces ? seen.resourceVersion() : null)
            .addToAnnotations(SecretAnnotations.CAPSULE_PULL_SECRET, pullSecret)
            .build());
    client.asking(
        "apply capsule " + seen.path(),
        kubernetes ->
            kubernetes
                .genericKubernetesResources(CAPSULES)
                .inNamespace(seen.namespace())
                .resource(written)
                .patch(patch(PatchType.SERVER_SIDE_APPLY, SecretAnnotations.MANAGER, replaces)));
  }

  /**
   * Uses a merge patch: apply would keep an annotation that an earlier version wrote by merge
   * patch.
   */
  @Override
  public void removeAnnotation(Capsule seen) {
    var patch =
        JsonWriter.text(
            JsonForm.COMPACT,
            Map.of(
                "metadata",
                Map.of(
                    "resourceVersion",
                    seen.resourceVersion(),
                    "annotations",
                    Collections.singletonMap(SecretAnnotations.CAPSULE_PULL_SECRET, null))));
    client.asking(
        "patch capsule " + seen.path(),
        kubernetes ->
            capsule(kubernetes, seen.namespace(), seen.name())
                .patch(patch(PatchType.JSON_MERGE, SecretAnnotations.MANAGER, null), patch));
  }

  private static PatchContext patch(PatchType type, String manager, @Nullable Boolean force) {
    return new PatchContext.Builder()
        .withPatchType(type)
        .withFieldManager(manager)
        .withForce(force)
        .build();
  }

  /**
   * Uses a merge patch of the whole list, whose items have no key by which apply could merge them.
   */
  @Override
  public void putPullSecrets(PullingAccount seen, List<String> pullSecrets) {
    var patch =
        JsonWriter.text(
            JsonForm.COMPACT,
            Map.of(
                "metadata",
                Map.of("resourceVersion", seen.resourceVersion()),
                "imagePullSecrets",
                pullSecrets.stream().map(name -> Map.of("name", name)).toList()));
    client.asking(
        "patch service account " + seen.path(),
        kubernetes ->
            kubernetes
                .serviceAccounts()
                .inNamespace(seen.namespace())
                .withName(seen.name())
                .patch(patch(PatchType.JSON_MERGE, SecretAnnotations.MANAGER, null), patch));
  }

  @Override
  public void delete(PendingPod pod) {
    client.asking(
        "delete pod " + pod.path(),
        kubernetes ->
            kubernetes
                .pods()
                .inNamespace(pod.namespace())
                .withName(pod.name())
                .lockResourceVersion(pod.resourceVersion())
                .delete());
  }

  @Override
  public void report(KubeEvent event) {
    var about = event.about();
    var at = event.at().truncatedTo(ChronoUnit.SECONDS).toString();
    var note =
        event.note().length() <= LONGEST_NOTE
            ? event.note()
            : event.note().substring(0, LONGEST_NOTE - 1) + "…";
    var written =
        new EventBuilder()
            .withNewMetadata()
            .withNamespace(about.namespace())
            .withName(about.name() + "." + UUID.randomUUID())
            .endMetadata()
            .withInvolvedObject(
                new ObjectReferenceBuilder()
                    .withApiVersion(about.apiVersion())
                    .withKind(about.kind())
                    .withNamespace(about.namespace())
                    .withName(about.name())
                    .withUid(about.uid())
                    .build())
            .withType("Warning")
            .withReason(event.reason())
            .withMessage(note)
            .withNewSource()
            .withComponent(SecretAnnotations.MANAGER)
            .endSource()
            .withFirstTimestamp(at)
            .withLastTimestamp(at)
            .withCount(1)
            .build();
    client.asking(
        "create event in namespace " + about.namespace(),
        kubernetes ->
            kubernetes.v1().events().inNamespace(about.namespace()).resource(written).create());
  }

  private static Resource<GenericKubernetesResource> capsule(
      KubernetesClient kubernetes, String namespace, String name) {
    return kubernetes.genericKubernetesResources(CAPSULES).inNamespace(namespace).withName(name);
  }

  @Override
  public Optional<Workload> workload(Rollouts.WorkloadKind kind, String namespace, String name) {
    return client.asking(
        "get " + kind.word() + " " + namespace + "/" + name,
        kubernetes ->
            Optional.ofNullable(
                    kubernetes
                        .genericKubernetesResources(Workloads.context(kind))
                        .inNamespace(namespace)
                        .withName(name)
                        .get())
                .map(found -> Workloads.read(kind, found)));
  }

  @Override
  public void deploy(
      Rollouts.WorkloadKind kind,
      String namespace,
      String name,
      Workload read,
      String image,
      String releases) {
    client.asking(
        "apply " + kind.word() + " " + namespace + "/" + name,
        kubernetes ->
            kubernetes
                .genericKubernetesResources(Workloads.context(kind))
                .inNamespace(namespace)
                .resource(Workloads.written(kind, namespace, name, read, image, releases))
                .patch(patch(PatchType.SERVER_SIDE_APPLY, Workloads.MANAGER, true)));
  }

  @Override
  public Optional<Rollouts.Readiness> readiness(String namespace, String name, String image) {
    try {
      return client.asking(
          "get deployment " + namespace + "/" + name,
          kubernetes ->
              Optional.ofNullable(Workloads.deployment(kubernetes, namespace, name))
                  .map(found -> Workloads.readiness(found, image)));
    } catch (KubeApiException e) {
      if (e.kind() != KubeApiException.KubeFailureKind.REFUSED) {
        throw e;
      }
      return Optional.of(podReadiness(namespace, image, e));
    }
  }

  private Rollouts.Readiness podReadiness(
      String namespace, String image, KubeApiException deploymentDenied) {
    try {
      return client.asking(
          "list pods in namespace " + namespace,
          kubernetes -> Workloads.readiness(kubernetes, namespace, image));
    } catch (KubeApiException alsoDenied) {
      deploymentDenied.addSuppressed(alsoDenied);
      throw deploymentDenied;
    }
  }

  @Override
  public List<Rollouts.PodTrouble> troubles(String namespace, String name, String image) {
    return client.asking(
        "list pods of " + namespace + "/" + name,
        kubernetes -> Workloads.troubles(kubernetes, namespace, name, image));
  }

  @Override
  public Optional<Lock> lock(String namespace, String name) {
    return client.asking(
        "get lease " + namespace + "/" + name,
        kubernetes ->
            Optional.ofNullable(kubernetes.leases().inNamespace(namespace).withName(name).get())
                .map(Fabric8Api::read));
  }

  @Override
  public void createLock(String namespace, String name, Lock lock) {
    client.asking(
        "create lease " + namespace + "/" + name,
        kubernetes ->
            kubernetes
                .leases()
                .inNamespace(namespace)
                .resource(written(namespace, name, lock))
                .create());
  }

  @Override
  public void updateLock(String namespace, String name, Lock lock) {
    client.asking(
        "update lease " + namespace + "/" + name,
        kubernetes ->
            kubernetes
                .leases()
                .inNamespace(namespace)
                .resource(written(namespace, name, lock))
                .update());
  }

  @Override
  public void close() {
    client.close();
  }

  private static Lock read(Lease lease) {
    var spec = lease.getSpec();
    return new Lock(
        spec.getHolderIdentity() == null ? "" : spec.getHolderIdentity(),
        spec.getLeaseDurationSeconds() == null
            ? LeaderElection.DURATION
            : Duration.ofSeconds(spec.getLeaseDurationSeconds()),
        spec.getAcquireTime() == null ? Instant.EPOCH : spec.getAcquireTime().toInstant(),
        spec.getRenewTime() == null ? Instant.EPOCH : spec.getRenewTime().toInstant(),
        spec.getLeaseTransitions() == null ? 0 : spec.getLeaseTransitions(),
        lease.getMetadata().getResourceVersion());
  }

  private static Lease written(String namespace, String name, Lock lock) {
    return new LeaseBuilder()
        .withNewMetadata()
        .withNamespace(namespace)
        .withName(name)
        .withResourceVersion(lock.resourceVersion())
        .addToLabels(SecretAnnotations.LABEL, SecretAnnotations.MANAGER)
        .endMetadata()
        .withNewSpec()
        .withHolderIdentity(lock.holder())
        .withLeaseDurationSeconds((int) lock.duration().toSeconds())
        .withAcquireTime(lock.acquiredAt().atZone(ZoneOffset.UTC))
        .withRenewTime(lock.renewedAt().atZone(ZoneOffset.UTC))
        .withLeaseTransitions(lock.transitions())
        .endSpec()
        .build();
  }
}
