package dev.rig.credentials.testing.kube;

import dev.rig.credentials.testing.Eventually;
import dev.rig.credentials.testing.Tool;
import dev.rig.credentials.testing.daemon.Command;
import dev.rig.credentials.testing.daemon.Running;
import dev.rig.credentials.testing.machine.Machine;
import dev.rig.credentials.testing.machine.PrivateFile;
import dev.rig.credentials.testing.machine.Reaper;
import dev.rig.credentials.testing.registry.RegistryServer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A node of a cluster: a real kubelet and a real containerd on a separate machine, with its own
 * network, processes and mounts, and its own files below {@code /etc}, {@code /var} and {@code
 * /run}, without those of a daemon on this machine. All of that ends with its first process.
 */
public final class KubeNode implements Machine {
  /** Its name in the cluster. */
  public static final String NAME = "node-a";

  /** Its address, in a network for documentation (RFC 5737), as are its pods'. */
  static final String ADDRESS = "192.0.2.7";

  /** The first start follows a build of gigabytes, which the system may still be writing. */
  private static final Duration START = Duration.ofMinutes(5);

  /** The limit for removing the images' files. */
  private static final Duration REMOVAL = Duration.ofMinutes(5);

  private static final String LOOPBACK = "127.0.0.1:";
  private static final String RUNTIME = "/run/containerd/containerd.sock";

  /**
   * Sets the kernel as the kubelet requires it, so that the kubelet changes nothing. The last line
   * reaps orphans, as a first process must.
   */
  private static final String SETUP =
      """
      set -e
      mount --make-rshared /
      hostname "$1"
      ip link set lo up
      ip address add "$2/32" dev lo
      cd "$3"
      for part in etc var; do
          mkdir "$part" "$part.work"
          mount -t overlay overlay -o "lowerdir=/$part,upperdir=$3/$part,workdir=$3/$part.work" "/$part"
      done
      rm -rf /etc/rig-credentials /var/lib/rig-credentials
      mount -t tmpfs tmpfs /run
      while read -r name value; do
          echo "$value" > "${name##*/}"
          mount --bind "${name##*/}" "/proc/sys/$name"
      done <<END
      vm/overcommit_memory 1
      vm/panic_on_oom 0
      kernel/panic 10
      kernel/panic_on_oops 1
      kernel/keys/root_maxkeys 1000000
      kernel/keys/root_maxbytes 25000000
      END
      echo ready
      while sleep 1000; do :; done
      """;

  /**
   * Works in the unified hierarchy of cgroups, and in older ones, whose folders have a file
   * "tasks".
   */
  private static final String MAKE_CGROUPS =
      """
      set -e
      cd /sys/fs/cgroup
      for file in $(ls -d cgroup.controllers */tasks 2> /dev/null); do
          mkdir "./${file%tasks}/$0"
      done
      """;

  private static final String REMOVE_CGROUPS =
      "find /sys/fs/cgroup -depth -type d -path \"*/$0*\" -exec rmdir {} +";

  private static final String PODS =
      """
      {"cniVersion": "1.0.0", "name": "pods", "plugins": [{"type": "bridge", "bridge": "pods",
      "isGateway": true, "ipam": {"type": "host-local", "ranges": [[{"subnet": "198.51.100.0/24"}]],
      "routes": [{"dst": "0.0.0.0/0"}]}}]}
      """;

  private final Reaper reaper;
  private final Path folder;
  private final Path programs;
  private final String cgroup;
  private final Running machine;

  /** The pid of its first process, outside. */
  private final long init;

  private Path kubeconfig;
  private Running kubelet;

  /**
   * Starts an empty machine.
   *
   * @param folder for its data; its path must be short
   * @param programs the folder of containerd and the kubelet
   */
  KubeNode(Reaper reaper, Path folder, Path programs) {
    Tool.needRoot("a node of a cluster");
    this.reaper = reaper;
    this.folder = PrivateFile.folder(folder);
    this.programs = programs;
    this.cgroup = "rig-credentials-node-" + ProcessHandle.current().pid();
    Command.of("/bin/sh", "-c", MAKE_CGROUPS, cgroup).run().succeeded();
    reaper.<AutoCloseable>own(this::clear);
    this.machine =
        reaper.own(
            Command.of(
                    Tool.UNSHARE.path(),
                    "--net",
                    "--mount",
                    "--pid",
                    "--uts",
                    "--fork",
                    "--mount-proc",
                    "/bin/sh",
                    "-c",
                    SETUP,
                    "sh",
                    NAME,
                    ADDRESS,
                    PrivateFile.folder(folder.resolve("m")))
                .start());
    reaper.<AutoCloseable>own(this::end);
    Eventually.within(
        START,
        () -> machine.stdout().contains("ready"),
        () ->
            "the node's set-up, "
                + (machine.isAlive() ? "running: " : "ended: ")
                + machine.stderr());
    this.init = first().orElseThrow().pid();
  }

  /** Returns its first process, outside. */
  private Optional<ProcessHandle> first() {
    return ProcessHandle.of(machine.pid()).stream().flatMap(ProcessHandle::children).findFirst();
  }

  private void end() {
    first().ifPresent(ProcessHandle::destroyForcibly);
    machine.finish(START);
  }

  /** Removes what it kept: JUnit would log each file that it cannot remove. */
  private void clear() {
    Command.of("/bin/sh", "-c", REMOVE_CGROUPS, cgroup).run().succeeded();
    try (var removal = Command.of("/bin/rm", "-rf", folder).start()) {
      removal.finish(REMOVAL).succeeded();
    }
  }

