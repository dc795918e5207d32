package dev.rig.credentials.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** What Linux tells of processes below {@code /proc}. */
public final class ProcFiles {
  private ProcFiles() {}

  /** The uid of this process. */
  public static int ownUid() {
    try {
      return (int) Files.getAttribute(Path.of("/proc/self"), "unix:uid");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Whether that process still runs; a zombie that nobody has waited for does not. */
  public static boolean runs(long pid) {
    try {
      var stat = Files.readString(Path.of("/proc", Long.toString(pid), "stat"));
      return stat.charAt(stat.lastIndexOf(')') + 2) != 'Z';
    } catch (IOException e) {
      return false; // no such file, or "no such process" where it ended between open and read
    }
  }

  /** The arguments of a process, with spaces between them; empty when it is gone. */
  public static String arguments(long pid) {
    try {
      var bytes = Files.readAllBytes(Path.of("/proc", Long.toString(pid), "cmdline"));
      return new String(bytes, StandardCharsets.UTF_8).replace('\0', ' ');
    } catch (IOException e) {
      return "";
    }
  }
}
