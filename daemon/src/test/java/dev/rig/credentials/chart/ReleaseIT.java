package dev.rig.credentials.chart;

import com.marcnuri.helm.Helm;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Tag;

/** With the engine of Helm 3. */
@Tag("kubernetes")
class ReleaseIT extends ReleaseCases {
  @Override
  void install(Path values) {
    new Helm(Chart.ours().folder())
        .install()
        .withName(NAME)
        .withNamespace(NAMESPACE)
        .withKubeConfig(kubeconfig)
        .withValuesFile(values)
        .call();
  }

  @Override
  void upgrade(Map<String, String> settings) {
    var command =
        new Helm(Chart.ours().folder())
            .upgrade()
            .withName(NAME)
            .withNamespace(NAMESPACE)
            .withKubeConfig(kubeconfig)
            .reuseValues();
    settings.forEach(command::set);
    command.call();
  }

  @Override
  void uninstall() {
    Helm.uninstall(NAME).withNamespace(NAMESPACE).withKubeConfig(kubeconfig).call();
  }
}
