package dev.rig.credentials.socket.bind;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.UserPrincipalNotFoundException;

/** Changes the group of files. */
final class SocketGroup {
  private SocketGroup() {}

  /**
   * Changes the group of a file, without following a symbolic link.
   *
   * @param group a name; if no group has that name, a number
   * @throws SocketRefusedException if there is no such group
   */
  static void give(Path file, String group) throws IOException {
    try {
      var principal =
          file.getFileSystem().getUserPrincipalLookupService().lookupPrincipalByGroupName(group);
      Files.getFileAttributeView(file, PosixFileAttributeView.class, LinkOption.NOFOLLOW_LINKS)
          .setGroup(principal);
    } catch (UserPrincipalNotFoundException unknown) {
      throw new SocketRefusedException(
          file, "the socket's group does not exist", "name an existing group, or give its number");
    }
  }
}
