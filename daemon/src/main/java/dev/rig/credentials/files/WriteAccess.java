package dev.rig.credentials.files;

import dev.rig.credentials.linux.LibC;
import dev.rig.credentials.linux.PersonalGroup;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Determines who can change a file, for files that decide what runs or what is stored (T23): only
 * root and one user may. The check covers the file, every folder above it, and every symbolic link
 * on the way.
 *
 * <ul>
 *   <li>Each belongs to root or to that user.
 *   <li>Others cannot write it, and neither can any group. Access control lists appear in the
 *       group's bits, which are their mask (acl(5)).
 *   <li>In a sticky folder, such as {@code /tmp}, each file is as safe as its own owner and mode.
 *   <li>Files on a read-only mount are safe, such as those that a kubelet mounts.
 *   <li>A person's own group without other members is {@link Exposure#tolerated()}.
 * </ul>
 */
public final class WriteAccess {
  private static final int BY_OTHERS = 0002;
  private static final int BY_GROUP = 0020;
  private static final int PERMISSIONS = 07777;
  private static final int MOST_LINKS = 40; // as the kernel, path_resolution(7)
  private static final Path ROOT = Path.of("/");
  private static final Path HERE = Path.of(".");
  private static final Path ABOVE = Path.of("..");

  /**
   * Another user's ability to change a file.
   *
   * @param path what they can write: the file, or a folder or a link on the way to it
   * @param message the problem, without the path
   * @param fix the command that fixes it; may be empty
   * @param tolerated whether only the user's own group can write
   */
  public record Exposure(Path path, String message, String fix, boolean tolerated) {
    /** Returns the text for people, with the path and the command. */
    @Override
    public String toString() {
      return path + " " + message + (fix.isEmpty() ? "" : ": " + fix);
    }
  }

  /** The facts about the machine that the rule depends on. */
  interface Surroundings {
    /** Returns whether nothing can be written there, regardless of modes. */
    boolean isReadOnly(Path path);

    /** Returns whether an access control list gives further rights. */
    boolean hasAccessControlList(Path path);

    /** Returns whether that user runs this process, and is the only member of the group. */
    boolean isPersonal(int user, int group);
  }

  private final int uid;
  private final Surroundings surroundings;

  WriteAccess(int uid, Surroundings surroundings) {
    this.uid = uid;
    this.surroundings = surroundings;
  }

  /**
   * Returns the check for files that this process uses.
   *
   * @param environment shows whether this process belongs to a user's session or to systemd
   */
  public static WriteAccess ofThisProcess(Map<String, String> environment) {
    return new WriteAccess(LibC.geteuid(), new ThisMachine(environment));
  }

  /** Returns the check for files that a process of that user uses. */
  public WriteAccess of(int user) {
    return new WriteAccess(user, surroundings);
  }

  /**
   * Checks a file and the folders and links on the way to it.
   *
   * @return each location that another user can write, starting at the root; empty if all are safe
   * @throws IOException if the file does not exist or cannot be checked
   */
  public List<Exposure> look(Path file) throws IOException {
    return walk(file, false);
  }

  /**
   * Checks a file that may be created later, with the folders and links on the way to it.
   *
   * @return as {@link #look}; for a missing file also the folder in which another user can create
   *     it, or a folder on the way to it, sticky or not
   * @throws IOException if it cannot be checked
   */
  public List<Exposure> lookAhead(Path file) throws IOException {
    return walk(file, true);
  }

  private List<Exposure> walk(Path file, boolean ahead) throws IOException {
    var found = new ArrayList<Exposure>();
    var names = new ArrayDeque<Path>();
    file.toAbsolutePath().forEach(names::add);
    var at = ROOT;
    judge(ROOT, id(ROOT)).ifPresent(found::add);
    for (int links = 0; !names.isEmpty(); ) {
      var name = names.pop(); // not as text: a name may have other bytes
      if (name.equals(HERE)) {
        continue;
      }
      if (name.equals(ABOVE)) {
        at = at.getParent() == null ? ROOT : at.getParent();
        continue;
      }
      var next = at.resolve(name);
      if (ahead && FileId.of(next).isEmpty()) {
        additionsTo(at).filter(one -> !found.contains(one)).ifPresent(found::add);
        return found;
      }
      var id = id(next);
      judge(next, id).filter(one -> !found.contains(one)).ifPresent(found::add);
      if (id.isSymbolicLink()) {
        if (++links > MOST_LINKS) {
          throw new FileSystemException(file.toString(), null, "too many symbolic links");
        }
        var target = Files.readSymbolicLink(next);
        at = target.isAbsolute() ? ROOT : at;
        for (int i = target.getNameCount() - 1; i >= 0; i--) {
          names.push(target.getName(i));
        }
      } else {
        at = next;
      }
    }
    return found;
  }

  /**
   * Returns the first location that is not tolerated, with the problem and the command that fixes
   * it.
   *
   * @return empty if all are safe or tolerated
   * @throws IOException as {@link #look} does
   */
  public Optional<String> problem(Path file) throws IOException {
    return first(look(file));
  }

