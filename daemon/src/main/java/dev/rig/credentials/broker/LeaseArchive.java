package dev.rig.credentials.broker;

import dev.rig.credentials.cache.ExpiringCache;
import dev.rig.credentials.credential.Credential;
import dev.rig.credentials.credential.Lease;
import dev.rig.credentials.credential.Secret;
import dev.rig.credentials.problem.ComponentHealth;
import dev.rig.credentials.source.HeldSecrets;
import dev.rig.credentials.store.SealedFile;
import dev.rig.credentials.store.SealedRecord;
import dev.rig.credentials.store.StoreException;
import dev.rig.credentials.time.Time;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Saves leases across a restart in a sealed file, with the data that a listing needs (the requested
 * registries and their last user names) and earlier secrets, for redaction (T21). Credentials that
 * the configuration contains, or that never expire, are not saved. Errors of the file are logged
 * and reported by {@link #health}; leases are still served.
 *
 * <p>Changes are written together, one second after the first of them, on a separate thread, and at
 * the end.
 */
public final class LeaseArchive implements AutoCloseable {
  private static final Logger LOG = System.getLogger(LeaseArchive.class.getName());
  private static final Duration TOGETHER = Duration.ofSeconds(1);
  private static final Duration AFTER_A_FAILURE = Duration.ofSeconds(3);
  private static final Duration LAST_WRITE = Duration.ofSeconds(1);

  /**
   * Labels of the two records that belong to no single entry; the label of an entry has two lines.
   */
  private static final String REGISTRIES = "registries";

  private static final String SECRETS = "secrets";

  /** The limit for all earlier secrets together, so that the file can be read again. */
  private static final int MOST_CHARACTERS = 8 << 20;

  /** In place of a secret, for a registry of which only the user name is saved; never returned. */
  private static final Secret FORGOTTEN = Secret.of("-");

  private final Supplier<SealedFile> file;
  private final ExpiringCache<BrokerEntry, Lease> leases;
  private final HeldSecrets secrets;
  private final Time time;
  private final ExecutorService writer;
  private final AtomicBoolean due = new AtomicBoolean();
  private final AtomicLong restored = new AtomicLong();
  private final AtomicLong writes = new AtomicLong();
  private final AtomicLong failures = new AtomicLong();
  private volatile Supplier<List<BrokerEntry>> entries = List::of;

  /** Whether the file was read, or set aside; before that it is not replaced. */
  private volatile boolean read;

  private volatile @Nullable String refused;
  private volatile @Nullable String problem;

  /**
   * Creates an archive of these leases.
   *
   * @param file the sealed file, opened when needed; throws {@link StoreException} if it is
   *     unavailable
   * @param secrets the current and former secrets of the entries
   * @param writer runs one task at a time; closed with the archive
   */
  public LeaseArchive(
      Supplier<SealedFile> file,
      ExpiringCache<BrokerEntry, Lease> leases,
      HeldSecrets secrets,
      Time time,
      ExecutorService writer) {
    this.file = file;
    this.leases = leases;
    this.secrets = secrets;
    this.time = time;
    this.writer = writer;
  }

  /**
   * Restores the leases of the entries that are still valid into the cache. A damaged file is set
   * aside (F12). One that cannot be read, for example in a shortage, stays where it is and is read
   * again every few seconds (F36).
   *
   * @param entries returns the current entries
   */
  public void restore(Supplier<List<BrokerEntry>> entries) {
    this.entries = entries;
    if (!restore()) {
      writeIn(AFTER_A_FAILURE);
    }
  }

  /** Returns whether the file was read, or set aside because it is damaged. */
  private boolean restore() {
    SealedFile sealed;
    try {
      sealed = file.get();
    } catch (StoreException e) {
      failed(e);
      return false;
    }
    try {
      var contents = sealed.read();
      if (contents.isPresent()) {
        restore(entries.get(), contents.get());
        LOG.log(Level.INFO, "{0} leases from before the restart are still valid", restored.get());
      }
    } catch (StoreException e) {
      if (e.isUnread()) {
        failed(e);
        return false;
      }
      refused = "the saved leases could not be used: " + e.getMessage();
      LOG.log(Level.WARNING, refused);
      setAside(sealed);
    }
    read = true;
    return true;
  }

  private void failed(StoreException e) {
    failures.incrementAndGet();
    var message = "leases are not saved for a restart: " + e.getMessage();
    if (problem == null) {
      LOG.log(Level.WARNING, message);
    }
    problem = message;
  }

  private void restore(List<BrokerEntry> entries, SealedFile.Contents contents) {
    var byPrefix = new HashMap<String, BrokerEntry>();
    entries.forEach(entry -> byPrefix.put(entry.prefix().toString(), entry));
    for (var row : rows(contents, SECRETS)) {
      if (byPrefix.containsKey(row.getFirst())) {
        var known = secrets.of(row.getFirst());
        row.stream().skip(2).forEach(secret -> known.add(row.get(1), secret));
      }
    }
    entries.stream().filter(entry -> !entry.isStatic()).forEach(entry -> restore(entry, contents));
    for (var row : rows(contents, REGISTRIES)) {
      var entry = byPrefix.get(row.getFirst());
      if (entry != null) {
        Broker.keep(leases, entry.at(row.get(1)), new Credential(row.get(2), FORGOTTEN));
      }
    }
  }

  /** Returns rows of a prefix, a registry, and at least one text. */
  private static List<List<String>> rows(SealedFile.Contents contents, String label) {
    return contents.of(label).stream()
        .flatMap(content -> SealedTexts.decode(content).stream())
        .filter(row -> row.size() > 2)
        .toList();
  }

  private void restore(BrokerEntry entry, SealedFile.Contents contents) {
    for (var content : contents.of(LeaseRecord.label(entry))) {
      LeaseRecord.read(content)
          .ifPresent(record -> {
            var key = entry.at(record.registry());
            var secret = record.lease().credential().secret();
            secrets.of(entry.prefix().toString()).add(record.registry(), secret);
            if (record.isGood(time.now())) {
              leases.restore(key, record.lease());
              restored.incrementAndGet();
            } else {
              leases.recall(key, record.lapsed().lease());
            }
          });
    }
  }

  private static void setAside(SealedFile sealed) {
    try {
      LOG.log(Level.WARNING, "the file was set aside as {0}", sealed.setAside());
    } catch (StoreException e) {
      LOG.log(Level.WARNING, e.getMessage());
    }
  }

  /** Schedules a write because leases have changed. Callable from any thread. */
  public void changed() {
    writeIn(TOGETHER);
  }

  private void writeIn(Duration delay) {
    if (!due.getAndSet(true)) {
      var _ =
          time.scheduler()
              .schedule(
                  delay,
                  () -> {
                    try {
                      writer.execute(this::write);
                    } catch (RejectedExecutionException closed) {
                      // The archive is closed and has written already.
                    }
                  });
    }
  }

  private void write() {
    due.set(false);
    if (!read && !restore()) {
      writeIn(AFTER_A_FAILURE);
      return;
    }
    var now = time.now();
    var records = new ArrayList<SealedRecord>();
    var registries = new ArrayList<List<String>>();
    leases.eachState((entry, state) -> {
      var last = state.last();
      if (last != null && (!entry.isStatic() || entry.prefix().isGlob())) {
        registries.add(
            List.of(entry.prefix().toString(), entry.registry(), last.credential().username()));
      }
      if (last != null && last.expires() && !entry.isStatic()) {
        var record = new LeaseRecord(entry.registry(), last, now);
        records.add((state.value() == null ? record.lapsed() : record).seal(entry));
      }
    });
    var held = secrets.toKeep(MOST_CHARACTERS);
    add(records, REGISTRIES, registries);
    add(records, SECRETS, held.stream().map(LeaseArchive::row).toList());
    try {
      file.get().write(records);
      writes.incrementAndGet();
      if (problem != null) {
        problem = null;
        LOG.log(Level.INFO, "leases are saved for a restart again");
      }
    } catch (StoreException e) {
      failed(e);
      writeIn(AFTER_A_FAILURE);
    }
  }

  private static void add(List<SealedRecord> records, String label, List<List<String>> rows) {
    if (!rows.isEmpty()) {
      records.add(new SealedRecord(label, SealedTexts.encode(rows)));
    }
  }

  private static List<String> row(HeldSecrets.OfRegistry held) {
    var row = new ArrayList<>(List.of(held.prefix(), held.registry()));
    row.addAll(held.secrets());
    return row;
  }

  /** Returns the archive's health. */
  public ComponentHealth health() {
    var messages = new ArrayList<String>();
    for (var message : new String[] {problem, refused}) {
      if (message != null) {
        messages.add(message);
      }
    }
    return new ComponentHealth(
        "leases",
        messages.isEmpty(),
        messages,
        Map.of("restored", restored.get(), "writes", writes.get(), "failures", failures.get()));
  }

  /** Writes a last time; must be called while the cache still has its leases. Takes at most 1 s. */
  @Override
  public void close() {
    writer.execute(this::write);
    writer.shutdown();
    try {
      if (!writer.awaitTermination(LAST_WRITE.toMillis(), TimeUnit.MILLISECONDS)) {
        LOG.log(Level.WARNING, "the disk is too slow: the last leases were not saved");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
