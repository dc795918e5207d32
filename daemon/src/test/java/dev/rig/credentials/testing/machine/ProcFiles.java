package dev.rig.credentials.testing.machine;

import dev.rig.testing.Requirement;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** The data of processes below {@code /proc}. */
public final class ProcFiles {
  private ProcFiles() {}

  /** Returns the uid of this process. */
  public static int ownUid() {
    try {
      return (int) Files.getAttribute(Path.of("/proc/self"), "unix:uid");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * Returns the effective capabilities of this process: a bit for each number of {@code
   * capabilities(7)}.
   */
  public static BigInteger ownCapabilities() {
    try {
      return Files.readAllLines(Path.of("/proc/self/status")).stream()
          .filter(line -> line.startsWith("CapEff:"))
          .map(line -> new BigInteger(line.substring("CapEff:".length()).strip(), 16))
          .findFirst()
          .orElseThrow();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Returns whether the process still runs; a zombie does not. */
  public static boolean runs(long pid) {
    try {
      var stat = Files.readString(Path.of("/proc", Long.toString(pid), "stat"));
      return stat.charAt(stat.lastIndexOf(')') + 2) != 'Z';
    } catch (IOException e) {
      return false; // no such file, or "no such process" where it ended between open and read
    }
  }

  /** Returns the arguments of a process, separated by spaces; empty if it has ended. */
  public static String arguments(long pid) {
    try {
      var bytes = Files.readAllBytes(Path.of("/proc", Long.toString(pid), "cmdline"));
      return new String(bytes, StandardCharsets.UTF_8).replace('\0', ' ');
    } catch (IOException e) {
      return "";
    }
  }

  /** Returns the initial environment of a process, one variable per line; empty if it has ended. */
  public static String environment(long pid) {
    try {
      var bytes = Files.readAllBytes(Path.of("/proc", Long.toString(pid), "environ"));
      return new String(bytes, StandardCharsets.UTF_8).replace('\0', '\n');
    } catch (IOException e) {
      return "";
    }
  }

  /** Returns the number of open descriptors of a process; for a daemon, only root can. */
  public static int descriptors(long pid) {
    var open = Path.of("/proc", Long.toString(pid), "fd").toFile().list();
    Requirement.need(
        open != null || !runs(pid),
        "counting the descriptors of a daemon needs root",
        "run as root");
    return open == null ? 0 : open.length;
  }

  /** Returns the number of threads of a process. */
  public static int threads(long pid) {
    return (int) number(pid, "Threads:");
  }

  /** Returns the resident memory of a process, in KiB. */
  public static long residentKib(long pid) {
    return number(pid, "VmRSS:");
  }

  /** Returns the address space of a process, in KiB. */
  public static long addressSpaceKib(long pid) {
    return number(pid, "VmSize:");
  }

  /** Returns the processor time of a process so far, in clock ticks of 10 ms. */
  public static long processorTicks(long pid) {
    try {
      var stat = Files.readString(Path.of("/proc", Long.toString(pid), "stat"));
      var fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
      return Long.parseLong(fields[11]) + Long.parseLong(fields[12]); // proc(5): utime, stime
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Returns how many children of a process have ended and are not reaped. */
  public static long zombiesOf(long parent) {
    var mark = ") Z " + parent + " ";
    try (var folders = Files.list(Path.of("/proc"))) {
      return folders.filter(folder -> stat(folder).contains(mark)).count();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String stat(Path folder) {
    try {
      return Files.readString(folder.resolve("stat"));
    } catch (IOException e) {
      return ""; // no process, or it has ended
    }
  }

  private static long number(long pid, String name) {
    try (var lines = Files.lines(Path.of("/proc", Long.toString(pid), "status"))) {
      return lines
          .filter(line -> line.startsWith(name))
          .map(line -> line.replaceAll("[^0-9]", ""))
          .mapToLong(Long::parseLong)
          .findFirst()
          .orElse(0);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
