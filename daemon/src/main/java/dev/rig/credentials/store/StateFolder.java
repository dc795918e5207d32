package dev.rig.credentials.store;

import dev.rig.credentials.files.AtomicFile;
import dev.rig.credentials.files.FileId;
import dev.rig.credentials.files.LockFile;
import dev.rig.credentials.files.PrivateFolder;
import dev.rig.credentials.files.RegularFile;
import dev.rig.credentials.files.WriteAccess;
import dev.rig.credentials.linux.LibC;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The folder of data that survives a restart, and the key that seals it (T16). */
public final class StateFolder {
  /** The name of systemd's credential: {@code LoadCredential=} of systemd.exec(5). */
  public static final String CREDENTIAL = "rig-credentials.key";

  private static final String LOCK = "daemon.lock";
  private static final String GENERATED = "sealing.key";
  private static final int MOST_KEY_BYTES = 4096;
  private static final int READABLE_BY_OTHERS = 0077;

  private final Path path;
  private final Path machineId;

  private StateFolder(Path path, Path machineId) {
    this.path = path;
    this.machineId = machineId;
  }

  /**
   * Opens the folder, and creates it with mode 0700 if missing.
   *
   * @throws StoreException if it cannot be created, or others can write to it
   */
  public static StateFolder open(Path path) {
    return open(path, Path.of("/etc/machine-id"));
  }

  static StateFolder open(Path path, Path machineId) {
    try {
      PrivateFolder.prepare(path);
    } catch (IOException e) {
      throw new StoreException("cannot use the state folder: " + words(e), e);
    }
    return new StateFolder(path, machineId);
  }

  /**
   * Returns why a user other than its owner can replace the folder, or replace it with an older
   * version. The root of a mount is ignored: a kubelet makes an {@code emptyDir} writable for all
   * users of the containers that mount it.
   *
   * @param path the folder; if it does not exist, the nearest folder above it is checked
   * @param access that of the process that would create it
   * @return empty if no other user can, or if that cannot be determined
   */
  public static Optional<String> replaceable(Path path, WriteAccess access) {
    try {
      var existing = path.toAbsolutePath();
      while (existing.getParent() != null && FileId.of(existing).isEmpty()) {
        existing = existing.getParent();
      }
      var folder = FileId.behind(path);
      var judge = folder.isPresent() ? access.of(folder.get().owner()) : access;
      for (var exposure : judge.look(existing)) {
        var parent = exposure.path().resolveSibling("");
        if (!exposure.tolerated() && !isMount(exposure.path(), parent)) {
          return Optional.of(exposure.toString());
        }
      }
    } catch (IOException e) {
      // A folder that cannot be read is reported when it is used.
    }
    return Optional.empty();
  }

  private static boolean isMount(Path folder, Path parent) throws IOException {
    var id = FileId.of(folder);
    var above = FileId.of(parent);
    return id.isPresent()
        && id.get().owner() == 0
        && above.isPresent()
        && id.get().device() != above.get().device();
  }

  /** Returns the lock of the folder, to be taken with {@link #take}. */
  public LockFile lock() {
    return new LockFile(file(LOCK));
  }

  /**
   * Locks the folder for this process, until the lock is released or the process ends: two daemons
   * would overwrite each other's files (F38). A killed process leaves no lock. A lock that is held
   * is acquired again if its file was removed.
   *
   * @return false if another process has locked the folder
   * @throws StoreException if it cannot be locked
   */
  public boolean take(LockFile lock) {
    try {
      return lock.take();
    } catch (IOException e) {
      throw new StoreException(file(LOCK) + " " + RegularFile.reason(e), e);
    }
  }

  /** Returns a file in it. */
  public Path file(String name) {
    return path.resolve(name);
  }

