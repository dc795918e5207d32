package dev.rig.credentials.it;

import dev.rig.credentials.testing.kube.FakeCluster;
import dev.rig.credentials.testing.kube.RbacRules;
import dev.rig.credentials.testing.kube.TestCluster;
import dev.rig.credentials.testing.machine.Reaper;
import java.nio.file.Path;
import org.junit.jupiter.api.Order;

/** Pull secrets with the fake API server. */
@Order(1)
class PullSecretsIT extends PullSecretCases {
  @Override
  TestCluster cluster(Reaper reaper, Path folder) {
    return new FakeCluster(RbacRules.ofManifest());
  }
}
