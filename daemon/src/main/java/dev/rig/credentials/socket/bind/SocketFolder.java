package dev.rig.credentials.socket.bind;

import dev.rig.credentials.files.FileId;
import dev.rig.credentials.linux.LibC;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;

/** The folder of a socket (T6). */
final class SocketFolder {
  private final SocketOptions options;

  SocketFolder(SocketOptions options) {
    this.options = options;
  }

  /**
   * Ensures that the folder exists and that only root and this user can replace the socket in it.
   *
   * <p>A missing folder is created with mode 0700; if the socket's mode permits its group or
   * everyone to connect, they get the permission to pass through it (0710, 0711). An existing
   * folder is not changed.
   *
   * @throws SocketRefusedException if it cannot be created or others can change it
   */
  void prepare() {
    Path folder = options.path().getParent();
    if (folder == null) {
      throw new SocketRefusedException(
          options.path(), "is not the name of a file", SocketRefusedException.OTHER_PATH);
    }
    try {
      var existing = FileId.behind(folder);
      if (existing.isPresent()) {
        check(folder, existing.get());
      } else {
        create(folder);
      }
    } catch (IOException failure) {
      throw new SocketRefusedException(folder, "cannot prepare the socket's folder", failure);
    }
  }

  private static void check(Path folder, FileId existing) {
    if (!existing.isFolder()) {
      throw new SocketRefusedException(
          folder,
          "is " + existing.kind() + ", and the socket must be in a folder",
          "choose another path with --socket");
    }
    if (existing.owner() != 0 && existing.owner() != LibC.geteuid()) {
      throw new SocketRefusedException(
          folder,
          "belongs to another user, who could replace the socket",
          "chown the folder to root or to the daemon's user, or choose another with --socket");
    }
    if (existing.isOpenToAll()) {
      throw new SocketRefusedException(
          folder,
          "everyone can write to this folder, and could replace the socket",
          "chmod o-w the folder, or choose another with --socket");
    }
  }

  private void create(Path folder) throws IOException {
    var ownerOnly = PosixFilePermissions.fromString("rwx------");
    Files.createDirectories(folder, PosixFilePermissions.asFileAttribute(ownerOnly));
    if (options.group() != null) {
      SocketGroup.give(folder, options.group());
    }
    int others = ((options.mode() & 0060) != 0 ? 0010 : 0) | ((options.mode() & 0006) != 0 ? 1 : 0);
    Files.setAttribute(folder, "unix:mode", 0700 | others);
  }
}
