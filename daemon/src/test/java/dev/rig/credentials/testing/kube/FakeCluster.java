package dev.rig.credentials.testing.kube;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;

/** The fake API server as a test cluster. */
public final class FakeCluster implements TestCluster {
  private static final String TOKEN = "fake-cluster-token";

  private final FakeKubernetes kubernetes = new FakeKubernetes();

  /**
   * Creates a cluster without objects.
   *
   * @param allowed the rights of its token
   */
  public FakeCluster(Predicate<FakeKubernetes.Asked> allowed) {
    kubernetes.accept(TOKEN);
    kubernetes.allow(allowed);
  }

  @Override
  public String url() {
    return kubernetes.url();
  }

  @Override
  public String certificateAuthority() {
    return "";
  }

  @Override
  public String token() {
    return TOKEN;
  }

  @Override
  public Optional<Map<String, Object>> secret(String name) {
    return kubernetes.object("secrets/" + NAMESPACE + "/" + name);
  }

  @Override
  public void putCapsule(String name, String image) {
    kubernetes.put(
        "capsules",
        """
        {"apiVersion":"rig.dev/v1alpha2","kind":"Capsule","spec":{"image":"%s"},
         "metadata":{"namespace":"%s","name":"%s"}}
        """
            .formatted(image, NAMESPACE, name));
  }

  @Override
  public void putImage(String capsule, String image) {
    kubernetes.merge(
        "capsules/" + NAMESPACE + "/" + capsule, "{\"spec\":{\"image\":\"" + image + "\"}}");
  }

  @Override
  public void removeSecret(String name) {
    kubernetes.remove("secrets/" + NAMESPACE + "/" + name);
  }

  @Override
  public void removePullSecret(String capsule) {
    kubernetes.merge(
        "capsules/" + NAMESPACE + "/" + capsule,
        "{\"metadata\":{\"annotations\":{\"rig.dev/pull-secret\":null}}}");
  }

  @Override
  public List<String> events(String capsule) {
    return kubernetes.keys("events").stream()
        .map(key -> kubernetes.object(key).orElseThrow())
        .filter(event -> ((Map<?, ?>) event.get("involvedObject")).get("name").equals(capsule))
        .map(event -> (String) event.get("reason"))
        .toList();
  }

  @Override
  public void removeCapsule(String name) {
    kubernetes.remove("capsules/" + NAMESPACE + "/" + name);
  }

  @Override
  public String image(String capsule) {
    var found = kubernetes.object("capsules/" + NAMESPACE + "/" + capsule).orElseThrow();
    return (String) ((Map<?, ?>) found.get("spec")).get("image");
  }

  @Override
  public Optional<String> pullSecret(String capsule) {
    return kubernetes
        .object("capsules/" + NAMESPACE + "/" + capsule)
        .map(found -> (Map<?, ?>) found.get("metadata"))
        .map(metadata -> (Map<?, ?>) metadata.get("annotations"))
        .map(annotations -> (String) annotations.get("rig.dev/pull-secret"));
  }

  /** Also takes the right to list pods from the token. */
  @Override
  public String denyDeployments() {
    var rights = RbacRules.ofManifest();
    kubernetes.allow(asked -> !asked.resource().equals("pods") && rights.test(asked));
    return "unknown whether its pods are ready: cannot get deployment";
  }

  @Override
  public void goAway() {
    kubernetes.goAway();
  }

  @Override
  public void comeBack() {
    kubernetes.comeBack();
  }

  @Override
  public void close() {
    kubernetes.close();
  }
}
