package dev.rig.credentials.cli.doctor;

import dev.rig.credentials.files.RegularFile;
import dev.rig.credentials.image.InvalidReferenceException;
import dev.rig.credentials.image.RegistryPrefix;
import dev.rig.credentials.json.JsonException;
import dev.rig.credentials.json.JsonObject;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * A mirror through which a container runtime of this machine pulls images.
 *
 * @param upstream the registry in the images' names; null for every registry
 * @param host the mirror's host
 * @param containerd whether containerd uses it: containerd passes on the kubelet's credential,
 *     while podman looks up the mirror's own
 * @param file the file that configures it
 */
record RegistryMirror(
    @Nullable RegistryPrefix upstream, RegistryPrefix host, boolean containerd, Path file) {
  private static final int LARGEST = 1 << 20;

  /** The usual {@code config_path} of containerd. */
  private static final String HOSTS = "etc/containerd/certs.d";

  /**
   * Reads the mirrors of containerd: {@code hosts.toml} in a folder for each registry (containerd
   * {@code docs/hosts.md}). A host without the capability to pull, or with an {@code Authorization}
   * of its own, is left out.
   *
   * @param findings receives errors
   */
  static List<RegistryMirror> ofContainerd(Path root, List<Finding> findings) {
    var mirrors = new ArrayList<RegistryMirror>();
    for (var folder : files(root.resolve(HOSTS), "*")) {
      var file = folder.resolve("hosts.toml");
      var name = String.valueOf(folder.getFileName()).replaceFirst("_([0-9]+)_$", ":$1");
      var upstream = name.equals("_default") ? null : prefix(name).orElse(null);
      if (upstream == null && !name.equals("_default")) {
        continue;
      }
      read(file, findings)
          .ifPresent(hosts ->
              hosts
                  .object("host")
                  .fields()
                  .forEach((url, settings) -> {
                    var host = prefix(url).filter(mirror -> !mirror.equals(upstream));
                    if (host.isPresent()
                        && settings instanceof JsonObject object
                        && pulls(object)
                        && !authorizes(object)) {
                      mirrors.add(new RegistryMirror(upstream, host.get(), true, file));
                    }
                  }));
    }
    return mirrors;
  }

  /**
   * Reads the mirrors of podman, CRI-O and similar runtimes: {@code registries.conf} and its
   * drop-in files (containers-registries.conf(5), version 2).
   *
   * @param findings receives errors
   */
  static List<RegistryMirror> ofContainersImage(Path root, List<Finding> findings) {
    var mirrors = new ArrayList<RegistryMirror>();
    var files = new ArrayList<Path>();
    files.add(root.resolve("etc/containers/registries.conf"));
    files.addAll(files(root.resolve("etc/containers/registries.conf.d"), "*.conf"));
    for (var file : files) {
      var registries =
          read(file, findings).map(settings -> settings.objects("registry")).orElse(List.of());
      for (var registry : registries) {
        var named = registry.has("prefix") ? "prefix" : "location";
        var upstream = prefix(registry.textOrEmpty(named));
        for (var mirror : registry.objects("mirror")) {
          var host = prefix(mirror.textOrEmpty("location"));
          if (upstream.isPresent() && host.isPresent()) {
            mirrors.add(new RegistryMirror(upstream.get(), host.get(), false, file));
          }
        }
      }
    }
    return mirrors;
  }

  /**
   * Returns the path of the mirror's repositories; empty if they can have every path. In
   * containerd's URLs it follows {@code /v2/}, and what is before that is no part of a name.
   */
  String repositories() {
    var path = host.path();
    if (!containerd) {
      return path;
    }
    return path.startsWith("v2/") ? path.substring("v2/".length()) : "";
  }

  private static boolean pulls(JsonObject host) {
    return !host.has("capabilities") || host.texts("capabilities").contains("pull");
  }

  private static boolean authorizes(JsonObject host) {
    return host.object("header").fields().keySet().stream()
        .anyMatch(name -> name.equalsIgnoreCase("authorization"));
  }

  private static Optional<RegistryPrefix> prefix(String text) {
    try {
      return text.isEmpty() ? Optional.empty() : Optional.of(RegistryPrefix.ofHost(text));
    } catch (InvalidReferenceException e) {
      return Optional.empty();
    }
  }

  private static List<Path> files(Path folder, String glob) {
    var files = new TreeSet<Path>();
    try (DirectoryStream<Path> stream = Files.newDirectoryStream(folder, glob)) {
      stream.forEach(files::add);
    } catch (IOException noneOrUnreadable) {
      return List.of();
    }
    return List.copyOf(files);
  }

  private static Optional<JsonObject> read(Path file, List<Finding> findings) {
    try {
      return Optional.of(JsonObject.parseToml(RegularFile.read(file, LARGEST)));
    } catch (NoSuchFileException none) {
      return Optional.empty();
    } catch (JsonException e) {
      findings.add(
          Finding.warn(
              MirrorCheck.CHECK, file + e.position() + ": " + e.getMessage(), "correct the file"));
    } catch (IOException e) {
      findings.add(Finding.warn(MirrorCheck.CHECK, file + " cannot be read", "run doctor as root"));
    }
    return Optional.empty();
  }
}