  /**
   * Returns the key, from the first of: the configured file; systemd's credential {@link
   * #CREDENTIAL}; a key next to the data, generated at the first start.
   *
   * @param named the configured file; null if none
   * @param credentials {@code $CREDENTIALS_DIRECTORY}; null if not set
   * @throws StoreException if the key cannot be read, is too short, or others can read it
   */
  public SealingKey key(@Nullable Path named, @Nullable Path credentials) {
    var source = source(named, credentials);
    if (source.origin() == SealingKey.KeyOrigin.GENERATED && !Files.exists(source.file())) {
      var fresh = new byte[SealingKey.SHORTEST];
      new SecureRandom().nextBytes(fresh);
      create(source.file(), fresh);
    }
    return read(source);
  }

  /**
   * Ensures that a restart uses this key too, because it could read nothing that another one seals.
   * A generated key is saved again if its file was removed.
   *
   * @param named the configured file; null if none
   * @param credentials {@code $CREDENTIALS_DIRECTORY}; null if not set
   * @throws StoreException if that fails, or if a restart would use another key
   */
  public void keep(SealingKey key, @Nullable Path named, @Nullable Path credentials) {
    var beside = file(GENERATED);
    if (key.origin() == SealingKey.KeyOrigin.GENERATED && Files.notExists(beside)) {
      create(beside, key.secret());
    }
    var source = source(named, credentials);
    if (source.origin() != key.origin() || !read(source).isSame(key)) {
      throw new StoreException(
          ("the sealing key %s was replaced while the daemon runs: put the previous one back, or"
                  + " restart the daemon, which then cannot read what was stored before")
              .formatted(source.file()));
    }
  }

  private record KeySource(Path file, SealingKey.KeyOrigin origin) {}

  private KeySource source(@Nullable Path named, @Nullable Path credentials) {
    if (named != null) {
      return new KeySource(named, SealingKey.KeyOrigin.FILE);
    }
    if (credentials != null && Files.exists(credentials.resolve(CREDENTIAL))) {
      return new KeySource(credentials.resolve(CREDENTIAL), SealingKey.KeyOrigin.SYSTEMD);
    }
    return new KeySource(file(GENERATED), SealingKey.KeyOrigin.GENERATED);
  }

  private static void create(Path file, byte[] secret) {
    try {
      AtomicFile.create(file, secret);
    } catch (IOException e) {
      throw new StoreException("cannot make a sealing key: " + words(e), e);
    }
  }

  private SealingKey read(KeySource source) {
    var file = source.file();
    byte[] secret;
    try {
      secret = RegularFile.readAtMost(file, MOST_KEY_BYTES);
      if (source.origin() == SealingKey.KeyOrigin.GENERATED
          && Files.getAttribute(file, "unix:mode") instanceof Integer mode
          && (mode & READABLE_BY_OTHERS) != 0) {
        throw new StoreException("other users can read the sealing key " + file + ": chmod 0600");
      }
      if (source.origin() == SealingKey.KeyOrigin.GENERATED) {
        requireOwn(file);
      }
    } catch (IOException e) {
      throw new StoreException("cannot read the sealing key: " + words(e), e);
    }
    if (secret.length < SealingKey.SHORTEST) {
      throw new StoreException(
          "the sealing key %s has fewer than %d bytes: create one with head -c 32 /dev/urandom"
              .formatted(file, SealingKey.SHORTEST));
    }
    return new SealingKey(secret, machine(), source.origin());
  }

  /** Rejects a key that another user put into the folder, for example while it was writable. */
  private static void requireOwn(Path file) throws IOException {
    var id = FileId.of(file);
    if (id.isPresent() && id.get().owner() != 0 && id.get().owner() != LibC.geteuid()) {
      throw new StoreException(
          "the sealing key %s belongs to uid %s, who knows it: remove it with the files that it seals"
              .formatted(file, Integer.toUnsignedString(id.get().owner())));
    }
  }

  /** Returns machine-id(5); containers often have none, and then share an empty id. */
  private String machine() {
    try {
      return RegularFile.text(machineId).strip();
    } catch (IOException none) {
      return "";
    }
  }

  private static String words(IOException e) {
    return e instanceof FileSystemException of && of.getFile() != null
        ? of.getFile() + ": " + RegularFile.reason(e)
        : String.valueOf(e.getMessage());
  }
}
