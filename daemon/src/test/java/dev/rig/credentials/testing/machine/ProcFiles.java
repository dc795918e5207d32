package dev.rig.credentials.testing.machine;

import dev.rig.testing.Requirement;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigInteger;
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

  /**
   * The effective capabilities of this process: a bit for each number of {@code capabilities(7)}.
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

  /** How many descriptors a process has open; only root sees those of a daemon. */
  public static int descriptors(long pid) {
    var open = Path.of("/proc", Long.toString(pid), "fd").toFile().list();
    Requirement.need(
        open != null || !runs(pid),
        "counting the descriptors of a daemon needs root",
        "run as root");
    return open == null ? 0 : open.length;
  }

  /** How many threads a process has. */
  public static int threads(long pid) {
    return (int) number(pid, "Threads:");
  }

  /** The memory of a process that is in use, in KiB. */
  public static long residentKib(long pid) {
    return number(pid, "VmRSS:");
  }

  /** The address space of a process, in KiB. */
  public static long addressSpaceKib(long pid) {
    return number(pid, "VmSize:");
  }

  /** The processor time that a process has used so far, in clock ticks of 10 ms. */
  public static long processorTicks(long pid) {
    try {
      var stat = Files.readString(Path.of("/proc", Long.toString(pid), "stat"));
      var fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
      return Long.parseLong(fields[11]) + Long.parseLong(fields[12]); // proc(5): utime, stime
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** How many children of a process have ended and wait for it to notice. */
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
