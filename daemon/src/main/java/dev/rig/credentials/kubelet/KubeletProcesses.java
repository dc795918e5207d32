package dev.rig.credentials.kubelet;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalLong;

/** The kubelets of this machine, from proc(5). */
public final class KubeletProcesses {
  private static final List<String> FLAGS =
      List.of("--image-credential-provider-bin-dir", "--image-credential-provider-config");

  private final Path proc;

  /**
   * Reads the processes in the folder.
   *
   * @param proc {@code /proc}
   */
  public KubeletProcesses(Path proc) {
    this.proc = proc;
  }

  /**
   * Returns a process that was started with credential providers in a folder.
   *
   * @param folder absolute
   * @return its pid; empty if absent
   * @throws IOException if the processes cannot be listed
   */
  public OptionalLong startedWith(Path folder) throws IOException {
    try (var entries = Files.newDirectoryStream(proc, "[0-9]*")) {
      for (var entry : entries) {
        var name = String.valueOf(entry.getFileName());
        if (name.chars().allMatch(c -> c >= '0' && c <= '9') && names(words(entry), folder)) {
          return OptionalLong.of(Long.parseLong(name));
        }
      }
    }
    return OptionalLong.empty();
  }

  /** Returns whether a flag has a value in the folder: after {@code =}, or as the next word. */
  private static boolean names(String[] words, Path folder) {
    for (int i = 0; i < words.length; i++) {
      for (var flag : FLAGS) {
        boolean next = words[i].equals(flag) && i + 1 < words.length;
        boolean same = words[i].startsWith(flag + "=");
        if (next || same) {
          var value = next ? words[i + 1] : words[i].substring(flag.length() + 1);
          if (!value.isEmpty() && Path.of(value).normalize().startsWith(folder)) {
            return true;
          }
        }
      }
    }
    return false;
  }

  private static String[] words(Path entry) {
    try {
      var words = Files.readString(entry.resolve("cmdline"), StandardCharsets.ISO_8859_1);
      return words.split("\0", -1);
    } catch (IOException ended) {
      return new String[0]; // It has ended in the meantime.
    }
  }
}
