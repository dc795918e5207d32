package dev.rig.credentials.store;

import dev.rig.credentials.image.ImageReference;
import dev.rig.credentials.problem.ComponentHealth;
import dev.rig.credentials.time.Scheduler;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Logins that people stored, each visible only to the uid that stored it (T18). They are stored in
 * a sealed file; the file is written first and then memory changes, so that a login that could not
 * be saved is never visible (F11).
 */
public final class StoredLogins {
  /** The most logins of one uid. */
  public static final int MOST = 100;

  /** The most characters of one uid's logins together. */
  public static final int LARGEST = 256 * 1024;

  /** The longest secret, in characters; real ones have up to some thousand. */
  public static final int LONGEST_SECRET = 16 * 1024;

  private static final int LONGEST_USERNAME = 1024;
  private static final int MOST_OF_ALL = 10_000;

  private static final Duration BETWEEN_READS = Duration.ofSeconds(3);

  private static final Logger LOG = System.getLogger(StoredLogins.class.getName());

  private final Supplier<SealedFile> file;
  private final Executor writer;
  private final InstantSource clock;

  /** By uid. Replaced as a whole, only by the writer's tasks. */
  private volatile Map<Integer, UserLogins> users = Map.of();

  /** Whether the file was read, or set aside. Set by the writer's tasks. */
  private volatile boolean loaded;

  private volatile @Nullable String refused;
  private volatile @Nullable String problem;

  /**
   * Creates a store without logins.
   *
   * @param file the sealed file, opened when needed; throws {@link StoreException} if it is
   *     unavailable
   * @param writer runs one task at a time
   * @param clock the time of storing
   */
  public StoredLogins(Supplier<SealedFile> file, Executor writer, InstantSource clock) {
    this.file = file;
    this.writer = writer;
    this.clock = clock;
  }

  /**
   * Reads the file, before any other call. A damaged file is set aside (F12). One that cannot be
   * read, for example in a shortage, stays where it is and is read again every few seconds (F36).
   */
  public void load(Scheduler scheduler) {
    load();
    again(scheduler);
  }

  private void again(Scheduler scheduler) {
    if (loaded) {
      return;
    }
    var _ =
        scheduler.schedule(
            BETWEEN_READS,
            () -> {
              try {
                writer.execute(() -> {
                  if (!loaded) {
                    load();
                  }
                  again(scheduler);
                });
              } catch (RejectedExecutionException closed) {
                // The daemon is stopping.
              }
            });
  }

  private void load() {
    SealedFile sealed;
    try {
      sealed = file.get();
    } catch (StoreException e) {
      unread(e);
      return;
    }
    try {
      var read = new HashMap<Integer, List<StoredLogin>>();
      sealed
          .read()
          .ifPresent(contents ->
              contents.of(StoredLoginRecord.LABEL).stream()
                  .map(StoredLoginRecord::read)
                  .forEach(one ->
                      read.computeIfAbsent(one.uid(), _ -> new ArrayList<>()).add(one.login())));
      var loaded = new HashMap<Integer, UserLogins>();
      read.forEach((uid, logins) -> loaded.put(uid, new UserLogins(logins)));
      users = Map.copyOf(loaded);
      if (refused != null) {
        LOG.log(Level.INFO, "the stored logins could be read again");
      }
      refused = null;
    } catch (StoreException e) {
      if (e.isUnread()) {
        unread(e);
        return;
      }
      refused = "the stored logins could not be used: " + e.getMessage();
      LOG.log(Level.WARNING, refused);
      setAside(sealed);
    }
    loaded = true;
  }

  private void unread(StoreException e) {
    var message = "the stored logins could not be read: " + e.getMessage();
    if (!message.equals(refused)) {
      LOG.log(Level.WARNING, message);
    }
    refused = message;
  }

  private static void setAside(SealedFile sealed) {
    try {
      LOG.log(Level.WARNING, "the file was set aside as {0}", sealed.setAside());
    } catch (StoreException e) {
      LOG.log(Level.WARNING, e.getMessage());
    }
  }

