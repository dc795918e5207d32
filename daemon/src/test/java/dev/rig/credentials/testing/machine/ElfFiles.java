package dev.rig.credentials.testing.machine;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** The programs and libraries in a folder with their architecture: {@code elf(5)}. */
public final class ElfFiles {
  /** {@code EM_X86_64} of {@code elf.h}. */
  public static final int AMD64 = 62;

  /** {@code EM_AARCH64} of {@code elf.h}. */
  public static final int ARM64 = 183;

  private static final byte[] MAGIC = {0x7f, 'E', 'L', 'F'};
  private static final int MACHINE = 18;

  private ElfFiles() {}

  /** Returns the paths, relative to the folder, with the architecture of each; without links. */
  public static Map<String, Integer> in(Path folder) {
    Map<String, Integer> found = new TreeMap<>();
    try (var files = Files.walk(folder)) {
      files
          .filter(file -> Files.isRegularFile(file) && !Files.isSymbolicLink(file))
          .forEach(file ->
              machine(file)
                  .ifPresent(machine -> found.put(folder.relativize(file).toString(), machine)));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return found;
  }

  private static Optional<Integer> machine(Path file) {
    try (var in = Files.newInputStream(file)) {
      var start = in.readNBytes(MACHINE + 2);
      if (start.length < MACHINE + 2) {
        return Optional.empty();
      }
      for (int i = 0; i < MAGIC.length; i++) {
        if (start[i] != MAGIC[i]) {
          return Optional.empty();
        }
      }
      return Optional.of((start[MACHINE] & 0xff) | ((start[MACHINE + 1] & 0xff) << 8));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
