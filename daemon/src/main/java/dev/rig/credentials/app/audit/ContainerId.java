package dev.rig.credentials.app.audit;

import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The container of a process, read from its cgroup: {@code /proc/PID/cgroup}, of cgroup v1 and v2,
 * with the systemd and the cgroupfs driver, of containerd, CRI-O, Docker and podman. All of them
 * name the cgroup after the container's 64 hexadecimal digits, and Kubernetes names the parent
 * cgroup after the pod's uid (kubernetes {@code pkg/kubelet/cm}).
 *
 * @param container null outside a container
 * @param pod the pod's uid with dashes, or the hash of a static pod; null outside a pod
 */
record ContainerId(@Nullable String container, @Nullable String pod) {
  static final ContainerId NONE = new ContainerId(null, null);

  private static final Pattern CONTAINER = Pattern.compile("(?<![0-9a-f])[0-9a-f]{64}(?![0-9a-f])");

  /** systemd reads a dash as a level, so its driver writes underscores. */
  private static final Pattern POD =
      Pattern.compile(
          "(?<=pod)(?:[0-9a-f]{8}(?:[-_][0-9a-f]{4}){3}[-_][0-9a-f]{12}|[0-9a-f]{32})(?![0-9a-f])");

  /** Parses the file's text; of several hierarchies the first that names a container counts. */
  static ContainerId parse(String text) {
    return text.lines()
        .map(ContainerId::parseLine)
        .filter(cgroup -> cgroup.container() != null)
        .findFirst()
        .orElse(NONE);
  }

  /** Parses a line {@code number:controllers:path}, cgroups(7); the innermost container counts. */
  private static ContainerId parseLine(String line) {
    int path = line.indexOf(':', line.indexOf(':') + 1) + 1;
    var pod = last(POD, line.substring(path));
    return new ContainerId(
        last(CONTAINER, line.substring(path)), pod == null ? null : pod.replace('_', '-'));
  }

  private static @Nullable String last(Pattern pattern, String path) {
    String found = null;
    for (var matcher = pattern.matcher(path); matcher.find(); ) {
      found = matcher.group();
    }
    return found;
  }
}
