package dev.rig.credentials.chart;

import dev.rig.credentials.testing.GoModule;
import dev.rig.credentials.testing.daemon.Command;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;

/** With Helm 4, which applies on the server: {@code -Phelm4,kubernetes}. */
@Tag("helm4")
@Tag("kubernetes")
class Helm4ReleaseIT extends ReleaseCases {
  @Override
  void install(Path values) {
    helm("install", NAME, Chart.ours().folder(), "--values", values);
  }

  @Override
  void upgrade(Map<String, String> settings) {
    var words =
        new ArrayList<Object>(List.of("upgrade", NAME, Chart.ours().folder(), "--reuse-values"));
    settings.forEach((key, value) -> words.add("--set=" + key + "=" + value));
    helm(words.toArray());
  }

  @Override
  void uninstall() {
    helm("uninstall", NAME);
  }

  private void helm(Object... words) {
    var all = new ArrayList<Object>(List.of(words));
    all.addFirst(GoModule.HELM4.program("helm"));
    all.addAll(List.of("--namespace", NAMESPACE, "--kubeconfig", kubeconfig));
    Command.of(all.toArray()).with("HOME", folder).run().succeeded();
  }
}
