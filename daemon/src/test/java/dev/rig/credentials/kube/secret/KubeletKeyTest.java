package dev.rig.credentials.kube.secret;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.rig.credentials.image.ImageReference;
import dev.rig.credentials.image.InvalidReferenceException;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Keys as a kubelet matches them; KubernetesIT uses the kubelet's own keyring. */
class KubeletKeyTest {
  @ParameterizedTest
  @CsvSource({
    "ghcr.io/acme/app, ghcr.io, ghcr.io",
    "ghcr.io/acme/app, ghcr.io/acme, ghcr.io/acme/",
    "ghcr.io/acme/app, ghcr.io/acme/app, ghcr.io/acme/app",
    "localhost:5000/app, localhost:5000, localhost:5000",
    "nginx, index.docker.io, https://index.docker.io/v1/",
    "docker.io/team/app, index.docker.io/team, docker.io/team/",
    "1.dkr.ecr.eu-west-1.amazonaws.com/a/b, *.dkr.ecr.*.amazonaws.com,"
        + " 1.dkr.ecr.eu-west-1.amazonaws.com",
    "1.dkr.ecr.eu-west-1.amazonaws.com/a/b, *.dkr.ecr.*.amazonaws.com/a,"
        + " 1.dkr.ecr.eu-west-1.amazonaws.com/a/",
    "quay.io/v2/app, quay.io/v2, quay.io/v2/v2/",
    "quay.io/v1/a/b, quay.io/v1/a, quay.io/v2/v1/a/",
    "quay.io/v2x/a, quay.io/v2x, quay.io/v2x/"
  })
  void keyMatchesTheImageAndNoNeighbour(String image, String prefix, String key)
      throws InvalidReferenceException {
    var reference = ImageReference.ofImage(image);
    assertEquals(key, KubeletKey.of(reference, reference.host(), prefix));
  }
}
