package dev.rig.credentials.files;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;

/** Who can change a file, for files that decide what runs. */
public final class WriteAccess {
  private static final int WRITABLE_BY_OTHERS = 0022;
  private static final int STICKY = 01000;
  private static final Path SELF = Path.of("/proc/self");

  private WriteAccess() {}

  /**
   * Who besides root and this process's user could change the file, itself or by a folder above it.
   * In a sticky folder, such as {@code /tmp}, each file is as safe as its owner.
   *
   * @param file an absolute path; symbolic links are followed
   * @return a problem for people, with the path that it is about; empty if nobody else can
   * @throws IOException if it does not exist or cannot be looked at
   */
  public static Optional<String> problem(Path file) throws IOException {
    int own = FileId.behind(SELF).map(FileId::owner).orElse(0);
    for (var path = file.toRealPath(); path != null; path = path.getParent()) {
      var problem = problem(path, own);
      if (problem.isPresent()) {
        return problem;
      }
    }
    return Optional.empty();
  }

  private static Optional<String> problem(Path path, int own) throws IOException {
    var id = FileId.of(path).orElseThrow(() -> new IOException(path + " was removed"));
    if (id.owner() != 0 && id.owner() != own) {
      return Optional.of(
          "%s belongs to uid %s, not to root or uid %s"
              .formatted(
                  path, Integer.toUnsignedString(id.owner()), Integer.toUnsignedString(own)));
    }
    boolean shared = id.isFolder() && (id.mode() & STICKY) != 0;
    return (id.mode() & WRITABLE_BY_OTHERS) != 0 && !shared
        ? Optional.of(
            "%s is writable by its group or others (mode %04o)".formatted(path, id.mode() & 07777))
        : Optional.empty();
  }
}
