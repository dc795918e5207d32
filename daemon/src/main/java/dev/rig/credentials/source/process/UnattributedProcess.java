package dev.rig.credentials.source.process;

import dev.rig.credentials.linux.ProcessTable.Entry;
import java.util.List;
import java.util.Set;

/** A child of this process of which nothing tells to which run it belongs. */
final class UnattributedProcess {
  private final Set<ProcessRun> suspects;
  private int looks;
  private List<Entry> processes = List.of();

  /**
   * A child that is seen for the first time.
   *
   * @param suspects the runs that it can stem from: those that are not gone now
   */
  UnattributedProcess(Set<ProcessRun> suspects) {
    this.suspects = Set.copyOf(suspects);
  }

  /** It is still there, with these living processes: itself and its descendants. */
  void seen(List<Entry> living) {
    looks++;
    processes = living;
  }

  /** The runs that it can stem from. */
  Set<ProcessRun> suspects() {
    return suspects;
  }

  /** Whether every run that it can stem from is over. */
  boolean condemned() {
    return !suspects.isEmpty() && suspects.stream().allMatch(ProcessRun::isOver);
  }

  /** Whether it was no passing state: twice in a row nothing was known of it. */
  boolean established() {
    return looks > 1;
  }

  /**
   * Whether another look will tell more: whether it has a suspect, or is a zombie that is not
   * reaped yet.
   */
  boolean unsettled() {
    return !suspects.isEmpty() || (processes.isEmpty() && !established());
  }

  /** It and its descendants, as last seen and without those that have ended. */
  List<Entry> processes() {
    return processes;
  }
}
