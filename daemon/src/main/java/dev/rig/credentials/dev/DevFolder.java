package dev.rig.credentials.dev;

import dev.rig.credentials.files.AtomicFile;
import dev.rig.credentials.files.RegularFile;
import dev.rig.credentials.json.JsonWriter;
import dev.rig.credentials.store.SealedFile;
import dev.rig.credentials.store.StateFolder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The folder {@code dev} of the state folder, with all data of the development registry. */
final class DevFolder {
  private static final String SEALED = "registry.sealed";
  private static final int HTTP_SECRET = 32;

  private final Path state;
  private final Path folder;
  private final SecureRandom random = new SecureRandom();

  DevFolder(Path state) {
    this.state = state.toAbsolutePath().normalize();
    this.folder = this.state.resolve("dev");
  }

  Path path() {
    return folder;
  }

  /** Returns the folder of the registry's images. */
  Path data() {
    return folder.resolve("data");
  }

  /** Returns the registry's configuration file. */
  Path configuration() {
    return folder.resolve("config.yml");
  }

  /** Returns the file of user names and password hashes. */
  Path passwords() {
    return folder.resolve("htpasswd");
  }

  /** Returns the certificate of the authority: what clients must trust. */
  Path authority() {
    return folder.resolve("ca.crt");
  }

  /** Returns the registry's certificate. */
  Path certificate() {
    return folder.resolve("tls.crt");
  }

  /** Returns the key of the certificate. */
  Path key() {
    return folder.resolve("tls.key");
  }

  /** Returns a path without a file: the argument that identifies the front's processes. */
  Path front() {
    return folder.resolve("front");
  }

  /** Returns the front's log. */
  Path frontLog() {
    return folder.resolve("front.log");
  }

  /** Returns the registry's log. */
  Path log() {
    return folder.resolve("registry.log");
  }

  boolean exists() {
    return Files.exists(folder.resolve(SEALED));
  }

  /** Returns the sealed file, with the state folder's key; creates the folders. */
  SealedFile sealed(@Nullable Path credentials) {
    var key = StateFolder.open(state).key(null, credentials);
    return new SealedFile(StateFolder.open(folder).file(SEALED), key, DevRecord.PURPOSE);
  }

  /**
   * The paths of this folder as the registry sees them.
   *
   * @param address where it listens
   * @param data the folder of its images
   * @param passwords the file of passwords
   * @param certificate the file of its certificate
   * @param key the file of its key
   */
  record Seen(String address, String data, String passwords, String certificate, String key) {}

  /** Returns the paths for a program of this machine. */
  Seen seen(DevRegistryAddress place) {
    return new Seen(
        place.listening(),
        data().toString(),
        passwords().toString(),
        certificate().toString(),
        key().toString());
  }

  /** Writes the files that the registry reads; the certificate must exist already. */
  void configure(DevRecord record, Seen seen) {
    var secret = new byte[HTTP_SECRET];
    random.nextBytes(secret);
    var tls =
        record.place().tls()
            ? ", tls: {certificate: %s, key: %s, minimumtls: tls1.2}"
                .formatted(JsonWriter.quoted(seen.certificate()), JsonWriter.quoted(seen.key()))
            : "";
    try {
      Files.createDirectories(data());
      replace(passwords(), DevLogin.line(record.credential(), random) + "\n");
      replace(
          configuration(),
          """
          version: 0.1
          log: {level: warn}
          storage:
            filesystem: {rootdirectory: %s}
            delete: {enabled: true}
          http: {addr: %s, secret: %s%s}
          auth:
            htpasswd: {realm: rig-dev, path: %s}
          """
              .formatted(
                  JsonWriter.quoted(seen.data()),
                  JsonWriter.quoted(seen.address()),
                  JsonWriter.quoted(HexFormat.of().formatHex(secret)),
                  tls,
                  JsonWriter.quoted(seen.passwords())));
    } catch (IOException e) {
      throw new DevException("cannot write to " + folder + ": " + e.getMessage(), e);
    }
  }

  /**
   * Ensures that the folder has a certificate for the place that is valid for at least a month.
   *
   * @return whether it was created now
   */
  boolean certify(DevAuthority authority, DevRegistryAddress place, Instant now) {
    try {
      if (Files.exists(key())
          && Files.exists(certificate())
          && Files.exists(authority())
          && authority.stillGood(RegularFile.read(certificate(), RegularFile.SMALL), place, now)) {
        return false;
      }
      var identity = authority.sign(place, now);
      Files.createDirectories(folder);
      replace(authority(), authority.pem());
      replace(key(), identity.key());
      replace(certificate(), identity.certificate());
      return true;
    } catch (IOException e) {
      throw new DevException("cannot write to " + folder + ": " + e.getMessage(), e);
    }
  }

  private static void replace(Path file, String content) throws IOException {
    AtomicFile.replace(file, content.getBytes(StandardCharsets.UTF_8));
  }

  /** Returns the size of all images in bytes. */
  long size() {
    if (!Files.exists(data())) {
      return 0;
    }
    try (var files = Files.walk(data())) {
      return files.filter(Files::isRegularFile).mapToLong(DevFolder::size).sum();
    } catch (IOException | UncheckedIOException e) {
      throw new DevException("cannot read the folder " + data() + ": " + e.getMessage(), e);
    }
  }

  private static long size(Path file) {
    try {
      return Files.size(file);
    } catch (IOException gone) {
      return 0; // an upload that ended in the meantime
    }
  }

  /**
   * Returns the repositories with an image, in order, by the layout of the registry's filesystem
   * driver.
   */
  List<String> repositories() {
    var root = data().resolve("docker/registry/v2/repositories");
    if (!Files.exists(root)) {
      return List.of();
    }
    try (var folders = Files.walk(root)) {
      return folders
          .filter(path -> path.endsWith("_manifests/tags"))
          .map(path -> root.relativize(path.resolve("../..").normalize()).toString())
          .sorted()
          .toList();
    } catch (IOException | UncheckedIOException e) {
      throw new DevException("cannot read the folder " + root + ": " + e.getMessage(), e);
    }
  }

  /** Returns the tags of a repository, in order. */
  List<String> tags(String repository) {
    var folder =
        data().resolve("docker/registry/v2/repositories").resolve(repository + "/_manifests/tags");
    try (var tags = Files.list(folder)) {
      return tags.map(tag -> tag.getFileName().toString()).sorted().toList();
    } catch (IOException e) {
      throw new DevException("cannot read the folder " + folder + ": " + e.getMessage(), e);
    }
  }

  /** Removes the registry's files and, if requested, its images. */
  void remove(boolean purge) {
    var doomed =
        new ArrayList<>(
            List.of(configuration(), passwords(), key(), certificate(), log(), frontLog()));
    if (purge) {
      doomed.add(folder);
    }
    for (var file : doomed) {
      delete(file);
    }
  }

  private static void delete(Path path) {
    if (!Files.exists(path)) {
      return;
    }
    try (var files = Files.walk(path)) {
      for (var file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
    } catch (IOException | UncheckedIOException e) {
      throw new DevException("cannot remove " + path + ": " + e.getMessage(), e);
    }
  }
}
