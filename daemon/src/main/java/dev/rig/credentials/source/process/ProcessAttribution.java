package dev.rig.credentials.source.process;

import dev.rig.credentials.linux.ProcessTable;
import dev.rig.credentials.linux.ProcessTable.Entry;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Assigns processes to runs.
 *
 * <p>A process belongs to a run if its session or an ancestor does, or if it was started with the
 * run's mark in its environment. This process adopts orphans, so all processes that a run leaves
 * are its descendants, and only these are examined. A child that belongs to no run, and not to our
 * own session, is unattributed: a process that changed its session, lost its parent and cleared its
 * environment, or a process during execve(2), whose environment is not readable for a moment.
 */
final class ProcessAttribution {
  /**
   * The identity of a process.
   *
   * @param start distinguishes it from a later process with the same pid
   */
  private record ProcessIdentity(long pid, long start) {}

  private final String owner;
  private final long self = ProcessHandle.current().pid();
  private final long ownSession;
  private final Map<ProcessIdentity, UnattributedProcess> unattributed = new HashMap<>();

  /**
   * Processes that belonged to a run while they lived: an ended process has no readable
   * environment.
   */
  private final Set<ProcessIdentity> known = new HashSet<>();

  private Map<String, ProcessRun> runs = Map.of();
  private Map<Long, ProcessRun> sessions = Map.of();
  private final Map<ProcessRun, List<Entry>> members = new HashMap<>();
  private final List<Entry> latecomers = new ArrayList<>();
  private final List<Entry> zombies = new ArrayList<>();

  private ProcessAttribution(String owner, long ownSession) {
    this.owner = owner;
    this.ownSession = ownSession;
  }

  /**
   * Creates an attribution without processes.
   *
   * @param owner the prefix of the marks of our own runs
   * @throws IOException if {@code /proc} does not show even this process
   */
  static ProcessAttribution of(String owner) throws IOException {
    var self = ProcessTable.entry(ProcessHandle.current().pid());
    return new ProcessAttribution(
        owner, self.orElseThrow(() -> new IOException("no /proc")).session());
  }

  /**
   * Examines the current processes.
   *
   * @param leaders the processes that the JDK waits for, by pid
   * @param runs every run with possible processes, by mark
   * @param adopting whether orphans become our children; if not, all processes are examined
   */
  void look(
      ProcessTable table,
      Map<Long, ProcessRun> leaders,
      Map<String, ProcessRun> runs,
      boolean adopting) {
    this.runs = runs;
    sessions = new HashMap<>();
    runs.values().forEach(run -> sessions.put(run.pid(), run));
    members.clear();
    latecomers.clear();
    zombies.clear();
    var there = new HashSet<ProcessIdentity>();
    table.all().forEach(entry -> there.add(new ProcessIdentity(entry.pid(), entry.start())));
    known.retainAll(there);
    var present = new HashSet<ProcessIdentity>();
    for (var child : table.children(self)) {
      var leading = leaders.get(child.pid());
      if (leading != null) {
        assign(table, child, leading);
      } else {
        adopted(table, child, present);
      }
    }
    unattributed.keySet().retainAll(present);
    if (!adopting) {
      lookEverywhere(table);
    }
  }

  /** Returns the living processes of a run. */
  List<Entry> members(ProcessRun run) {
    return members.getOrDefault(run, List.of());
  }

  /** Returns living processes with the mark of a run that has already ended. */
  List<Entry> latecomers() {
    return latecomers;
  }

  /** Returns ended processes that were adopted, which only this process can reap. */
  List<Entry> zombies() {
    return zombies;
  }

  /** Returns the children of unknown origin. */
  Iterable<UnattributedProcess> unattributed() {
    return unattributed.values();
  }

  private void adopted(ProcessTable table, Entry child, Set<ProcessIdentity> present) {
    var run = sessions.get(child.session());
    if (run == null) {
      var mark = ProcessTable.startedWith(child.pid(), ProcessRunner.MARK).orElse(null);
      if (mark != null && !mark.startsWith(owner)) {
        return; // It belongs to another runner.
      }
      run = mark == null ? null : runs.get(mark);
      if (run == null && mark != null) {
        collect(child);
        table.subtree(child).stream().filter(entry -> !entry.zombie()).forEach(latecomers::add);
        return;
      }
    }
    if (run != null) {
      collect(child);
      assign(table, child, run);
    } else if (child.session() != ownSession) {
      observe(table, child, present);
    } else if (known.contains(new ProcessIdentity(child.pid(), child.start()))) {
      collect(child);
    }
    // Any other child in our own session was started by other code in this process.
  }

  private void observe(ProcessTable table, Entry child, Set<ProcessIdentity> present) {
    var identity = new ProcessIdentity(child.pid(), child.start());
    present.add(identity);
    var process =
        unattributed.computeIfAbsent(identity, first -> new UnattributedProcess(suspects(child)));
    process.seen(table.subtree(child).stream().filter(entry -> !entry.zombie()).toList());
    if (process.established()) {
      collect(child);
    }
  }

  private Set<ProcessRun> suspects(Entry child) {
    var suspects = new HashSet<ProcessRun>();
    for (var run : runs.values()) {
      if (run.start() <= child.start()) {
        suspects.add(run);
      }
    }
    return suspects;
  }

  private void collect(Entry child) {
    if (child.zombie()) {
      zombies.add(child);
    }
  }

  private void assign(ProcessTable table, Entry top, ProcessRun run) {
    for (var entry : table.subtree(top)) {
      if (!entry.zombie()) {
        members.computeIfAbsent(run, first -> new ArrayList<>()).add(entry);
        known.add(new ProcessIdentity(entry.pid(), entry.start()));
      }
    }
  }

  private void lookEverywhere(ProcessTable table) {
    var known = new HashSet<Entry>();
    members.values().forEach(known::addAll);
    for (var entry : table.all()) {
      if (entry.zombie() || entry.pid() == self || known.contains(entry)) {
        continue;
      }
      var run = Optional.ofNullable(sessions.get(entry.session())).or(() -> marked(entry));
      if (run.isPresent() && run.get().start() <= entry.start()) {
        assign(table, entry, run.get());
      }
    }
  }

  private Optional<ProcessRun> marked(Entry entry) {
    @Nullable ProcessRun run =
        ProcessTable.startedWith(entry.pid(), ProcessRunner.MARK).map(runs::get).orElse(null);
    return Optional.ofNullable(run);
  }
}
