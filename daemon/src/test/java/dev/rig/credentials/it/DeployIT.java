package dev.rig.credentials.it;

import dev.rig.credentials.testing.FakeCluster;
import dev.rig.credentials.testing.RbacRules;
import dev.rig.credentials.testing.Reaper;
import dev.rig.credentials.testing.TestCluster;
import java.nio.file.Path;

/** Deployments before the fake API server. */
class DeployIT extends DeployCases {
  @Override
  TestCluster cluster(Reaper reaper, Path folder) {
    return new FakeCluster(RbacRules.ofManifest());
  }
}