  /**
   * Returns the first location that is not tolerated, as {@link #problem}, for a file that may be
   * created later.
   *
   * @throws IOException as {@link #lookAhead} does
   */
  public Optional<String> problemAhead(Path file) throws IOException {
    return first(lookAhead(file));
  }

  private static Optional<String> first(List<Exposure> exposures) {
    return exposures.stream()
        .filter(exposure -> !exposure.tolerated())
        .findFirst()
        .map(Exposure::toString);
  }

  /**
   * Returns the first location at which other users can add a program to a folder, or replace one.
   * Unlike {@link #look}, it reports a sticky folder too, in which any user can create files.
   *
   * @return empty if only root and the user can; without a command for a sticky folder, which is
   *     meant to be writable
   * @throws IOException as {@link #look} does
   */
  public Optional<Exposure> additions(Path folder) throws IOException {
    var replaced = look(folder).stream().filter(exposure -> !exposure.tolerated()).findFirst();
    if (replaced.isPresent()) {
      return replaced;
    }
    return additionsTo(folder.toRealPath());
  }

  private Optional<Exposure> additionsTo(Path folder) throws IOException {
    var id = id(folder);
    return id.isStickyFolder() && !surroundings.isReadOnly(folder)
        ? writable(folder, id)
            .filter(one -> !one.tolerated())
            .map(one -> new Exposure(folder, one.message(), "", false))
        : Optional.empty();
  }

  /**
   * Returns what a problem means for a file.
   *
   * @param problem begins with the location that another user can write
   * @return the problem itself if it is the file's own, and otherwise that the file can be replaced
   */
  public static String about(String file, String problem) {
    return problem.startsWith(file + " ") ? problem : file + " can be replaced: " + problem;
  }

  private static FileId id(Path path) throws IOException {
    return FileId.of(path).orElseThrow(() -> new NoSuchFileException(path.toString()));
  }

  /** Applies the rule to one step of a path. */
  Optional<Exposure> judge(Path path, FileId id) {
    var exposure = exposure(path, id);
    return exposure.isPresent() && surroundings.isReadOnly(id.isSymbolicLink() ? above(path) : path)
        ? Optional.empty()
        : exposure;
  }

  private static Path above(Path path) {
    return path.getParent() == null ? ROOT : path.getParent();
  }

  private Optional<Exposure> exposure(Path path, FileId id) {
    if (id.owner() != 0 && id.owner() != uid) {
      var trusted = uid == 0 ? "root" : "root or uid " + Integer.toUnsignedString(uid);
      return Optional.of(
          new Exposure(
              path,
              "belongs to uid %s, not to %s"
                  .formatted(Integer.toUnsignedString(id.owner()), trusted),
              (id.isSymbolicLink() ? "chown -h root " : "chown root ") + quoted(path),
              false));
    }
    return id.isSymbolicLink() || id.isStickyFolder() ? Optional.empty() : writable(path, id);
  }

  private Optional<Exposure> writable(Path path, FileId id) {
    boolean others = (id.mode() & BY_OTHERS) != 0;
    boolean group = (id.mode() & BY_GROUP) != 0;
    if (!group && !others) {
      return Optional.empty();
    }
    boolean listed = group && surroundings.hasAccessControlList(path);
    var who = new ArrayList<String>();
    if (group) {
      who.add(listed ? "its access control list" : "group " + Integer.toUnsignedString(id.group()));
    }
    if (others) {
      who.add("others");
    }
    return Optional.of(
        new Exposure(
            path,
            "is writable by %s (mode %04o)"
                .formatted(String.join(" and ", who), id.mode() & PERMISSIONS),
            "chmod " + (group ? "g" : "") + (others ? "o" : "") + "-w " + quoted(path),
            group && !others && !listed && surroundings.isPersonal(uid, id.group())));
  }

  /** Quotes a path for a shell. */
  private static String quoted(Path path) {
    var name = path.toString();
    return name.matches("[\\w/.,:+@%-]+") ? name : "'" + name.replace("'", "'\\''") + "'";
  }

  /** The kernel and the user database of this machine. */
  private record ThisMachine(Map<String, String> environment) implements Surroundings {
    /**
     * Ignored in a systemd unit, which sees most of the machine read-only (ProtectSystem= of
     * systemd.exec(5)) while other processes do not.
     */
    @Override
    public boolean isReadOnly(Path path) {
      return !environment.containsKey("INVOCATION_ID") && LibC.isReadOnly(path.toString());
    }

    @Override
    public boolean hasAccessControlList(Path path) {
      return LibC.hasAttribute(path.toString(), "system.posix_acl_access");
    }

    @Override
    public boolean isPersonal(int user, int group) {
      return user == LibC.geteuid()
          && group == LibC.getegid()
          && PersonalGroup.is(
              user, group, !environment.getOrDefault("XDG_RUNTIME_DIR", "").isEmpty());
    }
  }
}
