package dev.rig.credentials.kube;

import dev.rig.credentials.json.JsonForm;
import dev.rig.credentials.json.JsonWriter;
import dev.rig.credentials.kube.KubeApiException.KubeFailureKind;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import io.fabric8.kubernetes.api.model.coordination.v1.Lease;
import io.fabric8.kubernetes.api.model.coordination.v1.LeaseBuilder;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.Resource;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.fabric8.kubernetes.client.dsl.base.ResourceDefinitionContext;
import io.fabric8.kubernetes.client.jdkhttp.JdkHttpClientFactory;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A cluster's API server through fabric8's client: the one class that touches it. A client is made
 * at the first request, and anew when the access to the cluster changes.
 *
 * <p>Used by one thread at a time.
 */
public final class Fabric8Api implements KubeApi {
  private static final int CONNECT_MILLIS = 5_000;
  private static final int REQUEST_MILLIS = 10_000;
  private static final int LONGEST_MESSAGE = 300;

  private static final ResourceDefinitionContext CAPSULES =
      new ResourceDefinitionContext.Builder()
          .withGroup("rig.dev")
          .withVersion("v1alpha2")
          .withKind("Capsule")
          .withPlural("capsules")
          .withNamespaced(true)
          .build();

  private final ClusterAccessSource access;
  private @Nullable ClusterAccess used;
  private @Nullable KubernetesClient client;

  public Fabric8Api(ClusterAccessSource access) {
    this.access = access;
  }

  @Override
  public List<PullSecret> secrets(@Nullable String namespace) {
    return asking(
        "list secrets",
        kubernetes -> {
          var secrets = kubernetes.secrets();
          var there = namespace == null ? secrets.inAnyNamespace() : secrets.inNamespace(namespace);
          return there
              .withLabel(SecretAnnotations.LABEL, SecretAnnotations.MANAGER)
              .list()
              .getItems()
              .stream()
              .filter(Fabric8Api::isOurs)
              .map(Fabric8Api::read)
              .toList();
        });
  }

  /** By list, so that no right to read any Secret by its name is needed. */
  @Override
  public Optional<Occupant> secret(String namespace, String name) {
    return asking(
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
                .map(found -> isOurs(found) ? new Ours(read(found)) : new Foreign()));
  }

  @Override
  public void apply(PullSecret secret) {
    asking(
        "apply secret " + secret.path(),
        kubernetes -> {
          var version = secret.version();
          var context =
              new PatchContext.Builder()
                  .withPatchType(PatchType.SERVER_SIDE_APPLY)
                  .withFieldManager(SecretAnnotations.MANAGER)
                  .withForce(version != null)
                  .build();
          return kubernetes
              .secrets()
              .inNamespace(secret.namespace())
              .resource(written(secret))
              .patch(context);
        });
  }

