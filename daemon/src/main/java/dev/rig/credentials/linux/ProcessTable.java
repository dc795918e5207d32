package dev.rig.credentials.linux;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The processes at one instant, from {@code /proc}; proc_pid_stat(5). */
public final class ProcessTable {
  private static final Path PROC = Path.of("/proc");

  /** Fields of {@code stat} after the program's name, which is in parentheses. */
  private static final int STATE = 0;

  private static final int PARENT = 1;
  private static final int GROUP = 2;
  private static final int SESSION = 3;
  private static final int START = 19;

  /**
   * One process.
   *
   * @param start when it was forked, in clock ticks since boot
   */
  public record Entry(long pid, char state, long parent, long group, long session, long start) {
    /** Returns whether the process has ended and waits to be reaped. */
    public boolean zombie() {
      return state == 'Z' || state == 'X';
    }
  }

  private final Map<Long, Entry> entries;
  private final Map<Long, List<Entry>> children = new HashMap<>();

  private ProcessTable(Map<Long, Entry> entries) {
    this.entries = entries;
    for (var entry : entries.values()) {
      children.computeIfAbsent(entry.parent(), parent -> new ArrayList<>()).add(entry);
    }
  }

  /**
   * Reads all processes.
   *
   * @throws IOException if one could not be read, so that the result would be incomplete
   */
  public static ProcessTable read() throws IOException {
    var entries = new HashMap<Long, Entry>();
    try (var folders = Files.newDirectoryStream(PROC, ProcessTable::isProcess)) {
      for (var folder : folders) {
        entry(folder).ifPresent(entry -> entries.put(entry.pid(), entry));
      }
    } catch (DirectoryIteratorException e) {
      throw e.getCause();
    }
    return new ProcessTable(entries);
  }

  /** Returns whether the name is a pid; without a pattern, because scripts wait for the table. */
  private static boolean isProcess(Path folder) {
    return Character.isDigit(folder.getFileName().toString().charAt(0));
  }

  /** Returns the current state of one process. */
  public static Optional<Entry> entry(long pid) throws IOException {
    return entry(PROC.resolve(Long.toString(pid)));
  }

  /**
   * Returns the value of a variable in a process's initial environment; empty if the variable is
   * absent, or the process has ended or belongs to another user.
   */
  public static Optional<String> startedWith(long pid, String variable) {
    byte[] environment;
    try {
      environment = Files.readAllBytes(PROC.resolve(Long.toString(pid)).resolve("environ"));
    } catch (IOException e) {
      return Optional.empty();
    }
    var prefix = (variable + "=").getBytes(StandardCharsets.US_ASCII);
    for (int start = 0; start < environment.length; ) {
      int end = start;
      while (end < environment.length && environment[end] != 0) {
        end++;
      }
      int value = start + prefix.length;
      if (value <= end && Arrays.equals(environment, start, value, prefix, 0, prefix.length)) {
        return Optional.of(new String(environment, value, end - value, StandardCharsets.US_ASCII));
      }
      start = end + 1;
    }
    return Optional.empty();
  }

  public Iterable<Entry> all() {
    return entries.values();
  }

  public List<Entry> children(long pid) {
    return children.getOrDefault(pid, List.of());
  }

  /** Returns a process and its descendants, the process first. */
  public List<Entry> subtree(Entry top) {
    var found = new ArrayList<Entry>();
    found.add(top);
    for (int i = 0; i < found.size(); i++) {
      found.addAll(children(found.get(i).pid()));
    }
    return found;
  }

  private static Optional<Entry> entry(Path folder) throws IOException {
    String stat;
    try {
      stat = Files.readString(folder.resolve("stat"), StandardCharsets.ISO_8859_1);
    } catch (IOException e) {
      if (Files.exists(folder)) {
        throw e;
      }
      return Optional.empty(); // It has ended in the meantime.
    }
    var pid = Long.parseLong(folder.getFileName().toString());
    var fields = stat.substring(stat.lastIndexOf(')') + 1).stripLeading().split(" ", -1);
    if (fields.length <= START) {
      return Optional.empty();
    }
    return Optional.of(
        new Entry(
            pid,
            fields[STATE].charAt(0),
            Long.parseLong(fields[PARENT]),
            Long.parseLong(fields[GROUP]),
            Long.parseLong(fields[SESSION]),
            Long.parseLong(fields[START])));
  }
}
