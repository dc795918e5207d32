package dev.rig.credentials.source.process;

import dev.rig.credentials.linux.ProcessTable;
import dev.rig.credentials.linux.ProcessTable.Entry;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.Set;

/**
 * Ends processes of scripts that a killed daemon left behind. They are recognized by the mark in
 * their environment, each by pid and start time, because a pid can be reused.
 */
final class LeftoverProcesses {
  private static final Logger LOG = System.getLogger(LeftoverProcesses.class.getName());

  /** How often the processes are read, because a process can fork in the meantime. */
  private static final int LOOKS = 3;

  private LeftoverProcesses() {}

  /**
   * Kills the processes of daemons that no longer run.
   *
   * @param owners the prefixes of these daemons' marks
   */
  static void end(Set<String> owners) {
    try {
      long ended = 0;
      for (int look = 0; look < LOOKS && !owners.isEmpty(); look++) {
        long killed =
            processes(ProcessTable.read(), owners).stream().filter(LeftoverProcesses::kill).count();
        if (killed == 0) {
          break;
        }
        ended += killed;
      }
      if (ended > 0) {
        LOG.log(
            Level.INFO, "ended {0} processes of scripts that an earlier daemon left behind", ended);
      }
    } catch (IOException e) {
      LOG.log(Level.WARNING, "cannot search for scripts that an earlier daemon left behind", e);
    }
  }

  /** Returns the processes with a mark, the sessions that they lead, and their descendants. */
  private static Set<Entry> processes(ProcessTable table, Set<String> owners) throws IOException {
    long self = ProcessHandle.current().pid();
    long ownSession = ProcessTable.entry(self).map(Entry::session).orElse(-1L);
    var found = new LinkedHashSet<Entry>();
    var sessions = new HashSet<Long>();
    for (var entry : table.all()) {
      if (entry.session() != ownSession && !entry.zombie() && isMarked(entry, owners)) {
        found.add(entry);
        if (entry.pid() == entry.session()) {
          sessions.add(entry.session());
        }
      }
    }
    for (var entry : table.all()) {
      if (sessions.contains(entry.session())) {
        found.add(entry);
      }
    }
    Set.copyOf(found).forEach(entry -> found.addAll(table.subtree(entry)));
    found.removeIf(entry -> entry.zombie() || entry.session() == ownSession);
    return found;
  }

  private static boolean isMarked(Entry entry, Set<String> owners) {
    var mark = ProcessTable.startedWith(entry.pid(), ProcessRunner.MARK).orElse("");
    return owners.stream().anyMatch(mark::startsWith);
  }

  /** Kills exactly this process: the handle checks its start time. */
  private static boolean kill(Entry entry) {
    try {
      var handle = ProcessHandle.of(entry.pid());
      boolean same =
          ProcessTable.entry(entry.pid()).filter(now -> now.start() == entry.start()).isPresent();
      return same && handle.isPresent() && handle.get().destroyForcibly();
    } catch (IOException e) {
      return false;
    }
  }
}
