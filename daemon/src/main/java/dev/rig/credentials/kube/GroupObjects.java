package dev.rig.credentials.kube;

import io.fabric8.kubernetes.api.model.ContainerStatus;
import io.fabric8.kubernetes.api.model.LocalObjectReference;
import io.fabric8.kubernetes.api.model.Namespace;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.ServiceAccount;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The objects of namespace groups. */
public final class GroupObjects {
  private static final Set<String> HANGING = Set.of("ImagePullBackOff", "ErrImagePull");

  private GroupObjects() {}

  /** A namespace with its labels. */
  public record NamespaceLabels(String name, Map<String, String> labels) {
    static NamespaceLabels read(Namespace found) {
      var labels = found.getMetadata().getLabels();
      return new NamespaceLabels(
          found.getMetadata().getName(), labels == null ? Map.of() : Map.copyOf(labels));
    }
  }

  /**
   * A service account.
   *
   * @param resourceVersion the state that was read
   * @param pullSecrets the names in its {@code imagePullSecrets}, in order
   */
  public record PullingAccount(
      String namespace, String name, String resourceVersion, List<String> pullSecrets) {
    static PullingAccount read(ServiceAccount found) {
      var metadata = found.getMetadata();
      return new PullingAccount(
          metadata.getNamespace(),
          metadata.getName(),
          metadata.getResourceVersion(),
          names(found.getImagePullSecrets()));
    }

    /** Returns namespace and name, for people. */
    public String path() {
      return namespace + "/" + name;
    }

    /** Returns a copy with other pull secrets. */
    public PullingAccount pullingWith(List<String> secrets) {
      return new PullingAccount(namespace, name, resourceVersion, List.copyOf(secrets));
    }
  }

  /**
   * A pod that has not started.
   *
   * @param controlled whether a controller replaces it after deletion
   * @param pullSecrets its pull secrets, which are fixed at creation
   * @param hangingImages the images that it cannot pull now
   */
  public record PendingPod(
      String namespace,
      String name,
      String uid,
      String resourceVersion,
      String serviceAccount,
      boolean controlled,
      List<String> pullSecrets,
      List<String> hangingImages) {
    static PendingPod read(Pod found) {
      var metadata = found.getMetadata();
      var spec = found.getSpec();
      var status = found.getStatus();
      var account = spec.getServiceAccountName();
      return new PendingPod(
          metadata.getNamespace(),
          metadata.getName(),
          metadata.getUid(),
          metadata.getResourceVersion(),
          account == null ? "default" : account,
          metadata.getOwnerReferences() != null
              && metadata.getOwnerReferences().stream()
                  .anyMatch(owner -> Boolean.TRUE.equals(owner.getController())),
          names(spec.getImagePullSecrets()),
          status == null
              ? List.of()
              : Stream.concat(
                      stream(status.getInitContainerStatuses()),
                      stream(status.getContainerStatuses()))
                  .filter(GroupObjects::hangs)
                  .map(ContainerStatus::getImage)
                  .distinct()
                  .toList());
    }

    /** Returns namespace and name, for people. */
    public String path() {
      return namespace + "/" + name;
    }
  }

  private static boolean hangs(ContainerStatus container) {
    var state = container.getState();
    return state != null
        && state.getWaiting() != null
        && HANGING.contains(state.getWaiting().getReason());
  }

  private static <T> Stream<T> stream(@Nullable List<T> list) {
    return list == null ? Stream.empty() : list.stream();
  }

  private static List<String> names(@Nullable List<LocalObjectReference> references) {
    return stream(references).map(LocalObjectReference::getName).toList();
  }
}
