package dev.rig.credentials.cli.doctor;

import dev.rig.credentials.config.ClusterSettings;
import dev.rig.credentials.config.Configuration;
import java.util.List;

/** Checks which daemon keeps the pull secrets of each cluster. */
final class ClusterCheck {
  private static final String CHECK = "clusters";

  private ClusterCheck() {}

  static void look(Configuration configuration, List<Finding> findings) {
    configuration
        .clusters()
        .forEach((name, settings) -> {
          if (settings.wantsPullSecrets()) {
            findings.add(keeper(name, settings));
          }
        });
  }

  private static Finding keeper(String name, ClusterSettings settings) {
    var git = settings.git();
    if (git != null && git.url() != null) {
      return Finding.warn(
          CHECK,
          name
              + " has git.url in addition to createPullSecrets or pullSecrets, so it gets no pull"
              + " secrets",
          "use the kubelet's provider (\"rig-credentials kubelet-config\"), or remove one of the"
              + " settings");
    }
    if (!settings.createsPullSecrets()) {
      return Finding.ok(
          CHECK,
          name + ": this daemon keeps the pull secrets of the namespaces of its pullSecrets");
    }
    return Finding.ok(
        CHECK,
        name
            + ": this daemon keeps the pull secrets of its Capsules. rig-platform acts on"
            + " createPullSecrets, too: set it to false in the platform's own values, and to true"
            + " in a file of the daemon's");
  }
}
