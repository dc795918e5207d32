package dev.rig.credentials.testing.kube;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Predicate;

/** The open watches of the fake API server, and all changes so far. */
final class FakeWatches {
  /** Receives changes in the server's order, while nothing else changes. */
  interface Sink {
    void event(String type, Map<String, Object> object);

    /** Reports that the server has ended the watch. */
    void end();
  }

  /** One watch. */
  final class Open {
    private final String prefix;
    private final Predicate<Map<String, Object>> selected;
    private final Sink sink;
    private boolean hanging;

    private Open(String prefix, Predicate<Map<String, Object>> selected, Sink sink) {
      this.prefix = prefix;
      this.selected = selected;
      this.sink = sink;
    }

    private void see(Change change) {
      if (hanging || !change.key().startsWith(prefix)) {
        return;
      }
      boolean before = change.before() != null && selected.test(change.before());
      boolean now = change.now() != null && selected.test(change.now());
      if (now) {
        sink.event(before ? "MODIFIED" : "ADDED", change.now());
      } else if (before) {
        sink.event("DELETED", change.last());
      }
    }

    void close() {
      open.remove(this);
    }

    boolean hangs() {
      return hanging;
    }

    boolean isOpen() {
      return open.contains(this);
    }
  }

  private record Change(
      long version,
      String key,
      Map<String, Object> before,
      Map<String, Object> now,
      Map<String, Object> last) {}

  private final List<Change> changes = new ArrayList<>();
  private final List<Open> open = new CopyOnWriteArrayList<>();
  private long oldest;

  void changed(
      long version,
      String key,
      Map<String, Object> before,
      Map<String, Object> now,
      Map<String, Object> last) {
    var change = new Change(version, key, before, now, last);
    changes.add(change);
    open.forEach(one -> one.see(change));
  }

  /**
   * Opens a watch after a version.
   *
   * @param prefix of the watched keys
   * @return null if that version is too old
   */
  Open open(long after, String prefix, Predicate<Map<String, Object>> selected, Sink sink) {
    if (after < oldest) {
      return null;
    }
    var one = new Open(prefix, selected, sink);
    changes.stream().filter(change -> change.version() > after).forEach(one::see);
    open.add(one);
    return one;
  }

  /** Ends every watch; none continues from a version before this one. */
  void expire(long version) {
    oldest = version;
  }

  void end() {
    var ended = List.copyOf(open);
    open.clear();
    ended.forEach(one -> one.sink.end());
  }

  /** Keeps the watches open that are open now, but sends them nothing more. */
  void hang() {
    open.forEach(one -> one.hanging = true);
  }

  int count() {
    return open.size();
  }
}
