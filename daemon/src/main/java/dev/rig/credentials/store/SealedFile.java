package dev.rig.credentials.store;

import dev.rig.credentials.files.AtomicFile;
import dev.rig.credentials.files.RegularFile;
import dev.rig.credentials.files.UnusableFileException;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.List;
import java.util.Optional;

/**
 * A file of sealed records. Each write replaces the whole file; {@link Sealer} defines its format.
 * Not safe for several threads or processes at a time.
 */
public final class SealedFile {
  private static final int LARGEST = 64 << 20;

  private final Path path;
  private final Sealer sealer;

  /**
   * Creates a file object; the file need not exist yet.
   *
   * @param purpose its purpose in a word: a file with one purpose cannot be opened with another
   */
  public SealedFile(Path path, SealingKey key, String purpose) {
    this(path, key, purpose, new SecureRandom());
  }

  SealedFile(Path path, SealingKey key, String purpose, SecureRandom random) {
    this.path = path;
    this.sealer = new Sealer(key, purpose, random);
  }

  /** Returns the path. */
  public Path path() {
    return path;
  }

  /** The records of a file. */
  public static final class Contents {
    private final Sealer.OpenedFile opened;

    private Contents(Sealer.OpenedFile opened) {
      this.opened = opened;
    }

    /** Returns the number of records with any label. */
    public int size() {
      return opened.size();
    }

    /** Returns the contents with exactly that label, in order; empty if there are none. */
    public List<byte[]> of(String label) {
      return opened.contents(label);
    }
  }

  /**
   * Replaces all records.
   *
   * @throws StoreException if that fails, for example on a full disk; the file is then unchanged
   */
  public void write(List<SealedRecord> records) {
    try {
      AtomicFile.replace(path, sealer.seal(records));
    } catch (IOException e) {
      throw new StoreException("cannot write " + path + ": " + reason(e), e);
    }
  }

  /**
   * Reads the file; empty if it does not exist.
   *
   * @throws StoreException if it cannot be read, or any byte was changed; {@link
   *     StoreException#isUnread} tells the first from the second
   */
  public Optional<Contents> read() {
    try {
      return Optional.of(new Contents(sealer.open(RegularFile.read(path, LARGEST))));
    } catch (NoSuchFileException none) {
      return Optional.empty();
    } catch (UnusableFileException e) {
      throw new StoreException("cannot read " + path + ": " + reason(e), e);
    } catch (IOException e) {
      throw StoreException.unread("cannot read " + path + ": " + reason(e), e);
    }
  }

  /**
   * Renames the file within its folder, replacing one that was renamed earlier.
   *
   * @return its new path
   * @throws StoreException if it cannot be renamed
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

  /** Removes the file, if it exists. */
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