  @Override
  public void delete(PullSecret secret) {
    var version = Objects.requireNonNull(secret.version());
    asking(
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
    return asking(
        "get capsule " + namespace + "/" + name,
        kubernetes ->
            Optional.ofNullable(capsule(kubernetes, namespace, name).get())
                .map(found ->
                    new Capsule(
                        found.get("spec", "image") instanceof String image && !image.isEmpty()
                            ? image
                            : null,
                        annotations(found.getMetadata().getAnnotations())
                            .get(SecretAnnotations.CAPSULE_PULL_SECRET))));
  }

  @Override
  public void annotateCapsule(String namespace, String name, String pullSecret) {
    var context =
        new PatchContext.Builder()
            .withPatchType(PatchType.JSON_MERGE)
            .withFieldManager(SecretAnnotations.MANAGER)
            .build();
    var patch =
        JsonWriter.text(
            JsonForm.COMPACT,
            Map.of(
                "metadata",
                Map.of("annotations", Map.of(SecretAnnotations.CAPSULE_PULL_SECRET, pullSecret))));
    asking(
        "patch capsule " + namespace + "/" + name,
        kubernetes -> capsule(kubernetes, namespace, name).patch(context, patch));
  }

  private static Resource<GenericKubernetesResource> capsule(
      KubernetesClient kubernetes, String namespace, String name) {
    return kubernetes.genericKubernetesResources(CAPSULES).inNamespace(namespace).withName(name);
  }

  @Override
  public Optional<Workload> workload(Rollouts.WorkloadKind kind, String namespace, String name) {
    return asking(
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
    var context =
        new PatchContext.Builder()
            .withPatchType(PatchType.SERVER_SIDE_APPLY)
            .withFieldManager(Workloads.MANAGER)
            .withForce(true)
            .build();
    asking(
        "apply " + kind.word() + " " + namespace + "/" + name,
        kubernetes ->
            kubernetes
                .genericKubernetesResources(Workloads.context(kind))
                .inNamespace(namespace)
                .resource(Workloads.written(kind, namespace, name, read, image, releases))
                .patch(context));
  }

  @Override
  public Optional<Rollouts.Readiness> readiness(String namespace, String name, String image) {
    return asking(
        "get deployment " + namespace + "/" + name,
        kubernetes ->
            Optional.ofNullable(
                    kubernetes
                        .genericKubernetesResources(
                            Workloads.context(Rollouts.WorkloadKind.DEPLOYMENT))
                        .inNamespace(namespace)
                        .withName(name)
                        .get())
                .map(found -> Workloads.readiness(found, image)));
  }

  @Override
  public Optional<Lock> lock(String namespace, String name) {
    return asking(
        "get lease " + namespace + "/" + name,
        kubernetes ->
            Optional.ofNullable(kubernetes.leases().inNamespace(namespace).withName(name).get())
                .map(Fabric8Api::read));
  }

  @Override
  public void createLock(String namespace, String name, Lock lock) {
    asking(
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
    asking(
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
    var open = client;
    client = null;
    used = null;
    if (open != null) {
      open.close();
    }
  }

  private static boolean isOurs(Secret secret) {
    var labels = secret.getMetadata().getLabels();
    return labels != null
        && SecretAnnotations.MANAGER.equals(labels.get(SecretAnnotations.LABEL))
        && SecretAnnotations.TYPE.equals(secret.getType());
  }

  private static PullSecret read(Secret secret) {
    var metadata = secret.getMetadata();
    var annotations = annotations(metadata.getAnnotations());
    var data = secret.getData() == null ? null : secret.getData().get(SecretAnnotations.DATA);
    return new PullSecret(
        metadata.getNamespace(),
        metadata.getName(),
        SecretAnnotations.list(annotations.get(SecretAnnotations.IMAGES)),
        annotations.get(SecretAnnotations.CAPSULE),
        SecretAnnotations.list(annotations.get(SecretAnnotations.ENTRIES)),
        SecretAnnotations.end(annotations.get(SecretAnnotations.EXPIRES)),
        DockerConfigJson.decode(Base64.getDecoder().decode(data == null ? "" : data)),
        new PullSecret.ObjectVersion(metadata.getUid(), metadata.getResourceVersion()));
  }

  private static Secret written(PullSecret secret) {
    var version = secret.version();
    return new SecretBuilder()
        .withNewMetadata()
        .withNamespace(secret.namespace())
        .withName(secret.name())
        .withUid(version == null ? null : version.uid())
        .withResourceVersion(version == null ? null : version.resourceVersion())
        .addToLabels(SecretAnnotations.LABEL, SecretAnnotations.MANAGER)
        .withAnnotations(SecretAnnotations.annotations(secret))
        .endMetadata()
        .withType(SecretAnnotations.TYPE)
        .addToData(
            SecretAnnotations.DATA, Base64.getEncoder().encodeToString(secret.config().encode()))
        .build();
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

  private static Map<String, String> annotations(@Nullable Map<String, String> annotations) {
    return annotations == null ? Map.of() : annotations;
  }

  private <T> T asking(String what, Function<KubernetesClient, T> request) {
    try {
      return request.apply(client());
    } catch (KubernetesClientException e) {
      var failure = failure(what, e);
      if (failure.kind() == KubeFailureKind.UNAUTHORIZED) {
        access.rejected();
      }
      throw failure;
    } catch (PullSecretException e) {
      throw new KubeApiException(KubeFailureKind.AWAY, String.valueOf(e.getMessage()));
    }
  }

  private KubernetesClient client() {
    var wanted = access.current();
    var open = client;
    if (open != null && wanted.equals(used)) {
      return open;
    }
    close();
    // Config.empty: nothing is taken from a kubeconfig, the environment or system properties.
    var config =
        new ConfigBuilder(Config.empty())
            .withMasterUrl(wanted.url())
            .withCaCertData(base64(wanted.certificateAuthority()))
            .withOauthToken(wanted.token() == null ? null : wanted.token().reveal())
            .withClientCertData(base64(wanted.clientCertificate()))
            .withClientKeyData(
                wanted.clientKey() == null ? null : base64(wanted.clientKey().reveal()))
            .withConnectionTimeout(CONNECT_MILLIS)
            .withRequestTimeout(REQUEST_MILLIS)
            .withRequestRetryBackoffLimit(0)
            .withHttp2Disable(true)
            .withUserAgent(SecretAnnotations.MANAGER)
            .build();
    var made =
        new KubernetesClientBuilder()
            .withConfig(config)
            .withHttpClientFactory(new JdkHttpClientFactory())
            .build();
    client = made;
    used = wanted;
    return made;
  }

  private static @Nullable String base64(@Nullable String pem) {
    return pem == null
        ? null
        : Base64.getEncoder().encodeToString(pem.getBytes(StandardCharsets.US_ASCII));
  }

  private KubeApiException failure(String what, KubernetesClientException e) {
    var kind =
        switch (e.getCode()) {
          case 401 -> KubeFailureKind.UNAUTHORIZED;
          case 409 -> KubeFailureKind.CONFLICT;
          case 0, 429 -> KubeFailureKind.AWAY;
          default -> e.getCode() >= 500 ? KubeFailureKind.AWAY : KubeFailureKind.REFUSED;
        };
    return new KubeApiException(kind, "cannot " + what + ": " + reason(e));
  }

  /** The server's own words, which never hold a Secret's data; else what went wrong on the way. */
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
    var asked = used; // its url carries no login: ConfiguredAccess refuses one
    return "the API server%s does not answer (%s)"
        .formatted(asked == null ? "" : " " + asked.url(), root.getClass().getSimpleName());
  }
}
