package dev.rig.credentials.files;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/**
 * The identity, mode and owner of a file.
 *
 * @param device the file system's number
 * @param inode the file's number on it
 * @param mode type and permissions, as in stat(2)
 * @param owner its uid
 * @param group its gid
 */
public record FileId(long device, long inode, int mode, int owner, int group) {
  private static final int TYPE = 0170000;
  private static final int SOCKET = 0140000;
  private static final int SYMLINK = 0120000;
  private static final int REGULAR = 0100000;
  private static final int FOLDER = 0040000;
  private static final int FIFO = 0010000;
  private static final int STICKY = 01000;
  private static final int WRITABLE_BY_ALL = 0002;

  /** Returns what the name refers to, without following a symbolic link; empty if absent. */
  public static Optional<FileId> of(Path path) throws IOException {
    return read(path, LinkOption.NOFOLLOW_LINKS);
  }

  /** Returns what the name refers to, following symbolic links; empty if absent. */
  public static Optional<FileId> behind(Path path) throws IOException {
    return read(path);
  }

  private static Optional<FileId> read(Path path, LinkOption... options) throws IOException {
    try {
      var attributes = Files.readAttributes(path, "unix:dev,ino,mode,uid,gid", options);
      return Optional.of(
          new FileId(
              number(attributes, "dev"),
              number(attributes, "ino"),
              (int) number(attributes, "mode"),
              (int) number(attributes, "uid"),
              (int) number(attributes, "gid")));
    } catch (NoSuchFileException missing) {
      return Optional.empty();
    }
  }

  private static long number(Map<String, Object> attributes, String name) throws IOException {
    if (attributes.get(name) instanceof Number number) {
      return number.longValue();
    }
    throw new IOException("the file system does not report " + name);
  }

  public boolean isSameFile(FileId other) {
    return device == other.device && inode == other.inode;
  }

  public boolean isSocket() {
    return (mode & TYPE) == SOCKET;
  }

  public boolean isSymbolicLink() {
    return (mode & TYPE) == SYMLINK;
  }

  public boolean isRegularFile() {
    return (mode & TYPE) == REGULAR;
  }

  public boolean isFolder() {
    return (mode & TYPE) == FOLDER;
  }

  /**
   * Returns whether this is a folder in which only the owners of a file, and of the folder, can
   * rename and remove the file.
   */
  public boolean isStickyFolder() {
    return isFolder() && (mode & STICKY) != 0;
  }

  /** Returns whether everyone can replace files in this folder. */
  public boolean isOpenToAll() {
    return (mode & WRITABLE_BY_ALL) != 0 && (mode & STICKY) == 0;
  }

  /** Returns the type of the file in words. */
  public String kind() {
    return switch (mode & TYPE) {
      case SOCKET -> "a socket";
      case SYMLINK -> "a symbolic link";
      case REGULAR -> "a regular file";
      case FOLDER -> "a folder";
      case FIFO -> "a FIFO";
      default -> "a special file";
    };
  }
}
