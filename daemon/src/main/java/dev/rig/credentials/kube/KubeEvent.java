package dev.rig.credentials.kube;

import dev.rig.credentials.kube.GroupObjects.PendingPod;
import java.time.Instant;

/**
 * An event, as {@code kubectl describe} and {@code kubectl get events} show it.
 *
 * @param about the object
 * @param reason a word in upper camel case
 * @param note for people, without a secret; truncated to 1,024 characters
 * @param at when it happened
 */
public record KubeEvent(Subject about, String reason, String note, Instant at) {
  /**
   * The object that an event is about.
   *
   * @param uid its unique id
   */
  public record Subject(String apiVersion, String kind, String namespace, String name, String uid) {
    public static Subject of(PendingPod pod) {
      return new Subject("v1", "Pod", pod.namespace(), pod.name(), pod.uid());
    }

    public static Subject of(Capsule capsule) {
      return new Subject(
          "rig.dev/v1alpha2", "Capsule", capsule.namespace(), capsule.name(), capsule.uid());
    }
  }
}
