package dev.rig.credentials.chart;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.rig.credentials.testing.Eventually;
import dev.rig.credentials.testing.daemon.ProgramResult;
import dev.rig.credentials.testing.kube.KubeCluster;
import dev.rig.credentials.testing.registry.RotatingRegistry;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.regex.Pattern;

/** Pods of a namespace without any other credential than one pull secret. */
final class PullingPods {
  private static final String OF_SERVICE_ACCOUNT = "rig-credentials";
  private static final Duration ROTATIONS = RotatingRegistry.LIFE.multipliedBy(4);
  private static final Pattern USER = Pattern.compile("\"username\":\"(u\\d+)\"");

  private final KubeCluster cluster;
  private final String namespace;
  private final String secret;

  /** A field of the pods' specification; empty if their service account has it. */
  private final String pullSecrets;

  private PullingPods(KubeCluster cluster, String namespace, String secret, String pullSecrets) {
    this.cluster = cluster;
    this.namespace = namespace;
    this.secret = secret;
    this.pullSecrets = pullSecrets;
  }

  /** Creates pods that get the Secret through their service account. */
  static PullingPods ofServiceAccount(KubeCluster cluster, String namespace) {
    return new PullingPods(cluster, namespace, OF_SERVICE_ACCOUNT, "");
  }

  /** Creates pods that name the Secret themselves, as those of a Capsule do. */
  static PullingPods ofCapsule(KubeCluster cluster, String namespace, String secret) {
    return new PullingPods(
        cluster, namespace, secret, "imagePullSecrets: [{name: " + secret + "}]");
  }

  private ProgramResult kubectl(Object... words) {
    var all = new ArrayList<Object>(List.of("--namespace", namespace));
    all.addAll(List.of(words));
    return cluster.kubectl(all.toArray());
  }

  /** Waits until the default service account names the Secret. */
  void awaitSecret(Duration limit) {
    Eventually.within(
        limit,
        () ->
            kubectl(
                    "get",
                    "serviceaccount",
                    "default",
                    "--output=jsonpath={.imagePullSecrets[*].name}")
                .stdout()
                .contains(secret),
        () -> kubectl("get", "serviceaccounts,secrets,events", "--output=yaml").stdout());
  }

  /** Creates the Deployment {@code app}, or changes its image. */
  void deploy(String image) {
    cluster.apply(
        """
        apiVersion: apps/v1
        kind: Deployment
        metadata: {name: app, namespace: %s}
        spec:
          selector: {matchLabels: {app: app}}
          template:
            metadata: {labels: {app: app}}
            spec:
              terminationGracePeriodSeconds: 0
              containers: [{name: app, image: "%s", imagePullPolicy: Always}]
              %s
        """
            .formatted(namespace, image, pullSecrets));
  }

  /** Starts pods, one after the other, while the credential expires and is replaced. */
  void startThroughRotations(String image, Duration limit) {
    var users = new LinkedHashSet<String>();
    long end = System.nanoTime() + ROTATIONS.toNanos();
    int started = 0;
    while (System.nanoTime() < end) {
      var pod = "turn-" + started++;
      users.add(user());
      cluster.apply(
          """
          apiVersion: v1
          kind: Pod
          metadata: {name: %s, namespace: %s}
          spec:
            terminationGracePeriodSeconds: 0
            containers: [{name: app, image: "%s", imagePullPolicy: Always}]
            %s
          """
              .formatted(pod, namespace, image, pullSecrets));
      Eventually.within(
          limit, () -> isRunning(pod), () -> kubectl("describe", "pod", pod).output());
      assertEquals("", failures(pod), pod);
      kubectl("delete", "pod", pod, "--wait=false").succeeded();
    }
    assertTrue(users.size() >= 3, () -> "the credential is replaced: " + users);
    System.out.printf(
        "%d pods pulled one after the other with %d credentials, none was refused%n",
        started, users.size());
  }

  private boolean isRunning(String pod) {
    return kubectl("get", "pod", pod, "--output=jsonpath={.status.phase}")
        .stdout()
        .equals("Running");
  }

  /** Returns the messages of the kubelet's events about failed pulls of the pod. */
  private String failures(String pod) {
    return kubectl(
            "get",
            "events",
            "--field-selector=involvedObject.name=" + pod + ",reason=Failed",
            "--output=jsonpath={.items[*].message}")
        .succeeded()
        .stdout();
  }

  /** Returns the user of the current minute's credential that the Secret has now. */
  private String user() {
    var data =
        kubectl("get", "secret", secret, "--output=jsonpath={.data.\\.dockerconfigjson}")
            .succeeded()
            .stdout();
    var config = new String(Base64.getDecoder().decode(data), StandardCharsets.UTF_8);
    var user = USER.matcher(config);
    assertTrue(user.find(), "the registry's credential is there");
    return user.group(1);
  }
}
