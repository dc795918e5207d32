package dev.rig.credentials.app;

import dev.rig.credentials.config.EntrySource;
import dev.rig.credentials.config.RegistryEntry;
import dev.rig.credentials.problem.Problem;
import dev.rig.credentials.problem.ProblemsException;
import dev.rig.credentials.source.HelperProgram;
import java.util.ArrayList;
import java.util.List;

/** Finds entries whose helper is this daemon's own program, under whatever name. */
public final class HelperLoops {
  private HelperLoops() {}

  /**
   * Refuses them.
   *
   * @param path where helpers are looked for, unless an entry's {@code env} says otherwise
   * @throws ProblemsException with the place of each
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
