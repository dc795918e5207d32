package dev.rig.credentials.app.audit;

import dev.rig.credentials.linux.Peer;
import dev.rig.credentials.problem.ComponentHealth;
import dev.rig.credentials.request.AnsweredRequest;
import dev.rig.credentials.request.RequestOutcome;
import dev.rig.credentials.time.Time;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.ObjLongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Logs answered requests: denied ones as warnings, others at {@code info} if configured. Of equal
 * requests (the same action, prefix, outcome, uid and gid) the first is logged immediately and the
 * others are counted; a minute later one line reports the count.
 *
 * <p>Lines are written on a separate thread with a bounded queue. {@code /proc} is read earlier,
 * while the peer still waits for its answer and exists; therefore it is read only for the first of
 * equal requests.
 */
public final class AuditLog implements Consumer<AnsweredRequest>, AutoCloseable {
  /**
   * The last part of the logger's name appears in each line and must not change: people filter the
   * log by it.
   */
  private static final Logger LOG = System.getLogger("dev.rig.credentials.app.Audit");

  private static final Duration WINDOW = Duration.ofMinutes(1);
  private static final Duration SWEEP = Duration.ofSeconds(5);
  private static final Duration LAST_LINES = Duration.ofMillis(500);

  /** The limit of different requests counted at a time; more indicate probing. */
  private static final int MOST_KINDS = 4096;

  /** The most lines in the queue. */
  public static final int MOST_WAITING = 1024;

  private record RecordKind(
      String action, @Nullable String prefix, RequestOutcome outcome, int uid, int gid) {
    static RecordKind of(AnsweredRequest answered) {
      return new RecordKind(
          answered.action(),
          answered.prefix(),
          answered.outcome(),
          answered.peer().uid(),
          answered.peer().gid());
    }
  }

  /** Equal requests in one window. */
  private static final class Repeats {
    final long since;

    /** The monitor of this guards these fields. */
    private @Nullable AnsweredRequest last;

    private long more;
    private boolean ended;

    Repeats(long since) {
      this.since = since;
    }

    /** Counts a request; returns false if the window has ended. */
    synchronized boolean count(AnsweredRequest answered) {
      if (ended) {
        return false;
      }
      more++;
      last = answered;
      return true;
    }

    synchronized void end(ObjLongConsumer<AnsweredRequest> teller) {
      ended = true;
      if (last != null) {
        teller.accept(last, more);
      }
    }
  }

  private final boolean all;
  private final Function<Peer, PeerProcess> processes;
  private final Time time;
  private final ExecutorService writer;
  private final Map<RecordKind, Repeats> kinds = new ConcurrentHashMap<>();
  private final AtomicLong lines = new AtomicLong();
  private final AtomicLong denied = new AtomicLong();
  private final AtomicLong dropped = new AtomicLong();
  private volatile boolean closed;

  /**
   * Creates an audit log.
   *
   * @param all whether permitted requests are logged too
   * @param writer one thread with a queue that rejects tasks when full; closed with this
   */
  public AuditLog(boolean all, Time time, ExecutorService writer) {
    this(all, PeerProcess::of, time, writer);
  }

  AuditLog(boolean all, Function<Peer, PeerProcess> processes, Time time, ExecutorService writer) {
    this.all = all;
    this.processes = processes;
    this.time = time;
    this.writer = writer;
    sweepLater();
  }

  @Override
  public void accept(AnsweredRequest answered) {
    boolean isDenied = answered.outcome() == RequestOutcome.DENIED;
    if (isDenied) {
      denied.incrementAndGet();
    }
    if (!(isDenied || all) || !LOG.isLoggable(level(answered))) {
      return;
    }
    var kind = RecordKind.of(answered);
    while (true) {
      var repeats = kinds.get(kind);
      if (repeats == null) {
        if (kinds.size() >= MOST_KINDS) {
          dropped.incrementAndGet();
          return;
        }
        repeats = kinds.putIfAbsent(kind, new Repeats(time.nanos()));
        if (repeats == null) {
          write(new AuditRecord(answered, processes.apply(answered.peer()), 0));
          return;
        }
      }
      if (repeats.count(answered)) {
        return;
      }
    }
  }

  private static Level level(AnsweredRequest answered) {
    return answered.outcome() == RequestOutcome.DENIED ? Level.WARNING : Level.INFO;
  }

  /** Omits the process of a request counted a minute ago: its pid may be reused. */
  private void writeRepeats(AnsweredRequest last, long more) {
    write(new AuditRecord(last, PeerProcess.UNKNOWN, more));
  }

  private void write(AuditRecord line) {
    try {
      writer.execute(() -> {
        LOG.log(level(line.answered()), "{0}", line);
        lines.incrementAndGet();
      });
    } catch (RejectedExecutionException full) {
      dropped.incrementAndGet();
    }
  }

  private void sweepLater() {
    var _ =
        time.scheduler()
            .schedule(
                SWEEP,
                () -> {
                  if (!closed) {
                    sweep(WINDOW);
                    sweepLater();
                  }
                });
  }

  /** Reports the repeats of windows of at least that age. */
  private void sweep(Duration age) {
    long now = time.nanos();
    for (var kind : List.copyOf(kinds.entrySet())) {
      var repeats = kind.getValue();
      if (now - repeats.since >= age.toNanos() && kinds.remove(kind.getKey(), repeats)) {
        repeats.end(this::writeRepeats);
      }
    }
  }

  /** Returns the health: unhealthy if lines were dropped. */
  public ComponentHealth health() {
    var messages = new ArrayList<String>();
    if (dropped.get() > 0) {
      messages.add(
          dropped.get() + " requests are missing from the audit log: the log was too slow");
    }
    return new ComponentHealth(
        "audit",
        true,
        messages,
        Map.of("lines", lines.get(), "denied", denied.get(), "dropped", dropped.get()));
  }

  /** Writes queued lines and counted repeats; takes at most 0.5 s. */
  @Override
  public void close() {
    closed = true;
    sweep(Duration.ZERO);
    writer.shutdown();
    try {
      if (!writer.awaitTermination(LAST_LINES.toMillis(), TimeUnit.MILLISECONDS)) {
        LOG.log(Level.WARNING, "the last lines of the audit log are lost: the log is too slow");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