  /**
   * Returns the uid's own login for a key: the one with exactly that key, otherwise the one with
   * the longest prefix of it; null if absent. Never blocks.
   *
   * @param reference the parsed key
   */
  public @Nullable StoredLogin find(int uid, ImageReference reference) {
    var own = users.get(uid);
    return own == null ? null : own.find(reference);
  }

  /** Returns whether there may be logins that cannot be read now, and are not found. */
  public boolean areUnread() {
    return !loaded && refused != null;
  }

  /** Returns all logins of the uid. */
  public Collection<StoredLogin> of(int uid) {
    var own = users.get(uid);
    return own == null ? List.of() : own.all();
  }

  /**
   * Stores a login of the uid, in place of one with the same name.
   *
   * @return completes when it is on disk; fails with a {@link StoreException} that says why nothing
   *     has changed
   */
  public CompletableFuture<Void> store(int uid, StoredLogin login) {
    return run(() -> {
      checkSize(login);
      var changed = new LinkedHashMap<String, StoredLogin>();
      of(uid).forEach(one -> changed.put(one.name(), one));
      changed.put(login.name(), login.storedAt(clock.instant()));
      var next = new UserLogins(changed.values());
      if (next.all().size() > MOST || next.size() > LARGEST) {
        throw new StoreException(
            "there are already too many logins of uid %s: log out of one"
                .formatted(Integer.toUnsignedString(uid)));
      }
      replace(uid, next);
      return null;
    });
  }

  /**
   * Removes the uid's login with exactly that key.
   *
   * @return completes with whether there was one, when it is on disk; fails with a {@link
   *     StoreException} that says why nothing has changed
   */
  public CompletableFuture<Boolean> erase(int uid, ImageReference reference) {
    var name = reference.name();
    var own = users.get(uid);
    if (!areUnread() && (own == null || !own.has(name))) {
      return CompletableFuture.completedFuture(false);
    }
    return run(() -> {
      var left = of(uid).stream().filter(one -> !one.name().equals(name)).toList();
      boolean found = left.size() < of(uid).size();
      if (found) {
        replace(uid, new UserLogins(left));
      }
      return found;
    });
  }

  private static void checkSize(StoredLogin login) {
    if (login.credential().username().length() > LONGEST_USERNAME) {
      throw new StoreException("its user name is longer than " + LONGEST_USERNAME + " characters");
    }
    if (login.credential().secret().reveal().length() > LONGEST_SECRET) {
      throw new StoreException("its secret is longer than " + LONGEST_SECRET + " characters");
    }
  }

  private <T extends @Nullable Object> CompletableFuture<T> run(Supplier<T> task) {
    try {
      return CompletableFuture.supplyAsync(
          () -> {
            if (!loaded) {
              load();
            }
            if (!loaded) {
              throw new StoreException(String.valueOf(refused));
            }
            return task.get();
          },
          writer);
    } catch (RejectedExecutionException closed) {
      return CompletableFuture.failedFuture(new StoreException("the daemon stops"));
    }
  }

  private void replace(int uid, UserLogins own) {
    var next = new HashMap<>(users);
    if (own.all().isEmpty()) {
      next.remove(uid);
    } else {
      next.put(uid, own);
    }
    var records = new ArrayList<SealedRecord>();
    next.forEach((owner, logins) ->
        logins.all().forEach(login -> records.add(new StoredLoginRecord(owner, login).seal())));
    if (records.size() > MOST_OF_ALL) {
      throw new StoreException("there are too many logins of all users already");
    }
    try {
      file.get().write(records);
    } catch (StoreException e) {
      problem = "logins cannot be stored: " + e.getMessage();
      LOG.log(Level.WARNING, problem);
      throw e;
    }
    problem = null;
    users = Map.copyOf(next);
  }

  /** Returns the health. */
  public ComponentHealth health() {
    var messages = new ArrayList<String>();
    for (var message : new String[] {problem, refused}) {
      if (message != null) {
        messages.add(message);
      }
    }
    var now = users;
    long logins = now.values().stream().mapToLong(own -> own.all().size()).sum();
    return new ComponentHealth(
        "logins",
        messages.isEmpty(),
        messages,
        Map.of("logins", logins, "users", (long) now.size()));
  }
}
