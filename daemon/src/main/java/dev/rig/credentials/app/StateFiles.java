package dev.rig.credentials.app;

import dev.rig.credentials.files.LockFile;
import dev.rig.credentials.files.WriteAccess;
import dev.rig.credentials.problem.ComponentHealth;
import dev.rig.credentials.store.SealedFile;
import dev.rig.credentials.store.SealingKey;
import dev.rig.credentials.store.StateFolder;
import dev.rig.credentials.store.StoreException;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The state folder and its key, opened when first needed. If the folder is emptied while the daemon
 * runs, the next write creates the lock and the key again.
 *
 * <p>The folder belongs to the first daemon that opens it (F38). A second daemon saves nothing
 * there as long as it runs, even after the first has ended, because the first may be restarting.
 */
final class StateFiles implements AutoCloseable {
  private static final Logger LOG = System.getLogger(StateFiles.class.getName());

  private final EffectiveSettings settings;
  private final Map<String, String> environment;

  /** The lock of the folder. The monitor of this guards it and the next two fields. */
  private @Nullable LockFile lock;

  /** Why this daemon saves nothing in the folder any more; null while it owns it. */
  private @Nullable String yielded;

  private @Nullable SealingKey key;

  StateFiles(EffectiveSettings settings, Map<String, String> environment) {
    this.settings = settings;
    this.environment = environment;
  }

  /**
   * Returns whether a file of an earlier run exists, or may exist: the folder cannot be read, or is
   * not a folder now.
   */
  boolean holds(String name) {
    var folder = settings.stateDir();
    if (Files.notExists(folder, LinkOption.NOFOLLOW_LINKS)) {
      return false;
    }
    return !Files.isDirectory(folder)
        || !Files.notExists(folder.resolve(name), LinkOption.NOFOLLOW_LINKS);
  }

  /**
   * Removes a file of an earlier run.
   *
   * @throws StoreException if the folder is unavailable, or the file cannot be removed
   */
  synchronized void remove(String name) {
    if (holds(name)) {
      SealedFile.remove(folder().file(name));
    }
  }

  /**
   * Returns a sealed file in the folder.
   *
   * @throws StoreException if the folder or the key is unavailable
   */
  synchronized SealedFile file(String name, String purpose) {
    var folder = folder();
    return new SealedFile(folder.file(name), key(folder), purpose);
  }

  /** Returns the folder, and makes this daemon its owner; again if the folder was emptied. */
  private StateFolder folder() {
    var folder = StateFolder.open(settings.stateDir());
    if (yielded == null) {
      if (lock == null) {
        replaceable().ifPresent(problem -> LOG.log(Level.WARNING, problem));
        lock = folder.lock();
      }
      boolean replaced = lock.isReplaced();
      if (!folder.take(lock)) {
        yielded =
            "another daemon uses the state folder %s; start each with a --state-dir of its own";
      } else if (replaced) {
        lock.release();
        yielded =
            "the state folder %s was replaced while the daemon runs, by another daemon or by a"
                + " copy: restart this daemon to use it";
      }
    }
    if (yielded != null) {
      throw new StoreException(yielded.formatted(settings.stateDir()));
    }
    return folder;
  }

  /** Returns the warning about a state folder that another user can replace; empty if absent. */
  static Optional<String> replaceable(Path folder, Map<String, String> environment) {
    return StateFolder.replaceable(folder, WriteAccess.ofThisProcess(environment))
        .map(problem -> "the state folder can be replaced: " + problem);
  }

  private Optional<String> replaceable() {
    return replaceable(settings.stateDir(), environment);
  }

  /**
   * Returns the component {@code stateFolder}, with a message while another user could replace the
   * folder. It stays healthy: nothing is lost unless that user does.
   */
  ComponentHealth health() {
    return new ComponentHealth("stateFolder", true, replaceable().stream().toList(), Map.of());
  }

  private SealingKey key(StateFolder folder) {
    var given = environment.getOrDefault("CREDENTIALS_DIRECTORY", "");
    var credentials = given.isEmpty() ? null : Path.of(given);
    var named = settings.sealingKeyFile();
    if (key == null) {
      if (named != null) {
        requirePrivate(named);
      } else if (credentials != null) {
        requirePrivate(credentials);
      }
      key = folder.key(named, credentials);
      if (key.origin() == SealingKey.KeyOrigin.GENERATED) {
        LOG.log(
            Level.WARNING,
            "leases and logins are sealed with a key that is stored next to them; set"
                + " daemon.sealingKeyFile or systemd''s credential {0} instead",
            StateFolder.CREDENTIAL);
      }
    }
    folder.keep(key, named, credentials);
    return key;
  }

  /**
   * Rejects a key that another user can write: that user could read what it seals, or have it
   * rejected (T23).
   */
  private void requirePrivate(Path key) {
    try {
      WriteAccess.ofThisProcess(environment)
          .problem(key)
          .ifPresent(problem -> {
            throw new StoreException("the sealing key can be replaced: " + problem);
          });
    } catch (IOException e) {
      // Missing or unreadable: reported when the key is read.
    }
  }

  /** Releases the folder, for the next owner in this process. */
  @Override
  public synchronized void close() {
    if (lock != null) {
      lock.release();
    }
  }
}
