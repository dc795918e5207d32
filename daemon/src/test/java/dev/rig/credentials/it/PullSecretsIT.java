package dev.rig.credentials.it;

import dev.rig.credentials.testing.FakeCluster;
import dev.rig.credentials.testing.RbacRules;
import dev.rig.credentials.testing.Reaper;
import dev.rig.credentials.testing.TestCluster;
import java.nio.file.Path;

/** Pull secrets before the fake API server. */
class PullSecretsIT extends PullSecretCases {
  @Override
  TestCluster cluster(Reaper reaper, Path folder) {
    return new FakeCluster(RbacRules.ofManifest());
  }
}
