package dev.rig.credentials.kube.secret;

import dev.rig.credentials.kube.KubeApi;
import dev.rig.credentials.kube.KubeApiException;
import dev.rig.credentials.kube.ObjectWatch;
import dev.rig.credentials.kube.WatchListener;
import dev.rig.credentials.kube.Watched;
import dev.rig.credentials.time.Time;
import java.time.Duration;
import java.util.Collection;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The objects of one kind as the cluster has them now, by a watch of all namespaces or one of each.
 * A watch that fails, that hangs, or that has had no connection for two minutes, is reopened.
 *
 * <p>One thread opens, checks and closes it; any thread can read objects.
 */
final class WatchedObjects<T> {
  private static final Duration FIRST_PAUSE = Duration.ofSeconds(1);
  private static final int MOST_DOUBLINGS = 2;

  /** Checks without a connection before a reopening: two minutes; bookmarks arrive every minute. */
  private static final int TOLERATED_LOOKS = 24;

  /** The longest time without progress; longer than the minute within which it is expected. */
  private static final Duration LONGEST_SILENCE = Duration.ofSeconds(75);

  /** Receives changes, on any thread; must not block. */
  interface Observer<T> {
    /**
     * Reports that an object was added, changed or removed.
     *
     * @param before null for a new one
     * @param now null for a removed one
     */
    void changed(@Nullable T before, @Nullable T now);

    /** Reports that everything in the watch's scope is known. */
    void caughtUp();

    /**
     * Reports that a watch has failed; it is reopened at a later check.
     *
     * @param again whether the last opening failed for the same reason
     */
    void failed(String why, boolean again);
  }

  private final KubeApi api;
  private final Watched<T> kind;
  private final Function<T, String> path;
  private final Time time;
  private final Observer<T> observer;
  private final Map<String, T> objects = new ConcurrentHashMap<>();
  private final List<Scope> scopes;

  /**
   * Creates a set without open watches.
   *
   * @param namespaces the namespaces to watch; empty for all
   * @param path an object's {@code namespace/name}
   */
  WatchedObjects(
      KubeApi api,
      Watched<T> kind,
      Collection<String> namespaces,
      Function<T, String> path,
      Time time,
      Observer<T> observer) {
    this.api = api;
    this.kind = kind;
    this.path = path;
    this.time = time;
    this.observer = observer;
    this.scopes =
        namespaces.isEmpty()
            ? List.of(new Scope(null))
            : namespaces.stream().distinct().map(Scope::new).toList();
  }

  /** Opens watches that are closed and due. */
  void look() {
    scopes.forEach(Scope::look);
  }

  /** Reopens every watch, after an outage that may have broken it unnoticed. */
  void reopen() {
    scopes.forEach(scope -> {
      scope.end();
      scope.look();
    });
  }

  /** Closes the watches and forgets all objects. */
  void close() {
    scopes.forEach(scope -> {
      scope.end();
      scope.problem = null;
    });
    objects.clear();
  }

  @Nullable T get(String at) {
    return objects.get(at);
  }

  Collection<T> all() {
    return Collections.unmodifiableCollection(objects.values());
  }

  /**
   * Stores the result of our own write, unless the watch has already reported a newer state.
   *
   * @param before the state when the write was decided; null if absent
   * @param now the new state; null if removed
   */
  void wrote(@Nullable T before, @Nullable T now) {
    if (now == null) {
      if (before != null) {
        objects.remove(path.apply(before), before);
      }
    } else if (before == null) {
      objects.putIfAbsent(path.apply(now), now);
    } else {
      objects.replace(path.apply(now), before, now);
    }
  }

  /** Returns whether all objects of that namespace are known. */
  boolean isCaughtUp(String namespace) {
    return scopes.stream()
        .filter(scope -> scope.namespace == null || scope.namespace.equals(namespace))
        .anyMatch(Scope::isCaughtUp);
  }

  /** Returns the current problems of the watches. */
  Stream<String> problems() {
    return scopes.stream().map(scope -> scope.problem).filter(one -> one != null).distinct();
  }

  /** One watch. */
  private final class Scope {
    private final @Nullable String namespace;
    private volatile @Nullable String problem;

