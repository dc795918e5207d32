package dev.rig.credentials.app.audit;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ContainerIdTest {
  private static final String ID = "0123456789abcdef".repeat(4);
  private static final String OTHER = "fedcba9876543210".repeat(4);
  private static final String POD = "6b9a3f2e-1c4d-4e5f-8a7b-0123456789ab";
  private static final String UNDERSCORES = POD.replace('-', '_');

  @ParameterizedTest
  @ValueSource(
      strings = {
        // v1 and v2, cgroupfs driver
        "12:pids:/kubepods/burstable/podPOD/ID\n11:memory:/kubepods/burstable/podPOD/ID\n",
        "0::/kubepods/besteffort/podPOD/ID\n",
        // systemd driver: containerd, CRI-O, Docker
        "0::/kubepods.slice/kubepods-burstable.slice/kubepods-burstable-podUNDER.slice/cri-containerd-ID.scope\n",
        "0::/kubepods.slice/kubepods-podUNDER.slice/crio-ID.scope/container\n",
        "5:cpu,cpuacct:/kubepods.slice/kubepods-podUNDER.slice/docker-ID.scope\n",
        // runc's name if systemd does not delegate
        "0::/system.slice/containerd.service/kubepods-besteffort-podUNDER.slice:cri-containerd:ID\n",
        // seen from another cgroup namespace
        "0::/../../burstable/podPOD/ID\n",
        "0::/../../kubepods-burstable-podUNDER.slice/cri-containerd-ID.scope\n",
        // v1 in addition to v2: the unified hierarchy names no container
        "0::/\n1:name=systemd:/kubepods/podPOD/ID\n",
        // a cluster in a container: the innermost counts
        "0::/docker/OTHER/kubelet.slice/kubelet-kubepods.slice/kubelet-kubepods-podUNDER.slice/cri-containerd-ID.scope\n",
      })
  void containerAndPodAreFound(String text) {
    var cgroup =
        ContainerId.parse(
            text.replace("OTHER", OTHER)
                .replace("UNDER", UNDERSCORES)
                .replace("POD", POD)
                .replace("ID", ID));
    assertEquals(new ContainerId(ID, POD), cgroup);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "0::/system.slice/docker-ID.scope\n",
        "0::/machine.slice/libpod-ID.scope/container\n",
        "4:memory:/docker/ID\n",
        "0::/user.slice/user-1000.slice/user@1000.service/user.slice/libpod-ID.scope\n",
      })
  void containerWithoutAPod(String text) {
    assertEquals(new ContainerId(ID, null), ContainerId.parse(text.replace("ID", ID)));
  }

  @Test
  void staticPodHasTheHashOfItsFile() {
    var hash = ID.substring(0, 32);
    assertEquals(
        new ContainerId(OTHER, hash),
        ContainerId.parse("0::/kubepods/burstable/pod" + hash + "/" + OTHER + "\n"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "nonsense",
        "0::/",
        "0::/user.slice/user-0.slice/session-1.scope",
        "0::/system.slice/podman.service",
        "0::/x/0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef0",
      })
  void processOutsideOfContainers(String text) {
    assertEquals(ContainerId.NONE, ContainerId.parse(text));
  }
}
