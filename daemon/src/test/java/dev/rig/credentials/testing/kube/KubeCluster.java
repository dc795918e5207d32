package dev.rig.credentials.testing.kube;

import dev.rig.credentials.testing.Eventually;
import dev.rig.credentials.testing.GoModule;
import dev.rig.credentials.testing.daemon.Command;
import dev.rig.credentials.testing.daemon.ProgramResult;
import dev.rig.credentials.testing.machine.PrivateFile;
import dev.rig.credentials.testing.machine.Reaper;
import dev.rig.credentials.testing.registry.RegistryServer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * A whole cluster with one node and the real programs: etcd, kube-apiserver, controllers,
 * scheduler, kubelet, containerd. It has no DNS, and the only service that pods reach is the API
 * server's.
 */
public final class KubeCluster {
  private static final Duration START = Duration.ofMinutes(3);
  private static final Duration PATIENCE = Duration.ofMinutes(5);

  private final Path folder;
  private final Path programs;
  private final KubeNode node;
  private final KubeApiServer server;

  /**
   * Starts a cluster.
   *
   * @param folder for its data; its path must be short
   * @param registry from which nodes pull without a credential
   * @param sandbox the image in it for the container that holds a pod's namespaces
   */
  public KubeCluster(Reaper reaper, Path folder, RegistryServer registry, String sandbox) {
    this.folder = PrivateFile.folder(folder);
    this.programs = GoModule.CLUSTER.folder();
    this.node = new KubeNode(reaper, folder.resolve("n"), programs);
    this.server =
        reaper.own(
            new KubeApiServer(
                reaper,
                folder.resolve("k"),
                programs.resolve("kube-apiserver"),
                node,
                "--advertise-address=" + KubeNode.ADDRESS,
                "--kubelet-preferred-address-types=InternalIP"));
    var kubeconfig = "--kubeconfig=" + server.kubeconfig();
    for (var words :
        List.of(
            List.of(
                "kube-controller-manager",
                kubeconfig,
                "--root-ca-file=" + server.certificateAuthority(),
                "--service-account-private-key-file=" + server.signingKey(),
                "--use-service-account-credentials=true"),
            List.of("kube-scheduler", kubeconfig))) {
      var all = new ArrayList<Object>(words);
      all.set(0, programs.resolve(words.getFirst()));
      all.addAll(List.of("--leader-elect=false", "--bind-address=127.0.0.1"));
      reaper.own(node.with(Command.of(all.toArray())).start());
    }
    node.serve(server.port());
    node.reach(registry);
    node.join(server.kubeconfigOfNode(), registry.host() + "/" + sandbox);
    Eventually.within(START, this::ready, () -> "the node is ready: " + node.kubeletLog());
  }

  private boolean ready() {
    var status = "jsonpath={.items[*].status.conditions[?(@.type==\"Ready\")].status}";
    return kubectl("get", "nodes", "--output", status).stdout().equals("True");
  }

  public KubeNode node() {
    return node;
  }

  /** Returns a file by which Helm reaches it as administrator. */
  public Path kubeconfig() {
    return server.kubeconfig();
  }

  /** Runs {@code kubectl} with these words. */
  public ProgramResult kubectl(Object... words) {
    return finish(command(words));
  }

  /** Creates or changes objects as {@code kubectl apply} does. */
  public void apply(String manifest) {
    finish(command("apply", "--filename=-").reading(manifest)).succeeded();
  }

  /**
   * Creates a namespace, and waits until pods can be created there.
   *
   * @param podSecurity the level that is enforced
   */
  public void namespace(String name, String podSecurity) {
    apply(
        """
        apiVersion: v1
        kind: Namespace
        metadata: {name: %s, labels: {pod-security.kubernetes.io/enforce: %s}}
        """
            .formatted(name, podSecurity));
    Eventually.within(
        START,
        () -> kubectl("--namespace", name, "get", "serviceaccount", "default").status() == 0,
        () -> "controllers run");
  }

  /** Makes it serve Capsules. */
  public void defineCapsules() {
    apply(KubeApiServer.CAPSULES);
    kubectl("wait", "--for=condition=Established", "--timeout=1m", "crd/capsules.rig.dev")
        .succeeded();
  }

  private Command command(Object... words) {
    var all = new ArrayList<Object>(List.of(words));
    all.addFirst(programs.resolve("kubectl"));
    all.add(1, "--kubeconfig=" + server.kubeconfig());
    return Command.of(all.toArray()).with("HOME", folder);
  }

  private static ProgramResult finish(Command command) {
    try (var running = command.start()) {
      return running.finish(PATIENCE);
    }
  }
}