    // Guarded by this.
    private @Nullable ObjectWatch watch;
    private @Nullable OpenedWatch opening;
    private int failures;
    private int looksWithoutConnection;
    private String progress = "";
    private long progressNanos;
    private long dueNanos = time.nanos();

    Scope(@Nullable String namespace) {
      this.namespace = namespace;
    }

    private void look() {
      OpenedWatch next;
      synchronized (this) {
        var open = watch;
        if (open != null && hangs(open)) {
          failedNow("nothing arrives by the watch of " + kind.plural());
          return;
        }
        if (open != null && open.isConnected()) {
          connected();
          return;
        }
        if (open != null) {
          if (looksWithoutConnection++ >= TOLERATED_LOOKS) {
            failedNow("the watch of " + kind.plural() + " has no connection");
          }
          return;
        }
        if (time.nanos() < dueNanos) {
          return;
        }
        next = new OpenedWatch(this);
        opening = next;
      }
      try {
        keep(next, api.watch(kind, namespace, next));
      } catch (KubeApiException e) {
        failed(next, String.valueOf(e.getMessage()));
      }
    }

    private boolean hangs(ObjectWatch open) {
      var now = open.progress();
      if (!now.equals(progress)) {
        progress = now;
        progressNanos = time.nanos();
      }
      return time.nanos() - progressNanos > LONGEST_SILENCE.toNanos();
    }

    private void connected() {
      looksWithoutConnection = 0;
      if (opening != null && opening.complete) {
        failures = 0;
        problem = null;
      }
    }

    private synchronized void keep(OpenedWatch of, ObjectWatch opened) {
      if (isCurrent(of)) {
        watch = opened;
      } else {
        opened.close(); // it has failed already
      }
    }

    private synchronized void end() {
      opening = null;
      looksWithoutConnection = 0;
      progress = "";
      var open = watch;
      watch = null;
      if (open != null) {
        open.close();
      }
    }

    private synchronized boolean isCaughtUp() {
      return opening != null && opening.complete;
    }

    private synchronized boolean isCurrent(OpenedWatch one) {
      return opening == one;
    }

    private void failed(OpenedWatch of, String why) {
      synchronized (this) {
        if (!isCurrent(of)) {
          return;
        }
        failedNow(why);
      }
    }

    private void failedNow(String why) {
      end();
      dueNanos = time.nanos() + (FIRST_PAUSE.toNanos() << Math.min(failures++, MOST_DOUBLINGS));
      boolean again = why.equals(problem);
      problem = why;
      observer.failed(why, again);
    }

    private boolean contains(T object) {
      return namespace == null || path.apply(object).startsWith(namespace + "/");
    }
  }

  /** Receives the events of one opening of a watch; events after its end are ignored. */
  private final class OpenedWatch implements WatchListener<T> {
    private final Scope scope;
    private final Set<String> listed = new HashSet<>();
    private volatile boolean complete;

    OpenedWatch(Scope scope) {
      this.scope = scope;
    }

    @Override
    public void present(T object) {
      if (scope.isCurrent(this)) {
        var at = path.apply(object);
        if (!complete) {
          listed.add(at);
        }
        var before = objects.put(at, object);
        if (!object.equals(before)) {
          observer.changed(before, object);
        }
      }
    }

    @Override
    public void absent(String namespace, String name) {
      if (scope.isCurrent(this)) {
        gone(namespace + "/" + name);
      }
    }

    private void gone(String at) {
      var before = objects.remove(at);
      if (before != null) {
        observer.changed(before, null);
      }
    }

    @Override
    public void caughtUp() {
      if (!scope.isCurrent(this)) {
        return;
      }
      if (!complete) {
        objects.entrySet().stream()
            .filter(entry -> scope.contains(entry.getValue()) && !listed.contains(entry.getKey()))
            .map(Map.Entry::getKey)
            .toList()
            .forEach(this::gone);
        listed.clear();
        complete = true;
      }
      observer.caughtUp();
    }

    @Override
    public void failed(KubeApiException why) {
      scope.failed(this, String.valueOf(why.getMessage()));
    }
  }
}