  @Override
  public Command with(Command command) {
    return command
        .withFirstOnPath(programs)
        .inside(init, "--net", "--mount", "--pid", "--uts", "--wd=/");
  }

  @Override
  public void publish(int port) {
    relay(Machine.THIS, this, port);
  }

  /** Makes this node pull from a registry of the test's loopback. */
  public void reach(RegistryServer registry) {
    reach("http", registry.host());
  }

  /**
   * Makes this node reach a server of the test's loopback, and pull from it.
   *
   * @param scheme {@code http} or {@code https}
   * @param host its address and port
   */
  public void reach(String scheme, String host) {
    PrivateFile.write(
        folder.resolve("registries").resolve(host).resolve("hosts.toml"),
        "server = '%s://%s'\n".formatted(scheme, host));
    relay(this, Machine.THIS, Integer.parseInt(host.substring(LOOPBACK.length())));
  }

  /** Makes the API server, on this node's loopback, reachable for pods by its service. */
  void serve(int port) {
    with(Command.of("/bin/ip", "address", "add", KubeApiServer.SERVICE + "/32", "dev", "lo"))
        .run()
        .succeeded();
    var listen = "TCP-LISTEN:443,bind=" + KubeApiServer.SERVICE + ",reuseaddr,fork";
    reaper.own(with(Command.of(Tool.SOCAT.path(), listen, "TCP:" + LOOPBACK + port)).start());
  }

  /** Forwards connections at a port of one machine to the same port of another. */
  private void relay(Machine there, Machine other, int port) {
    var socat = Tool.SOCAT.path();
    var between = folder.resolve(port + ".sock");
    var listen = "TCP-LISTEN:%d,bind=127.0.0.1,reuseaddr,fork".formatted(port);
    for (var command :
        List.of(
            other.with(
                Command.of(socat, "UNIX-LISTEN:" + between + ",fork", "TCP:" + LOOPBACK + port)),
            there.with(Command.of(socat, listen, "UNIX-CONNECT:" + between)))) {
      reaper.own(command.start());
    }
  }

  /**
   * Joins the cluster.
   *
   * @param sandbox the image for the container that holds a pod's namespaces
   */
  void join(Path kubeconfig, String sandbox) {
    Tool.RUNC.path();
    var containerd =
        reaper.own(
            with(Command.of(programs.resolve("containerd"), "--config", containerdConfig(sandbox)))
                .start());
    Eventually.within(START, () -> Files.exists(file(RUNTIME)), containerd::stderr);
    this.kubeconfig = kubeconfig;
    startKubelet(List.of());
  }

  private Path containerdConfig(String sandbox) {
    var network = folder.resolve("network");
    PrivateFile.write(network.resolve("pods.conflist"), PODS);
    var config =
        """
        version = 3
        root = '%s'
        [grpc]
          address = '%s'
        [plugins.'io.containerd.cri.v1.images'.pinned_images]
          sandbox = '%s'
        [plugins.'io.containerd.cri.v1.images'.registry]
          config_path = '%s'
        # Or root without CAP_SYS_RESOURCE could start no pod.
        [plugins.'io.containerd.cri.v1.runtime']
          restrict_oom_score_adj = true
        [plugins.'io.containerd.cri.v1.runtime'.cni]
          bin_dirs = ['%s']
          conf_dir = '%s'
        """
            .formatted(
                folder.resolve("containerd"),
                RUNTIME,
                sandbox,
                folder.resolve("registries"),
                Tool.CNI.path().getParent(),
                network);
    return PrivateFile.write(folder.resolve("containerd.toml"), config);
  }

  /** Only the API server and the test can connect to the kubelet's port. */
  private Path kubeletConfig() {
    var config =
        """
        apiVersion: kubelet.config.k8s.io/v1beta1
        kind: KubeletConfiguration
        containerRuntimeEndpoint: unix://%s
        podLogsDir: %s
        cgroupDriver: cgroupfs
        cgroupRoot: /%s
        failCgroupV1: false
        failSwapOn: false
        protectKernelDefaults: true
        resolvConf: ""
        syncFrequency: 2s
        evictionHard: {nodefs.available: 0%%, imagefs.available: 0%%}
        imageGCHighThresholdPercent: 100
        authentication: {anonymous: {enabled: true}, webhook: {enabled: false}}
        authorization: {mode: AlwaysAllow}
        """
            .formatted(RUNTIME, folder.resolve("logs"), cgroup);
    return PrivateFile.write(folder.resolve("kubelet.yaml"), config);
  }

  /** Starts the kubelet, or restarts it; containers continue meanwhile. */
  public void startKubelet(List<String> flags) {
    if (kubelet != null) {
      kubelet.close();
    }
    var words =
        new ArrayList<Object>(
            List.of(
                programs.resolve("kubelet"),
                "--config=" + kubeletConfig(),
                "--kubeconfig=" + kubeconfig,
                "--root-dir=" + folder.resolve("kubelet"),
                "--hostname-override=" + NAME,
                "--node-ip=" + ADDRESS));
    words.addAll(flags);
    kubelet = reaper.own(with(Command.of(words.toArray())).start());
  }

  /** Returns the kubelet's log since its start. */
  public String kubeletLog() {
    return kubelet.stderr();
  }

  /** Returns a file of the node, as the test reads it. */
  public Path file(String path) {
    return Path.of("/proc", String.valueOf(init), "root", path);
  }
}
