package dev.rig.credentials.testing.machine;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** The real processes of this machine, for tests that start some. */
public final class Processes {
  private static final Path PROC = Path.of("/proc");

  private Processes() {}

  /** Returns an argument for {@code sleep}, over 1,000 seconds, that identifies its process. */
  public static String longSleep() {
    return "1000." + ThreadLocalRandom.current().nextLong(100_000_000_000L, 1_000_000_000_000L);
  }

  /** Returns the pids of living processes with this text in their command line. */
  public static List<Long> with(String text) {
    var found = new ArrayList<Long>();
    try (var folders = Files.newDirectoryStream(PROC, "[0-9]*")) {
      for (var folder : folders) {
        if (commandLine(folder).contains(text)) {
          found.add(Long.parseLong(folder.getFileName().toString()));
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return found;
  }

  /** Returns how many children of this process have ended and are not reaped. */
  public static long zombies() {
    var self = ") Z " + ProcessHandle.current().pid() + " ";
    try (var folders = Files.list(PROC)) {
      return folders.filter(folder -> read(folder.resolve("stat")).contains(self)).count();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Returns how many descriptors this process has open. */
  public static long descriptors() {
    try (var files = Files.list(PROC.resolve("self/fd"))) {
      return files.count();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Waits in real time until a condition is met; returns whether it was. */
  public static boolean eventually(Duration patience, BooleanSupplier condition) {
    long end = System.nanoTime() + patience.toNanos();
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() - end > 0) {
        return false;
      }
      LockSupport.parkNanos(5_000_000);
    }
    return true;
  }

  private static String commandLine(Path folder) {
    return read(folder.resolve("cmdline"));
  }

  private static String read(Path file) {
    try {
      return Files.readString(file, StandardCharsets.ISO_8859_1);
    } catch (IOException e) {
      return ""; // It has ended meanwhile.
    }
  }
}
