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
 * Who can change a file, for files that decide what runs or what is kept (T23): nobody may but root
 * and one user. What counts is the file, every folder above it, and every symbolic link on the way.
 *
 * <ul>
 *   <li>Each belongs to root or to that user.
 *   <li>Others cannot write it, nor its group, whichever it is. Access control lists show in the
 *       group's bits, which are their mask (acl(5)).
 *   <li>In a sticky folder, such as {@code /tmp}, each file is as safe as its own owner and mode.
 *   <li>What lies on a read-only mount is safe, as what a kubelet mounts.
 *   <li>A person's own group, which nobody else is in, is {@link Exposure#tolerated()}.
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
   * That somebody else can change a file.
   *
   * @param path what they can write: the file, or a folder or a link on the way to it
   * @param message what is wrong with it, without its name
   * @param mend the command that puts it right
   * @param tolerated whether it is only the own group of the person who runs this
   */
  public record Exposure(Path path, String message, String mend, boolean tolerated) {
    /** With the path and the command, for people. */
    @Override
    public String toString() {
      return path + " " + message + ": " + mend;
    }
  }

  /** What a rule asks the machine, if it has to know. */
  interface Surroundings {
    /** Whether nobody can write there, whatever the modes are. */
    boolean isReadOnly(Path path);

    /** Whether more than the owner, the group and the others have rights. */
    boolean hasAccessControlList(Path path);

    /** Whether that user is the person who runs this, and nobody else is in the group. */
    boolean isPersonal(int user, int group);
  }

  private final int uid;
  private final Surroundings surroundings;

  WriteAccess(int uid, Surroundings surroundings) {
    this.uid = uid;
    this.surroundings = surroundings;
  }

  /**
   * For files that this process uses.
   *
   * @param environment tells whether a person's session or systemd has started it
   */
  public static WriteAccess ofThisProcess(Map<String, String> environment) {
    return new WriteAccess(LibC.geteuid(), new ThisMachine(environment));
  }

  /** The same for files that a process of that user uses. */
  public WriteAccess of(int user) {
    return new WriteAccess(user, surroundings);
  }

  /**
   * Looks at a file and at the way to it.
   *
   * @return each place where somebody else can write, from the root on; empty if nobody can
   * @throws IOException if it does not exist or cannot be looked at
   */
  public List<Exposure> look(Path file) throws IOException {
    var found = new ArrayList<Exposure>();
    var names = new ArrayDeque<Path>();
    file.toAbsolutePath().forEach(names::add);
    var at = ROOT;
    judge(ROOT, id(ROOT)).ifPresent(found::add);
    for (int links = 0; !names.isEmpty(); ) {
      var name = names.pop(); // not as text: not every name is
      if (name.equals(HERE)) {
        continue;
      }
      if (name.equals(ABOVE)) {
        at = at.getParent() == null ? ROOT : at.getParent();
        continue;
      }
      var next = at.resolve(name);
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
   * The first place that is not tolerated, with what is wrong and the command that mends it.
   *
   * @return empty if there is none
   * @throws IOException as {@link #look} does
   */
  public Optional<String> problem(Path file) throws IOException {
    return look(file).stream()
        .filter(exposure -> !exposure.tolerated())
        .findFirst()
        .map(Exposure::toString);
  }

  private static FileId id(Path path) throws IOException {
    return FileId.of(path).orElseThrow(() -> new NoSuchFileException(path.toString()));
  }

  /** The rule for one step of a path. */
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
    if (id.isSymbolicLink() || id.isStickyFolder()) {
      return Optional.empty();
    }
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

  /** As a shell takes it. */
  private static String quoted(Path path) {
    var name = path.toString();
    return name.matches("[\\w/.,:+@%-]+") ? name : "'" + name.replace("'", "'\\''") + "'";
  }

  /** What the kernel and the user database say. */
  private record ThisMachine(Map<String, String> environment) implements Surroundings {
    /**
     * A unit of systemd sees most of the machine read-only (ProtectSystem= of systemd.exec(5)) and
     * others do not: there that says nothing.
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
