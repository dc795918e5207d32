package dev.rig.credentials.files;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/**
 * Which file a name stands for.
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

  /** The file of that name, itself where it is a symbolic link; empty where there is none. */
  public static Optional<FileId> of(Path path) throws IOException {
    return read(path, LinkOption.NOFOLLOW_LINKS);
  }

  /** The file that a name leads to in the end; empty where there is none. */
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
    throw new IOException("the file system does not tell " + name);
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

  /** A folder in which only its owner, and theirs, may rename and remove files. */
  public boolean isStickyFolder() {
    return isFolder() && (mode & STICKY) != 0;
  }

  /** Whether everybody may replace what lies in this folder. */
  public boolean isOpenToAll() {
    return (mode & WRITABLE_BY_ALL) != 0 && (mode & STICKY) == 0;
  }

  /** What it is, in words. */
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
