package dev.rig.credentials.it;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.rig.credentials.testing.GoModule;
import dev.rig.credentials.testing.Json;
import dev.rig.credentials.testing.daemon.Command;
import dev.rig.credentials.testing.kube.KubeApiServer;
import dev.rig.credentials.testing.kube.RbacRules;
import dev.rig.credentials.testing.kube.TestCluster;
import dev.rig.credentials.testing.machine.Reaper;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * The same with a real {@code kube-apiserver}, and with the kubelet's own keyring for the Secrets.
 *
 * <p>Building them takes many minutes, so this runs with {@code -Pkubernetes} only.
 */
@Tag("kubernetes")
class KubernetesIT extends PullSecretCases {
  @Override
  TestCluster cluster(Reaper reaper, Path folder) {
    return new KubeApiServer(reaper, folder, RbacRules.manifest());
  }

  /** Returns the user names that a kubelet tries for each image, in order. */
  private static List<String> tried(String config, String... images) {
    var words = new ArrayList<Object>(List.of(images));
    words.addFirst(GoModule.KUBE_APISERVER.program("keyring"));
    return Command.of(words.toArray()).reading(config).run().succeeded().stdout().lines().toList();
  }

  @Test
  void kubeletFindsEachImagesCredentialAndNoNeighbours() throws IOException {
    var daemon =
        daemon(
            "keys",
            """
            "ghcr.io/acme": {username: acme, password: p}
            docker.io: {username: hub, password: p}
            docker.io/team: {username: team, password: p}
            "*.dkr.ecr.*.amazonaws.com": {username: AWS, password: p}
            "quay.io/v2": {username: v2, password: p}
            """,
            "");
    daemon.start();
    var printed =
        pullSecret(
                daemon,
                "ghcr.io/acme/app",
                "nginx",
                "team/app",
                "1.dkr.ecr.eu-west-1.amazonaws.com/a",
                "quay.io/v2/app",
                "--output",
                "json")
            .succeeded();
    var config = config(Json.object(printed.stdout()));
    assertEquals(
        List.of("acme", "", "", "hub", "team", "AWS", "", "v2", ""),
        tried(
            config,
            "ghcr.io/acme/app",
            "ghcr.io/acmeorganic/app",
            "ghcr.io/other",
            "docker.io/library/nginx",
            "docker.io/team/app",
            "1.dkr.ecr.eu-west-1.amazonaws.com/b",
            "2.dkr.ecr.eu-west-1.amazonaws.com/b",
            "quay.io/v2/other",
            "quay.io/other"));
  }
}
