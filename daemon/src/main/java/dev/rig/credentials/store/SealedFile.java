package dev.rig.credentials.store;

import dev.rig.credentials.files.AtomicFile;
import dev.rig.credentials.files.RegularFile;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.List;
import java.util.Optional;

/**
 * A file of sealed records. Each write replaces it as a whole; {@link Sealer} tells its form. Not
 * for several threads or processes at a time.
 */
public final class SealedFile {
  private static final int LARGEST = 64 << 20;

  private final Path path;
  private final Sealer sealer;

  /**
   * A file that need not exist yet.
   *
   * @param purpose what it is for, in a word: a file of one purpose does not open as another
   */
  public SealedFile(Path path, SealingKey key, String purpose) {
    this(path, key, purpose, new SecureRandom());
  }

  SealedFile(Path path, SealingKey key, String purpose, SecureRandom random) {
    this.path = path;
    this.sealer = new Sealer(key, purpose, random);
  }

  /** The file. */
  public Path path() {
    return path;
  }

  /** What a file holds. */
  public static final class Contents {
    private final Sealer.OpenedFile opened;

    private Contents(Sealer.OpenedFile opened) {
      this.opened = opened;
    }

    /** How many records there are, of all labels. */
    public int size() {
      return opened.size();
    }

    /** What was kept under exactly that label, in its order; empty for nothing. */
    public List<byte[]> of(String label) {
      return opened.contents(label);
    }
  }

  /**
   * Replaces all records.
   *
   * @throws StoreException when that fails, as on a full disk: then the file is what it was
   */
  public void write(List<SealedRecord> records) {
    try {
      AtomicFile.replace(path, sealer.seal(records));
    } catch (IOException e) {
      throw new StoreException("cannot write " + path + ": " + reason(e), e);
    }
  }

  /**
   * Reads the file; empty where there is none.
   *
   * @throws StoreException when it cannot be read, or is not exactly what was sealed: every byte
   *     counts
   */
  public Optional<Contents> read() {
    try {
      return Optional.of(new Contents(sealer.open(RegularFile.read(path, LARGEST))));
    } catch (NoSuchFileException none) {
      return Optional.empty();
    } catch (IOException e) {
      throw new StoreException("cannot read " + path + ": " + reason(e), e);
    }
  }

  /**
   * Moves the file out of the way, beside itself, in place of one that was moved there earlier.
   *
   * @return where it is now
   * @throws StoreException when it cannot be moved
   */
  public Path setAside() {
    var aside = path.resolveSibling(path.getFileName() + ".refused");
    try {
      AtomicFile.rename(path, aside);
      return aside;
    } catch (IOException e) {
      throw new StoreException("cannot set " + path + " aside: " + reason(e), e);
    }
  }

  /** Removes the file, if there is one. */
  public static void remove(Path path) {
    try {
      Files.deleteIfExists(path);
    } catch (IOException e) {
      throw new StoreException("cannot remove " + path + ": " + reason(e), e);
    }
  }

  static String reason(IOException e) {
    if (e instanceof FileSystemException known) {
      return known.getReason() == null ? known.getClass().getSimpleName() : known.getReason();
    }
    return String.valueOf(e.getMessage());
  }
}
