package dev.rig.credentials.it;

import dev.rig.credentials.testing.kube.KubeApiServer;
import dev.rig.credentials.testing.kube.RbacRules;
import dev.rig.credentials.testing.kube.TestCluster;
import dev.rig.credentials.testing.machine.Reaper;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;

/** The same with a real {@code kube-apiserver}; only with {@code -Pkubernetes}. */
@Tag("kubernetes")
class KubernetesDeployIT extends DeployCases {
  @Override
  TestCluster cluster(Reaper reaper, Path folder) {
    return new KubeApiServer(reaper, folder, RbacRules.deploying());
  }
}
