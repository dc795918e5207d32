package dev.rig.credentials.app;

import dev.rig.credentials.config.EntrySource;
import dev.rig.credentials.config.RegistryEntry;
import dev.rig.credentials.problem.Problem;
import dev.rig.credentials.problem.ProblemsException;
import dev.rig.credentials.source.HelperProgram;
import java.util.ArrayList;
import java.util.List;

/** Finds entries whose helper is this daemon's own program, under any name. */
public final class HelperLoops {
  private HelperLoops() {}

  /**
   * Rejects entries whose helper would call this daemon.
   *
   * @param path the {@code PATH} for helpers, unless an entry's {@code env} has its own
   * @throws ProblemsException with the location of each
   */
  public static void check(List<RegistryEntry> entries, String path) {
    var problems = new ArrayList<Problem>();
    for (var entry : entries) {
      if (entry.source() instanceof EntrySource.OtherHelper helper
          && HelperProgram.find(helper.name(), helper.env().getOrDefault("PATH", path))
              instanceof HelperProgram.OwnHelper(var reason)) {
        var origin = entry.origin();
        problems.add(
            new Problem(origin.file(), origin.line(), origin.column(), reason, "remove the entry"));
      }
    }
    if (!problems.isEmpty()) {
      throw new ProblemsException(problems);
    }
  }
}
