package dev.rig.credentials.config.files;

import dev.rig.credentials.config.ProblemCollector;
import dev.rig.credentials.config.SourcePosition;
import dev.rig.credentials.files.RegularFile;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Reads configuration from files and folders.
 *
 * <p>A mounted ConfigMap or Secret is a folder whose files are links through {@code ..data}, a link
 * to the current generation that the kubelet replaces atomically (Kubernetes, {@code
 * pkg/volume/util/atomic_writer.go}). Such a folder is read from one resolved generation only.
 */
public final class InputFiles {
  /** The size limit of a file in bytes: 1 MiB, which is also the limit of a ConfigMap. */
  public static final int LARGEST = 1 << 20;

  private static final int ATTEMPTS = 10;

  /** The key of a Kubernetes Secret for image pulls. */
  private static final String DOCKER_CONFIG = ".dockerconfigjson";

  /** Reads one file; replaced in tests. */
  @FunctionalInterface
  public interface Content {
    byte[] read(Path file) throws IOException;
  }

  private final ProblemCollector findings;
  private final Content content;
  private final @Nullable WriteChecks checks;

  /** Creates a reader that does not check who can write the files. */
  public InputFiles(ProblemCollector findings, Content content) {
    this(findings, content, null);
  }

  /**
   * Creates a reader.
   *
   * @param checks checks who can write the files; null for no checks
   */
  public InputFiles(ProblemCollector findings, Content content, @Nullable WriteChecks checks) {
    this.findings = findings;
    this.content = content;
    this.checks = checks;
  }

  /**
   * Reads at most one byte more than the limit, so that a larger file is detected without reading
   * all of it.
   */
  public static byte[] limited(Path file) throws IOException {
    return RegularFile.readAtMost(file, LARGEST + 1);
  }

  /** Returns the files in merge order. A file that cannot be read is a finding. */
  public List<InputFile> read(List<Path> paths) {
    var files = new ArrayList<InputFile>();
    if (paths.isEmpty()) {
      findings.addUnread(
          SourcePosition.file("--config"), "no file or folder is named", "name at least one");
    }
    for (var path : paths) {
      if (path.toString().isEmpty()) {
        findings.addUnread(
            SourcePosition.file("--config"),
            "the path is empty",
            "remove it, or name a file or a folder");
      } else if (Files.isDirectory(path)) {
        files.addAll(folder(path));
      } else {
        var file = file(path, path.toString(), findings);
        if (file != null) {
          check(path, findings);
          files.add(file);
        }
      }
    }
    return files;
  }

  private void check(Path path, ProblemCollector found) {
    if (checks != null) {
      checks.input(path, found);
    }
  }

  private List<InputFile> folder(Path folder) {
    for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
      var before = generation(folder);
      var found = new ProblemCollector();
      var files = generation(folder, before, found);
      if (before.equals(generation(folder))) {
        findings.addAll(found);
        return files;
      }
    }
    findings.readFailed();
    findings.addUnread(
        SourcePosition.file(folder.toString()),
        "the folder keeps changing while it is read",
        "try again");
    return List.of();
  }

  /** Returns the folder's current {@code ..data} target; without one, the folder itself. */
  private static Path generation(Path folder) {
    try {
      return folder.resolve("..data").toRealPath();
    } catch (IOException none) {
      return folder;
    }
  }

  private List<InputFile> generation(Path folder, Path generation, ProblemCollector found) {
    boolean mounted = !generation.equals(folder);
    var ours = new TreeMap<String, Path>();
    check(folder, found);
    try (var entries = Files.newDirectoryStream(generation)) {
      for (var entry : entries) {
        var name = FileName.of(entry);
        if (isOurs(name.text(), mounted) && !Files.isDirectory(entry)) {
          ours.put(name.text(), entry);
          if (!name.isUtf8()) {
            found.addUnread(
                SourcePosition.file(folder + "/" + name.text()),
                "the file's name is not UTF-8",
                "rename it");
          }
        }
      }
    } catch (IOException | DirectoryIteratorException e) {
      var reason = reason(e);
      found.readFailed();
      found.addUnread(
          SourcePosition.file(folder.toString()),
          "the folder cannot be listed" + (reason == null ? "" : ": " + reason),
          isDenied(e)
              ? "read it as root, or name another configuration with --config"
              : "correct that, or name another configuration with --config");
      return List.of();
    }
    var files = new ArrayList<InputFile>();
    ours.forEach((name, entry) -> {
      var file = file(entry, folder + "/" + name, found);
      if (file != null) {
        // The link is checked too, because it decides what is read as much as the file does.
        check(mounted ? folder.resolve("..data").resolve(entry.getFileName()) : entry, found);
        files.add(file);
      }
    });
    if (ours.isEmpty()) {
      found.addUnread(
          SourcePosition.file(folder.toString()),
          "the folder contains no configuration",
          mounted
              ? "the ConfigMap or Secret is empty"
              : "put *.yaml, *.yml or *.json files into it");
    }
    return files;
  }

  private static boolean isOurs(String name, boolean mounted) {
    return name.equals(DOCKER_CONFIG)
        || (!name.startsWith(".")
            && (mounted
                || name.endsWith(".yaml")
                || name.endsWith(".yml")
                || name.endsWith(".json")));
  }

  private @Nullable InputFile file(Path path, String name, ProblemCollector found) {
    var origin = SourcePosition.file(name);
    if (Files.isSymbolicLink(path) && !Files.exists(path)) {
      found.addUnread(
          origin,
          "the link leads to no file",
          "correct the link, or name another file with --config");
      return null;
    }
    if (!Files.exists(path)) {
      found.addUnread(
          origin,
          "there is no such file or folder",
          FileName.isUndecoded(name)
              ? "its name is not UTF-8: rename it"
              : "create it, or name another one with --config");
      return null;
    }
    if (!Files.isRegularFile(path)) {
      found.addUnread(origin, "not a regular file", "remove it, or name a file or a folder");
      return null;
    }
    byte[] bytes;
    try {
      bytes = content.read(path);
    } catch (IOException e) {
      found.readFailed();
      found.addUnread(origin, "the file cannot be read", reason(e));
      return null;
    }
    if (bytes.length > LARGEST) {
      found.addUnread(origin, "the file is larger than 1 MiB", "split it: files are merged");
      return null;
    }
    return new InputFile(name, bytes);
  }

  private static boolean isDenied(Exception e) {
    return e instanceof AccessDeniedException || e.getCause() instanceof AccessDeniedException;
  }

  private static @Nullable String reason(Exception e) {
    return switch (e) {
      case DirectoryIteratorException iteration when iteration.getCause() != null ->
          reason(iteration.getCause());
      case AccessDeniedException _ -> "permission denied";
      case NoSuchFileException _ -> "it was removed meanwhile";
      case FileSystemException known -> known.getReason();
      default -> null;
    };
  }
}
