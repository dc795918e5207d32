package dev.rig.credentials.chart;

import com.marcnuri.helm.Helm;
import java.nio.file.Path;
import java.util.Map;

/**
 * The project's chart in a cluster, installed by the engine of Helm 3.
 *
 * @param kubeconfig of the cluster
 */
record HelmRelease(String name, String namespace, Path kubeconfig) {
  /** Installs the chart; returns the notes. */
  String install(Path values) {
    return new Helm(Chart.ours().folder())
        .install()
        .withName(name)
        .withNamespace(namespace)
        .withKubeConfig(kubeconfig)
        .withValuesFile(values)
        .call()
        .getOutput();
  }

  /** Changes single values, as with {@code --reuse-values --set}. */
  void upgrade(Map<String, String> settings) {
    var command =
        new Helm(Chart.ours().folder())
            .upgrade()
            .withName(name)
            .withNamespace(namespace)
            .withKubeConfig(kubeconfig)
            .reuseValues();
    settings.forEach(command::set);
    command.call();
  }

  void uninstall() {
    Helm.uninstall(name).withNamespace(namespace).withKubeConfig(kubeconfig).call();
  }
}
