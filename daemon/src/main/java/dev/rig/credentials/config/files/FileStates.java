package dev.rig.credentials.config.files;

import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The stat(2) data of configuration files. Two states are equal as long as nothing was written,
 * replaced, added or removed. An update of a mounted ConfigMap changes the target of {@code
 * ..data}.
 *
 * @param states the data by path; not for people
 */
record FileStates(Map<String, String> states) {
  /**
   * If contents of the same length change within one clock tick, ctime or the inode still changes.
   */
  private static final String ATTRIBUTES = "unix:dev,ino,size,lastModifiedTime,ctime";

  /**
   * Who can write the folder; its times are left out because they change with its files, which are
   * checked themselves.
   */
  private static final String OF_FOLDERS = "unix:mode,uid,gid";

  static FileStates look(List<Path> paths) {
    var states = new TreeMap<String, String>();
    for (var path : paths) {
      if (Files.isDirectory(path)) {
        folder(path, states);
      } else {
        states.put(path.toString(), state(path));
      }
    }
    return new FileStates(states);
  }

  private static void folder(Path folder, Map<String, String> states) {
    try (var entries = Files.newDirectoryStream(folder)) {
      states.put(folder.toString(), attributes(folder, OF_FOLDERS));
      for (var entry : entries) {
        states.put(entry.toString(), Files.isDirectory(entry) ? target(entry) : state(entry));
      }
    } catch (IOException | DirectoryIteratorException e) {
      states.put(folder.toString(), "unreadable");
    }
  }

  private static String target(Path folder) {
    try {
      return folder.toRealPath().toString();
    } catch (IOException gone) {
      return "gone";
    }
  }

  private static String state(Path file) {
    try {
      return attributes(file, ATTRIBUTES);
    } catch (IOException absent) {
      return "absent";
    }
  }

  private static String attributes(Path path, String names) throws IOException {
    return new TreeMap<>(Files.readAttributes(path, names)).toString();
  }
}
