package dev.rig.credentials.testing.registry;

import dev.rig.credentials.testing.Tool;
import dev.rig.credentials.testing.daemon.Command;
import dev.rig.credentials.testing.machine.PrivateFile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;

/** An image of one small file that real clients push and pull, and the files that they read. */
public final class TestImage {
  private final DockerEngine engine;
  private final Path folder;
  private final Path archive;
  private final Path withoutCredentials;
  private int configurations;

  /**
   * Creates the image's content.
   *
   * @param folder for its files and those of clients
   */
  public TestImage(DockerEngine engine, Path folder) {
    this.engine = engine;
    this.folder = folder;
    this.archive = folder.resolve("image.tar");
    try {
      Files.writeString(folder.resolve("hello"), "hello\n");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    Command.of("/bin/tar", "-C", folder, "-cf", archive, "hello").run().succeeded();
    this.withoutCredentials = config("{}");
  }

  /** Returns the image's name in a registry. */
  public static String in(RegistryServer registry) {
    return registry.host() + "/acme/hello:1";
  }

  /** Imports the image into the engine, with its name in this registry. */
  public void importFor(RegistryServer registry) {
    engine.docker(withoutCredentials, "import", archive, in(registry)).run().succeeded();
  }

  /** Removes the image from the engine, if it is there. */
  public void removeFor(RegistryServer registry) {
    engine.docker(withoutCredentials, "rmi", "--force", in(registry)).run();
  }

  /** Pushes the image with a login from {@code config.json}, and returns that file's folder. */
  public Path push(RegistryServer registry, String username, String password) {
    var login = (username + ":" + password).getBytes(StandardCharsets.UTF_8);
    var config =
        config(
            "{\"auths\":{\"%s\":{\"auth\":\"%s\"}}}"
                .formatted(registry.host(), Base64.getEncoder().encodeToString(login)));
    importFor(registry);
    engine.docker(config, "push", in(registry)).run().succeeded();
    return config;
  }

  /** Writes a {@code config.json} into a new folder, and returns the folder. */
  public Path config(String json) {
    configurations++;
    return PrivateFile.write(
            folder.resolve("config-" + configurations).resolve("config.json"), json)
        .getParent();
  }

  /** Returns a folder with {@code config.json} without a credential. */
  public Path withoutCredentials() {
    return withoutCredentials;
  }

  /** Returns a folder with a {@code Dockerfile} for an image that is based on the given one. */
  public Path context(String image) {
    return PrivateFile.write(
            folder.resolve("context-" + image.hashCode()).resolve("Dockerfile"),
            "FROM %s\nLABEL built=yes\n".formatted(image))
        .getParent();
  }

  /**
   * Returns a command of a tool that is based on containers/image, with a storage of its own.
   *
   * @param tool podman, buildah or skopeo; the first two need root
   * @param config the folder with the {@code config.json} that the tool reads
   */
  public Command containers(Tool tool, Path config, Object... arguments) {
    var words = new ArrayList<Object>(List.of(tool.path()));
    if (tool != Tool.SKOPEO) {
      Tool.needRoot("the storage of podman and buildah");
      var storage = folder.resolve(tool.name());
      words.add("--root=" + storage.resolve("root"));
      words.add("--runroot=" + storage.resolve("run"));
      words.add("--storage-driver=vfs");
      if (tool == Tool.PODMAN) {
        words.add("--tmpdir=" + storage.resolve("tmp"));
        words.add("--cgroup-manager=cgroupfs");
      }
    }
    words.addAll(List.of(arguments));
    var home = PrivateFile.folder(folder.resolve("home"));
    return Command.of(words.toArray())
        .with("HOME", home)
        .with("XDG_RUNTIME_DIR", home)
        .with("REGISTRY_AUTH_FILE", config.resolve("config.json"));
  }
}
