package dev.rig.credentials.kube;

import dev.rig.credentials.kube.Rollouts.Release;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The last deployments of a workload, in an annotation: one per line, the newest first, with time,
 * image and tag.
 */
final class Releases {
  static final String ANNOTATION = "credentials.rig.dev/releases";

  /** The most deployments that are kept. */
  static final int MOST = 10;

  private static final String NO_TAG = "-";

  private Releases() {}

  /** Reads the deployments; ignores lines of another format. */
  static List<Release> read(@Nullable String annotation) {
    var releases = new ArrayList<Release>();
    if (annotation != null) {
      for (var line : annotation.split("\n", -1)) {
        var words = line.split(" ", -1);
        if (words.length == 3) {
          try {
            var tag = words[2].equals(NO_TAG) ? null : words[2];
            releases.add(new Release(words[1], tag, Instant.parse(words[0])));
          } catch (DateTimeException other) {
            // Not written by this program.
          }
        }
      }
    }
    return releases;
  }

  /** Adds one at the top. */
  static String write(Release newest, List<Release> before) {
    var all = new ArrayList<>(List.of(newest));
    all.addAll(before);
    return all.stream()
        .limit(MOST)
        .map(release ->
            "%s %s %s"
                .formatted(
                    release.at(), release.image(), release.tag() == null ? NO_TAG : release.tag()))
        .collect(Collectors.joining("\n"));
  }
}
