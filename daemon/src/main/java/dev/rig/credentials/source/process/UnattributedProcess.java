package dev.rig.credentials.source.process;

import dev.rig.credentials.linux.ProcessTable.Entry;
import java.util.List;
import java.util.Set;

/** A child of this process that cannot be assigned to a run. */
final class UnattributedProcess {
  private final Set<ProcessRun> suspects;
  private int looks;
  private List<Entry> processes = List.of();

  /**
   * Creates the state of a new child.
   *
   * @param suspects the runs that it can belong to: those that have not ended
   */
  UnattributedProcess(Set<ProcessRun> suspects) {
    this.suspects = Set.copyOf(suspects);
  }

  /** Reports that the process still exists, with the living ones: itself and its descendants. */
  void seen(List<Entry> living) {
    looks++;
    processes = living;
  }

  /** Returns the runs that it can belong to. */
  Set<ProcessRun> suspects() {
    return suspects;
  }

  /** Returns whether every run that it can belong to is over. */
  boolean condemned() {
    return !suspects.isEmpty() && suspects.stream().allMatch(ProcessRun::isOver);
  }

  /**
   * Returns whether it was unattributed in two successive examinations, so that this is not
   * temporary.
   */
  boolean established() {
    return looks > 1;
  }

  /** Returns whether another examination is needed: it has a suspect, or is a zombie. */
  boolean unsettled() {
    return !suspects.isEmpty() || (processes.isEmpty() && !established());
  }

  /** Returns the process and its descendants, as last examined, without those that have ended. */
  List<Entry> processes() {
    return processes;
  }
}
