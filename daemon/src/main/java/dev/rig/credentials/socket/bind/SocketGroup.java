package dev.rig.credentials.socket.bind;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.UserPrincipalNotFoundException;

/** Gives files to groups. */
final class SocketGroup {
  private SocketGroup() {}

  /**
   * Gives a file, not what it links to, to a group.
   *
   * @param group a name, or where no group has that name a number
   * @throws SocketRefusedException when there is no such group
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
