package dev.rig.credentials.app;

import dev.rig.credentials.broker.Outcome;
import dev.rig.credentials.problem.PartHealth;
import dev.rig.credentials.socket.Peer;
import dev.rig.credentials.time.Time;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.ObjLongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Logs every request that was answered: the denied ones as warnings, the others at {@code info}
 * where that is wanted. Of those that are alike (the same action, prefix, outcome, uid and gid) the
 * first has its line at once and the others are counted; a minute later one line tells how many.
 *
 * <p>Lines are written on a thread of its own, behind a queue that has its end. What {@code /proc}
 * tells is read before that, while the peer still waits for its answer, or it would be gone; so it
 * is read for the first of a kind alone.
 */
final class Audit implements Consumer<Answered>, AutoCloseable {
  private static final Logger LOG = System.getLogger(Audit.class.getName());
  private static final Duration WINDOW = Duration.ofMinutes(1);
  private static final Duration SWEEP = Duration.ofSeconds(5);
  private static final Duration LAST_LINES = Duration.ofMillis(500);

  /** More kinds of requests at a time are a sign of somebody probing. */
  private static final int MOST_KINDS = 4096;

  /** Lines that wait. */
  static final int MOST_WAITING = 1024;

  private record Kind(String action, @Nullable String prefix, Outcome outcome, int uid, int gid) {
    static Kind of(Answered answered) {
      return new Kind(
          answered.action(),
          answered.prefix(),
          answered.outcome(),
          answered.peer().uid(),
          answered.peer().gid());
    }
  }

  /** The requests of one kind in one window. */
  private static final class Repeats {
    final long since;

    /** The monitor of this guards them. */
    private @Nullable Answered last;

    private long more;
    private boolean ended;

    Repeats(long since) {
      this.since = since;
    }

    /** False when the window has ended meanwhile. */
    synchronized boolean count(Answered answered) {
      if (ended) {
        return false;
      }
      more++;
      last = answered;
      return true;
    }

    synchronized void end(ObjLongConsumer<Answered> teller) {
      ended = true;
      if (last != null) {
        teller.accept(last, more);
      }
    }
  }

  private final boolean all;
  private final Function<Peer, PeerProcess> processes;
  private final Time time;
  private final ThreadPoolExecutor writer;
  private final Map<Kind, Repeats> kinds = new ConcurrentHashMap<>();
  private final AtomicLong lines = new AtomicLong();
  private final AtomicLong denied = new AtomicLong();
  private final AtomicLong dropped = new AtomicLong();
  private volatile boolean closed;

  /**
   * An audit.
   *
   * @param all whether others than the denied requests have a line too
   * @param writer one thread behind a queue that refuses what is too much; closed together with
   *     this
   */
  Audit(boolean all, Time time, ThreadPoolExecutor writer) {
    this(all, PeerProcess::of, time, writer);
  }

  Audit(boolean all, Function<Peer, PeerProcess> processes, Time time, ThreadPoolExecutor writer) {
    this.all = all;
    this.processes = processes;
    this.time = time;
    this.writer = writer;
    sweepLater();
  }

  @Override
  public void accept(Answered answered) {
    boolean isDenied = answered.outcome() == Outcome.DENIED;
    if (isDenied) {
      denied.incrementAndGet();
    }
    if (!(isDenied || all) || !LOG.isLoggable(level(answered))) {
      return;
    }
    var kind = Kind.of(answered);
    while (true) {
      var repeats = kinds.get(kind);
      if (repeats == null) {
        if (kinds.size() >= MOST_KINDS) {
          dropped.incrementAndGet();
          return;
        }
        repeats = kinds.putIfAbsent(kind, new Repeats(time.nanos()));
        if (repeats == null) {
          write(new AuditLine(answered, processes.apply(answered.peer()), 0));
          return;
        }
      }
      if (repeats.count(answered)) {
        return;
      }
    }
  }

  private static Level level(Answered answered) {
    return answered.outcome() == Outcome.DENIED ? Level.WARNING : Level.INFO;
  }

  /** Of what was counted a minute ago the number may be another process's by now. */
  private void writeRepeats(Answered last, long more) {
    write(new AuditLine(last, PeerProcess.UNKNOWN, more));
  }

  private void write(AuditLine line) {
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

  /** Tells of the repeats in windows of at least that length. */
  private void sweep(Duration age) {
    long now = time.nanos();
    for (var kind : List.copyOf(kinds.entrySet())) {
      var repeats = kind.getValue();
      if (now - repeats.since >= age.toNanos() && kinds.remove(kind.getKey(), repeats)) {
        repeats.end(this::writeRepeats);
      }
    }
  }

  /** How it does: well, unless lines were dropped. */
  PartHealth health() {
    var messages = new ArrayList<String>();
    if (dropped.get() > 0) {
      messages.add(dropped.get() + " requests have no line in the audit: there were too many");
    }
    return new PartHealth(
        "audit",
        true,
        messages,
        Map.of("lines", lines.get(), "denied", denied.get(), "dropped", dropped.get()));
  }

  /** Writes what waits, and what was counted; takes half a second at most. */
  @Override
  public void close() {
    closed = true;
    sweep(Duration.ZERO);
    writer.shutdown();
    try {
      if (!writer.awaitTermination(LAST_LINES.toMillis(), TimeUnit.MILLISECONDS)) {
        LOG.log(Level.WARNING, "the log is too slow for the last lines of the audit");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
