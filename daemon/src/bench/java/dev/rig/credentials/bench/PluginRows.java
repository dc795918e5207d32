package dev.rig.credentials.bench;

import dev.rig.credentials.testing.GoModule;
import java.nio.file.Files;
import java.util.List;

/** A whole run of {@code rig-credential-provider} with a cached lease, and of a plugin in Go. */
final class PluginRows implements Rows {
  private static final int ROUNDS = 200;

  @Override
  public String title() {
    return "The kubelet's plugin, whole process, median of " + ROUNDS;
  }

  @Override
  public List<Row> measure(Workbench bench) throws Exception {
    var daemon = bench.daemon("d").configured("values.yaml", Workbench.values());
    daemon.start();
    var request =
        Files.writeString(
            bench.folder().resolve("request"),
            """
            {"apiVersion":"credentialprovider.kubelet.k8s.io/v1","kind":"CredentialProviderRequest","image":"%s"}
            """
                .formatted(Workbench.QUESTION));
    return new Peers(request)
        .with("RIG_CREDENTIALS_SOCKET", daemon.socket())
        .ours(Workbench.distribution().resolve("bin/rig-credential-provider"))
        .beside(
            "a plugin in Go that makes no request",
            new Aim.Ratio(1 / 1.5),
            () -> new Object[] {GoModule.PEERS.program("plugin")})
        .beside(
            "a bare static C client",
            new Aim.None(),
            () -> new Object[] {bench.compiled("bare"), "kubelet", daemon.socket()})
        .measure(bench.compiled("spawn"), ROUNDS, "`rig-credential-provider`, cached");
  }
}
