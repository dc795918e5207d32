package dev.rig.credentials.cli.doctor;

import dev.rig.credentials.image.HostGlob;
import dev.rig.credentials.image.InvalidReferenceException;
import dev.rig.credentials.image.RegistryPrefix;
import dev.rig.credentials.json.JsonObject;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Checks that the mirrors of this machine's container runtimes have a credential. */
final class MirrorCheck {
  static final String CHECK = "mirrors";

  private final Path root;
  private final List<MirroringEntry> entries = new ArrayList<>();

  /** The relevant fields of an entry. */
  private record MirroringEntry(RegistryPrefix prefix, List<RegistryPrefix> mirrorOf) {}

  /**
   * Creates the check.
   *
   * @param root the folder with {@code /etc}
   * @param daemon the daemon's answer to {@code status}
   */
  MirrorCheck(Path root, JsonObject daemon) {
    this.root = root;
    for (var entry : daemon.objects("entries")) {
      var prefix = prefix(entry.textOrEmpty("prefix"));
      if (prefix != null) {
        var mirrorOf = new ArrayList<RegistryPrefix>();
        for (var text : entry.texts("mirrorOf")) {
          var upstream = prefix(text);
          if (upstream != null) {
            mirrorOf.add(upstream);
          }
        }
        entries.add(new MirroringEntry(prefix, mirrorOf));
      }
    }
  }

  private static @Nullable RegistryPrefix prefix(String text) {
    try {
      return RegistryPrefix.ofHost(text);
    } catch (InvalidReferenceException otherVersion) {
      return null;
    }
  }

  void look(List<Finding> findings) {
    int before = findings.size();
    var mirrors = new ArrayList<>(RegistryMirror.ofContainerd(root, findings));
    mirrors.addAll(RegistryMirror.ofContainersImage(root, findings));
    mirrors.forEach(mirror -> look(mirror, findings));
    if (findings.size() == before) {
      findings.add(
          Finding.ok(
              CHECK, mirrors.isEmpty() ? "no mirrors are configured" : "each mirror has an entry"));
    }
  }

  private void look(RegistryMirror mirror, List<Finding> findings) {
    var upstream = mirror.upstream();
    var named = upstream == null ? "every registry" : upstream.toString();
    var own =
        entries.stream()
            .filter(entry -> HostGlob.overlap(entry.prefix().host(), mirror.host().host()))
            .filter(entry -> overlap(entry.prefix().path(), mirror.repositories()))
            .toList();
    if (own.isEmpty()) {
      findings.add(
          Finding.warn(
              CHECK,
              "images of %s are pulled through %s (%s), which has no entry"
                  .formatted(named, mirror.host(), mirror.file()),
              "if that mirror requires a login, add an entry for it"
                  + (mirror.containerd() ? " with mirrorOf: [" + asked(upstream) + "]" : "")));
    } else if (mirror.containerd() && own.stream().noneMatch(entry -> covers(entry, upstream))) {
      findings.add(
          Finding.warn(
              CHECK,
              "images of %s are pulled through %s (%s), and the kubelet does not get its credential"
                  .formatted(named, mirror.host(), mirror.file()),
              "add mirrorOf: [%s] to the entry %s, and run kubelet-config again"
                  .formatted(asked(upstream), own.getFirst().prefix())));
    }
  }

  /**
   * Returns whether a path and another one, each with what is below it, have an image in common.
   */
  private static boolean overlap(String path, String other) {
    return RegistryPrefix.isWithin(path, other) || RegistryPrefix.isWithin(other, path);
  }

  private static String asked(@Nullable RegistryPrefix upstream) {
    return upstream == null ? "docker.io" : upstream.toString();
  }

  /**
   * Returns whether the entry covers the upstream; if every registry has the mirror, any entry with
   * a mirror does.
   */
  private static boolean covers(MirroringEntry entry, @Nullable RegistryPrefix upstream) {
    return entry.mirrorOf().stream()
        .anyMatch(covered -> upstream == null || covered.host().equals(upstream.host()));
  }
}
