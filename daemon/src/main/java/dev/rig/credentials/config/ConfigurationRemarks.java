package dev.rig.credentials.config;

import dev.rig.credentials.image.HostGlob;
import dev.rig.credentials.image.RegistryPrefix;
import dev.rig.credentials.problem.Problem;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Finds settings that are valid but may surprise their author. */
public final class ConfigurationRemarks {
  private ConfigurationRemarks() {}

  /** Returns ignored settings, and remarks on registry entries, each with its location. */
  public static List<Problem> of(Configuration configuration) {
    var remarks = new ArrayList<>(configuration.leftOut());
    var hosts =
        configuration.registries().stream().filter(entry -> isHost(entry.prefix())).toList();
    for (var entry : configuration.registries()) {
      var path = entry.prefix().path();
      var lowerCase = path.toLowerCase(Locale.ROOT);
      if (!path.equals(lowerCase)) {
        add(
            remarks,
            entry,
            entry.prefix() + " matches no image, because paths of images are in lower case",
            "write " + new RegistryPrefix(entry.prefix().host(), lowerCase));
      }
      if (entry.isDefault() && !path.isEmpty()) {
        hosts.forEach(host -> compare(entry, host, remarks));
      }
    }
    return remarks;
  }

  private static boolean isHost(RegistryPrefix prefix) {
    return prefix.path().isEmpty();
  }

  /**
   * Compares two entries of a host: a default has precedence over its host's own entry, and an
   * exact host over a glob.
   */
  private static void compare(RegistryEntry byDefault, RegistryEntry host, List<Problem> remarks) {
    var asked = host.prefix().host();
    if (asked.equals(byDefault.prefix().host())) {
      add(
          remarks,
          byDefault,
          "%s (default: true) answers requests for the host %s, instead of its own entry (%s)"
              .formatted(byDefault.prefix(), host.prefix(), host.origin()),
          null);
    } else if (!host.prefix().isGlob() && HostGlob.overlap(asked, byDefault.prefix().host())) {
      add(
          remarks,
          byDefault,
          "%s (default: true) does not answer requests for the host %s: its own entry (%s) does"
              .formatted(byDefault.prefix(), host.prefix(), host.origin()),
          null);
    }
  }

  private static void add(
      List<Problem> remarks, RegistryEntry entry, String message, @Nullable String hint) {
    var at = entry.origin();
    remarks.add(new Problem(at.file(), at.line(), at.column(), message, hint));
  }
}
