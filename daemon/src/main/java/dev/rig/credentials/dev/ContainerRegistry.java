package dev.rig.credentials.dev;

import com.github.dockerjava.api.exception.DockerException;
import com.github.dockerjava.api.exception.NotFoundException;
import com.github.dockerjava.api.model.AccessMode;
import com.github.dockerjava.api.model.Bind;
import com.github.dockerjava.api.model.Container;
import com.github.dockerjava.api.model.ExposedPort;
import com.github.dockerjava.api.model.HostConfig;
import com.github.dockerjava.api.model.PortBinding;
import com.github.dockerjava.api.model.Ports;
import com.github.dockerjava.api.model.RestartPolicy;
import com.github.dockerjava.api.model.Volume;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The registry as a container of an engine, which restarts it when it ends. */
final class ContainerRegistry {
  private static final String DATA = "/var/lib/registry";
  private static final String PASSWORDS = "/rig/htpasswd";
  private static final String CERTIFICATE = "/rig/tls.crt";
  private static final String KEY = "/rig/tls.key";
  private static final String CONFIGURATION = "/rig/config.yml";
  private static final String REPOSITORY = "registry";
  private static final String TAG = "2";
  private static final String LABEL = "dev.rig.credentials.dev-registry";
  private static final int INSIDE = 5000;
  private static final Duration PULL = Duration.ofMinutes(2);

  private final DevFolder folder;
  private final EngineClient engine;

  ContainerRegistry(DevFolder folder, EngineClient engine) {
    this.folder = folder;
    this.engine = engine;
  }

  /** Returns whether the engine has the image, or can pull it. */
  boolean hasImage() throws InterruptedException {
    var image = REPOSITORY + ":" + TAG;
    return engine.has(image) || (engine.pull(REPOSITORY, TAG, PULL) && engine.has(image));
  }

  /** Returns the folder as the container sees it. */
  DevFolder.Seen seen(DevRegistryAddress place) {
    return new DevFolder.Seen(
        isBridged() ? ":" + INSIDE : place.listening(), DATA, PASSWORDS, CERTIFICATE, KEY);
  }

  /**
   * Returns whether containers have their own network: without a bridge the engine cannot publish a
   * port, and containers use the machine's ports.
   */
  private boolean isBridged() {
    return engine.client().listNetworksCmd().exec().stream()
        .anyMatch(network -> List.of("bridge", "podman").contains(network.getName()));
  }

  /** Creates and starts it. */
  void start(DevRegistryAddress place) {
    var inside = ExposedPort.tcp(INSIDE);
    var binds = new ArrayList<Bind>();
    binds.add(new Bind(folder.data().toString(), new Volume(DATA)));
    binds.add(readOnly(folder.configuration(), CONFIGURATION));
    binds.add(readOnly(folder.passwords(), PASSWORDS));
    if (place.tls()) {
      binds.add(readOnly(folder.certificate(), CERTIFICATE));
      binds.add(readOnly(folder.key(), KEY));
    }
    var host =
        HostConfig.newHostConfig()
            .withRestartPolicy(RestartPolicy.unlessStoppedRestart())
            .withBinds(binds);
    if (isBridged()) {
      host.withPortBindings(
          new PortBinding(Ports.Binding.bindIpAndPort(place.address(), place.port()), inside));
    } else {
      host.withNetworkMode("host");
    }
    try {
      var command =
          engine
              .client()
              .createContainerCmd(REPOSITORY + ":" + TAG)
              .withName("rig-dev-registry-" + place.port())
              .withLabels(Map.of(LABEL, folder.path().toString()))
              .withExposedPorts(inside)
              .withHostConfig(host)
              .withCmd("serve", CONFIGURATION);
      if (!isRootless()) {
        command.withUser(owner(folder.path()));
      }
      engine.client().startContainerCmd(command.exec().getId()).exec();
    } catch (DockerException e) {
      stop();
      throw new DevException(
          "the engine could not start the registry: "
              + String.valueOf(e.getMessage()).replaceAll("\\p{Cntrl}+", " ").strip(),
          e);
    }
  }

  private static Bind readOnly(Path file, String seen) {
    return new Bind(file.toString(), new Volume(seen), AccessMode.ro);
  }

  /** Returns whether the engine is rootless; its root is the user, who then owns the files. */
  private boolean isRootless() {
    var options = engine.client().infoCmd().exec().getSecurityOptions();
    return options != null && options.stream().anyMatch(option -> option.contains("rootless"));
  }

  private static String owner(Path path) {
    try {
      return Files.getAttribute(path, "unix:uid") + ":" + Files.getAttribute(path, "unix:gid");
    } catch (IOException e) {
      throw new DevException("cannot read " + path + ": " + e.getMessage(), e);
    }
  }

  boolean runs() {
    return containers().stream().anyMatch(container -> "running".equals(container.getState()));
  }

  /** Removes the container; the registry's data stays. */
  void stop() {
    for (var container : containers()) {
      try {
        engine.client().removeContainerCmd(container.getId()).withForce(true).exec();
      } catch (NotFoundException gone) {
        // Already absent.
      } catch (DockerException e) {
        throw new DevException("the engine could not remove the registry: " + e.getMessage(), e);
      }
    }
  }

  private List<Container> containers() {
    return engine
        .client()
        .listContainersCmd()
        .withShowAll(true)
        .withLabelFilter(Map.of(LABEL, folder.path().toString()))
        .exec();
  }
}
