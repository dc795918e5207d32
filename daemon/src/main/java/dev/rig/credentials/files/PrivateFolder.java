package dev.rig.credentials.files;

import dev.rig.credentials.linux.LibC;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;

/** Folders in which no other user can replace a file. */
public final class PrivateFolder {
  private static final int WRITABLE_BY_OTHERS = 0022;

  private PrivateFolder() {}

  /**
   * Ensures that the folder exists and that only this user and root can replace its files. A
   * missing folder is created with mode 0700, with its parents. A symbolic link of another user is
   * not followed.
   *
   * @throws IOException if that is impossible; the message is for people
   */
  public static void prepare(Path folder) throws IOException {
    var link = FileId.of(folder).filter(FileId::isSymbolicLink);
    if (link.isPresent() && link.get().owner() != 0 && link.get().owner() != LibC.geteuid()) {
      throw new IOException(folder + " is a symbolic link of another user");
    }
    Files.createDirectories(
        folder, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    var attributes = Files.readAttributes(folder, "unix:mode,uid");
    int mode = attributes.get("mode") instanceof Integer bits ? bits : WRITABLE_BY_OTHERS;
    var self = Files.getAttribute(Path.of("/proc/self"), "unix:uid");
    if (!self.equals(attributes.get("uid")) && !Integer.valueOf(0).equals(attributes.get("uid"))) {
      throw new IOException(folder + " belongs to another user");
    }
    if ((mode & WRITABLE_BY_OTHERS) != 0) {
      throw new IOException(folder + " can be written to by others: chmod go-w");
    }
  }
}
