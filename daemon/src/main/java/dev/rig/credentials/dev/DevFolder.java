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

/** The folder {@code dev} of the state folder: all that the development registry keeps. */
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

  /** Where the registry keeps its images. */
  Path data() {
    return folder.resolve("data");
  }

  /** The registry's configuration. */
  Path configuration() {
    return folder.resolve("config.yml");
  }

  /** Names and hashes of who may come in. */
  Path passwords() {
    return folder.resolve("htpasswd");
  }

  /** The certificate of its authority: what clients have to trust. */
  Path authority() {
    return folder.resolve("ca.crt");
  }

  /** Its own certificate. */
  Path certificate() {
    return folder.resolve("tls.crt");
  }

  /** The key of its certificate. */
  Path key() {
    return folder.resolve("tls.key");
  }

  /** No file: the argument that tells the front's processes. */
  Path front() {
    return folder.resolve("front");
  }

  /** What the front says. */
  Path frontLog() {
    return folder.resolve("front.log");
  }

  /** What the registry says. */
  Path log() {
    return folder.resolve("registry.log");
  }

  boolean exists() {
    return Files.exists(folder.resolve(SEALED));
  }

  /** The sealed file, with the state folder's key; makes the folders. */
  SealedFile sealed(@Nullable Path credentials) {
    var key = StateFolder.open(state).key(null, credentials);
    return new SealedFile(StateFolder.open(folder).file(SEALED), key, DevRecord.PURPOSE);
  }

  /**
   * Where the registry finds what is in this folder.
   *
   * @param address where it listens
   * @param data its images' folder
   * @param passwords the file of passwords
   * @param certificate the file of its certificate
   * @param key the file of its key
   */
  record Seen(String address, String data, String passwords, String certificate, String key) {}

  /** The folder as a program of this machine sees it. */
  Seen seen(DevRegistryAddress place) {
    return new Seen(
        place.listening(),
        data().toString(),
        passwords().toString(),
        certificate().toString(),
        key().toString());
  }

  /** Writes what the registry reads; its certificate is there already. */
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
   * Has a certificate for the place in this folder: the one that is there, where that will do for a
   * month.
   *
   * @return whether it is a new one
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

  /** The bytes of all images. */
  long size() {
    if (!Files.exists(data())) {
      return 0;
    }
    try (var files = Files.walk(data())) {
      return files.filter(Files::isRegularFile).mapToLong(DevFolder::size).sum();
    } catch (IOException | UncheckedIOException e) {
      throw new DevException("cannot look into " + data() + ": " + e.getMessage(), e);
    }
  }

  private static long size(Path file) {
    try {
      return Files.size(file);
    } catch (IOException gone) {
      return 0; // an upload that ended meanwhile
    }
  }

  /**
   * The repositories with an image, in order, as the registry's filesystem driver lays them out.
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
      throw new DevException("cannot look into " + root + ": " + e.getMessage(), e);
    }
  }

  /** The tags of a repository, in order. */
  List<String> tags(String repository) {
    var folder =
        data().resolve("docker/registry/v2/repositories").resolve(repository + "/_manifests/tags");
    try (var tags = Files.list(folder)) {
      return tags.map(tag -> tag.getFileName().toString()).sorted().toList();
    } catch (IOException e) {
      throw new DevException("cannot look into " + folder + ": " + e.getMessage(), e);
    }
  }

  /** Removes what makes it run and, where that is wanted, its images. */
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
