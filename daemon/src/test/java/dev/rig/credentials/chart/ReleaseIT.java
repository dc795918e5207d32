package dev.rig.credentials.chart;

import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Tag;

/** With the engine of Helm 3. */
@Tag("kubernetes")
class ReleaseIT extends ReleaseCases {
  private HelmRelease release() {
    return new HelmRelease(NAME, NAMESPACE, kubeconfig);
  }

  @Override
  void install(Path values) {
    release().install(values);
  }

  @Override
  void upgrade(Map<String, String> settings) {
    release().upgrade(settings);
  }

  @Override
  void uninstall() {
    release().uninstall();
  }
}
